// What runs in every other thread: shares of long work, made and run as the first thread asks. Its bundle holds no
// WebAssembly: the compiled module arrives by message.
import { type Core, instantiateCore } from './core/instantiate.js';
import type { Request, Response } from './core/pool.js';
import { listen } from './core/thread.js';
import { openGradientShare } from './gradient/share.js';
import { openChainShare } from './samplers/chains.js';

interface Share {
  run(args: unknown): unknown;
  dispose(): void;
}

const kinds: Record<string, (core: Core, config: never) => Share> = {
  gradient: openGradientShare,
  chains: openChainShare,
};

let core: Core | undefined;
const shares = new Map<number, Share>();

async function answer(request: Request): Promise<unknown> {
  if (request.verb === 'start') {
    core = await instantiateCore(request.module);
    return undefined;
  }
  if (!core) throw new Error('core: a worker thread was used before it was started');
  if (request.verb === 'open') {
    shares.set(request.share, kinds[request.kind](core, request.config as never));
    return undefined;
  }
  if (request.verb === 'run') return shares.get(request.share)?.run(request.args);
  shares.get(request.share)?.dispose();
  shares.delete(request.share);
  return undefined;
}

/** The buffers of all arrays in a result: they go over without being copied. */
function buffers(value: unknown): Transferable[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffers);
}

const post = listen(async (message) => {
  const request = message as Request;
  const response: Response = { call: request.call };
  try {
    response.result = await answer(request);
  } catch (error) {
    response.error = error instanceof Error ? error.message : String(error);
  }
  post(response, buffers(response.result));
});
