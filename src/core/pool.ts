import { startThread, type Thread } from './thread.js';

/** A share of long work held by another thread: made once, run many times. */
export interface RemoteShare<Args, Result> {
  run(args: Args): Promise<Result>;
  close(): void;
}

/** What the threads are told. */
export type Request =
  | { verb: 'start'; call: number; module: WebAssembly.Module }
  | { verb: 'open'; call: number; share: number; kind: string; config: unknown }
  | { verb: 'run'; call: number; share: number; args: unknown }
  | { verb: 'close'; call: number; share: number };

/** What they answer. */
export type Response = { call: number; result?: unknown; error?: string };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

class Member {
  readonly #thread: Thread;
  readonly #waiting: Map<number, Waiting>;
  readonly #state: { ended?: string };
  #calls = 0;

  private constructor(thread: Thread, waiting: Map<number, Waiting>, state: { ended?: string }) {
    this.#thread = thread;
    this.#waiting = waiting;
    this.#state = state;
  }

  static async start(script: URL | string, module: WebAssembly.Module): Promise<Member> {
    const waiting = new Map<number, Waiting>();
    const state: { ended?: string } = {};
    const thread = startThread(script, {
      onMessage(message) {
        const { call, result, error } = message as Response;
        const caller = waiting.get(call);
        waiting.delete(call);
        if (error === undefined) caller?.resolve(result);
        else caller?.reject(new Error(error));
        if (waiting.size === 0) thread.busy(false);
      },
      onEnd(reason) {
        state.ended ??= reason;
        for (const { reject } of waiting.values()) reject(lost(reason));
        waiting.clear();
      },
    });
    const member = new Member(thread, waiting, state);
    try {
      await member.call({ verb: 'start', call: 0, module });
      return member;
    } catch (error) {
      member.close();
      throw error;
    }
  }

  call(request: Request): Promise<unknown> {
    const { ended } = this.#state;
    if (ended !== undefined) return Promise.reject(lost(ended));
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#thread.busy(true);
      this.#thread.post({ ...request, call }, []);
    });
  }

  close(): void {
    this.#state.ended ??= 'the core was disposed of';
    for (const { reject } of this.#waiting.values()) reject(lost(this.#state.ended));
    this.#waiting.clear();
    this.#thread.close();
  }
}

function lost(reason: string): Error {
  return new Error(`core: a worker thread was lost: ${reason}`);
}

/** Other threads, each with its own instance of the module; they share no memory. */
export class Pool {
  readonly #members: Member[];
  #shares = 0;

  private constructor(members: Member[]) {
    this.#members = members;
  }

  /** @param script the worker's script: its address or its text */
  static async start(size: number, script: URL | string, module: WebAssembly.Module): Promise<Pool> {
    const members = Array.from({ length: size }, () => Member.start(script, module));
    try {
      return new Pool(await Promise.all(members));
    } catch (error) {
      for (const member of await Promise.allSettled(members)) {
        if (member.status === 'fulfilled') member.value.close();
      }
      throw error;
    }
  }

  get size(): number {
    return this.#members.length;
  }

  /** Makes a share of `kind` in the thread `index`; see `src/worker.ts` for the kinds. */
  async open<Args, Result>(index: number, kind: string, config: unknown): Promise<RemoteShare<Args, Result>> {
    const member = this.#members[index];
    const share = this.#shares++;
    await member.call({ verb: 'open', call: 0, share, kind, config });
    return {
      run: (args) => member.call({ verb: 'run', call: 0, share, args }) as Promise<Result>,
      close: () => void member.call({ verb: 'close', call: 0, share }).catch(() => {}),
    };
  }

  close(): void {
    for (const member of this.#members) member.close();
  }
}
