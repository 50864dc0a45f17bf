// Networks of pictures that are asked for while an older training still ends: the one asked for last stays, the others are freed.
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageTrainEvent } from '../../src/page/worker/images/training.js';
import { listening, made } from './verbs.js';

const long = { source: 'digits', steps: 100_000, seed: 0 } as const;
const short = { source: 'digits', steps: 2, seed: 1 } as const;
type Made = Awaited<ReturnType<typeof made>>;

/** A long training that has come to pictures of its own, and its end as a word. */
async function underWay({ verbs }: Made) {
  const { controller, context } = listening<ImageTrainEvent>();
  let end!: Promise<string>;
  await new Promise<void>((resolve) => {
    const emit = (event: unknown) => {
      if ((event as ImageTrainEvent).progress) resolve();
    };
    end = verbs.imagesTrain(long, { ...context, emit }).then(
      () => 'done',
      (error) => String(error),
    );
  });
  return { controller, end };
}

describe('the network of pictures that was asked for last', () => {
  /** Saved weights, and those that the short training gives where nothing else is asked for. */
  let [mine, alone]: Uint8Array[] = [];
  beforeAll(async () => {
    const { verbs } = await made();
    await verbs.imagesTrain({ ...short, seed: 9 }, listening().context);
    mine = verbs.imagesSave({ net: 'trained' });
    await verbs.imagesTrain(short, listening().context);
    alone = verbs.imagesSave({ net: 'trained' });
  });

  it('is trained: one that was stopped and one that was opened just before leave it alone, and no memory is lost', async () => {
    const session = await made();
    const { core, verbs } = session;
    await verbs.imagesTrain({ ...short, steps: 1 }, listening().context);
    const { used } = core.memory;
    const { controller, end } = await underWay(session);
    controller.abort();
    const opened = verbs.imagesOpen({ bytes: mine, name: 'mine', source: 'digits' });
    const last = verbs.imagesTrain(short, listening().context);
    // Weights that cannot be opened leave it alone too.
    const bad = verbs.imagesOpen({ bytes: mine.slice(0, 99), name: 'half', source: 'digits' });
    await expect(bad).rejects.toThrow('half');
    await last;
    expect((await opened).step).toBe(2);
    expect(await end).toMatch(/abort/);
    expect(verbs.imagesSave({ net: 'trained' })).toEqual(alone);
    expect(core.memory.used).toBe(used);
  });

  it('is opened: a training that goes on is ended, and one that begins has lost its place', async () => {
    const session = await made();
    const { core, verbs } = session;
    const open = () => verbs.imagesOpen({ bytes: mine, name: 'mine', source: 'digits' });
    await open();
    const { used } = core.memory;
    const { end } = await underWay(session);
    const progress = (await open()).progress;
    expect(await end).toBe('Error: Another network has taken the place of this one.');
    expect(verbs.imagesSave({ net: 'trained' })).toEqual(mine);
    const begun = verbs.imagesTrain(long, listening().context);
    const [ended, opened] = await Promise.allSettled([begun, open()]);
    expect(ended).toMatchObject({ reason: new Error('Another network has taken the place of this one.') });
    expect(opened).toMatchObject({ value: { progress } });
    expect(verbs.imagesSave({ net: 'trained' })).toEqual(mine);
    expect(core.memory.used).toBe(used);
  });
});
