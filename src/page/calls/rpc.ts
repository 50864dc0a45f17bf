// Calls from the page to its worker: each has a verb and arguments, may emit events, and ends in one result.
import { isPort } from '../../core/thread.js';
import { closeWorker } from '../../core/webWorker.js';

/** A message to the worker: first the kernel to load, then calls, and stops of calls. */
export type Request =
  | { kernel: 'auto' | 'strict' }
  | { call: number; verb: string; args: unknown }
  | { stop: number };

/** A message from the worker. */
export type Response =
  | { call: number; event: unknown }
  | { call: number; result: unknown }
  | { call: number; error: string; stopped: boolean };

/** What a verb receives beside its arguments. */
export interface Context {
  /** Sends the caller an event before the result. */
  emit(event: unknown): void;
  /** Aborted when the caller stops the call. */
  signal: AbortSignal;
}

type Verb = (args: never, context: Context) => unknown;
/** The verbs of a worker: functions of one object of arguments. */
export type Table<V> = { [K in keyof V]: Verb };

/** A call whose result has not come yet. */
export interface Call<T> extends Promise<T> {
  /** Aborts the call's signal; when the verb ends, the promise rejects with {@link Stopped}. */
  stop(): void;
}

/** The error of a call that was stopped. */
export class Stopped extends Error {
  constructor() {
    super('stopped');
  }
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  onEvent?(event: unknown): void;
}

/** Calls the verbs V of a worker. */
export class Client<V extends Table<V>> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #ended?: Error;

  /** @param onEnd called once, with the reason, when the worker can no longer answer */
  constructor(worker: Worker, kernel: 'auto' | 'strict', onEnd: (reason: string) => void = () => {}) {
    this.#worker = worker;
    worker.postMessage({ kernel } satisfies Request);
    worker.onmessage = ({ data }: MessageEvent<Response>) => this.#hear(data);
    const end = (reason: string) => {
      if (this.#ended) return;
      this.#ended = new Error(reason);
      for (const { reject } of this.#waiting.values()) reject(this.#ended);
      this.#waiting.clear();
      onEnd(reason);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end(event.message || 'the worker could not be started: does the content security policy allow it?');
    };
    worker.onmessageerror = () => end('a message from the worker could not be read');
  }

  /** Calls a verb. Ports in a list among the arguments are transferred. */
  call<K extends keyof V & string>(
    verb: K,
    args: Parameters<V[K]>[0],
    onEvent?: (event: never) => void,
  ): Call<Awaited<ReturnType<V[K]>>> {
    const call = this.#calls++;
    const promise = new Promise<Awaited<ReturnType<V[K]>>>((resolve, reject) => {
      if (this.#ended) {
        reject(this.#ended);
        return;
      }
      const hear = onEvent as ((event: unknown) => void) | undefined;
      this.#waiting.set(call, { resolve: resolve as (result: unknown) => void, reject, onEvent: hear });
      const ports = Object.values(args).flat().filter(isPort);
      this.#worker.postMessage({ call, verb, args } satisfies Request, ports);
    });
    return Object.assign(promise, { stop: () => this.#worker.postMessage({ stop: call } satisfies Request) });
  }

  close(): void {
    this.#ended ??= new Error('the worker was closed');
    closeWorker(this.#worker);
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }

  #hear(response: Response): void {
    const waiting = this.#waiting.get(response.call);
    if (!waiting) return;
    if ('event' in response) {
      waiting.onEvent?.(response.event);
      return;
    }
    this.#waiting.delete(response.call);
    if ('result' in response) waiting.resolve(response.result);
    else waiting.reject(response.stopped ? new Stopped() : new Error(response.error));
  }
}
