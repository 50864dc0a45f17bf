// What the tests of the page's verbs share: a context that keeps what a verb tells, and the verbs of images on one thread.
import { readFileSync } from 'node:fs';
import { digits, key, loadCore } from '../../src/index.js';
import type { Context } from '../../src/page/calls/rpc.js';
import { imageVerbs } from '../../src/page/worker/images/verbs.js';
import { Session } from '../../src/page/worker/session.js';

/** The pixels of a picture of a digit. */
export const DIM = 400;
/** The weights of the U-Net of digits that come with the page. */
export const file = new Uint8Array(
  readFileSync(new URL('../../src/page/weights/digits.safetensors', import.meta.url)),
);
/** Digits of any class, without guidance. */
export const anyone = { source: 'digits', label: null, guidance: 1 } as const;

/** A context for a verb, what the verb tells it, and what stops the verb. */
export function listening<Event>() {
  const events: Event[] = [];
  const controller = new AbortController();
  const context: Context = { emit: (event) => events.push(event as Event), signal: controller.signal };
  return { events, controller, context };
}

/** Runs a verb, and returns what it told. */
export async function emitted<Event>(run: (context: Context) => Promise<void>): Promise<Event[]> {
  const { events, context } = listening<Event>();
  await run(context);
  return events;
}

/** The verbs of images of a session on one thread, so that no other is started. */
export async function made(options: Parameters<typeof loadCore>[0] = {}) {
  const core = await loadCore(options);
  const session = new Session(core, undefined);
  session.threadedCore = async () => core;
  return { core, verbs: imageVerbs(session) };
}

/** An IDX file of digits, 28 x 28. */
export function idxFile(core: Awaited<ReturnType<typeof loadCore>>, n: number): Uint8Array {
  const { pixels } = digits(core, key(7), n);
  const bytes = new Uint8Array(16 + pixels.length);
  const head = new DataView(bytes.buffer);
  for (const [i, word] of [0x803, n, 28, 28].entries()) head.setUint32(4 * i, word);
  bytes.set(pixels as Uint8Array, 16);
  return bytes;
}
