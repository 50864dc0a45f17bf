import { endsWhenAsked } from '../../core/webWorker.js';
import { type Core, type CoreOptions, loadCore } from '../../index.js';
import type { Context, Request, Response } from '../calls/rpc.js';
import { kernelOptions } from './binary.js';

interface Scope {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(message: Response, transfer?: Transferable[]): void;
}

/** The buffers of all arrays in a result, which are transferred, not copied. */
function buffers(value: unknown): Transferable[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffers))];
}

/** Answers the page's calls. The page's first message names the kernel of the core that `makeVerbs` receives. */
export function answer(makeVerbs: (core: Core, options: CoreOptions) => object): void {
  const scope = globalThis as unknown as Scope;
  const post = (response: Response) => scope.postMessage(response, buffers(Object.values(response)[1]));
  const calls = new Map<number, AbortController>();
  let verbs: Promise<object> | undefined;

  scope.onmessage = endsWhenAsked(async ({ data: request }: MessageEvent<Request>) => {
    if ('kernel' in request) {
      verbs = kernelOptions(request.kernel).then(async (options) =>
        makeVerbs(await loadCore(options), options),
      );
      verbs.catch(() => {}); // Each call gets the error when it awaits `verbs`.
      return;
    }
    if ('stop' in request) {
      calls.get(request.stop)?.abort();
      return;
    }
    const { call, verb, args } = request;
    const controller = new AbortController();
    calls.set(call, controller);
    try {
      const table = (await verbs) as Record<string, (args: unknown, context: Context) => unknown>;
      const context = { emit: (event: unknown) => post({ call, event }), signal: controller.signal };
      post({ call, result: await table[verb](args, context) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      post({ call, error: message, stopped: controller.signal.aborted });
    } finally {
      calls.delete(call);
    }
  });
}
