import type { Job } from './job.js';
import type { Segment } from './segments.js';
import { startThread, type Thread } from './thread.js';

/** A message to a thread: first its module, then one job each. `call` numbers the messages of a thread. */
export interface Request {
  call: number;
  module?: WebAssembly.Module;
  job?: Job;
}

/** A thread's answer to the message of the same number. */
export interface Response {
  call: number;
  /** Copies of the spans that the job has read. */
  segments?: Segment[];
  error?: string;
}

/** A message without an answer yet. */
interface Pending {
  resolve(segments: Segment[]): void;
  reject(error: Error): void;
}

/** One thread of the pool: it matches answers to messages. */
class PoolThread {
  readonly #thread: Thread;
  readonly #pending = new Map<number, Pending>();
  #ended?: string;
  #calls = 0;

  constructor(script: URL | string) {
    this.#thread = startThread(script, {
      onMessage: (message) => this.#onResponse(message as Response),
      onEnd: (reason) => this.#fail(reason),
    });
  }

  call(request: Omit<Request, 'call'>): Promise<Segment[]> {
    if (this.#ended !== undefined) return Promise.reject(lost(this.#ended));
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve, reject });
      this.#thread.busy(true);
      this.#thread.post({ ...request, call }, request.job?.write.map(({ data }) => data.buffer) ?? []);
    });
  }

  close(): void {
    this.#fail('the core was disposed of');
    this.#thread.close();
  }

  #onResponse({ call, segments = [], error }: Response): void {
    const caller = this.#pending.get(call);
    this.#pending.delete(call);
    if (error === undefined) caller?.resolve(segments);
    else caller?.reject(new Error(`core: a worker thread could not go on: ${error}`));
    if (this.#pending.size === 0) this.#thread.busy(false);
  }

  #fail(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#pending.values()) reject(lost(this.#ended));
    this.#pending.clear();
  }
}

function lost(reason: string): Error {
  return new Error(`core: a worker thread was lost: ${reason}`);
}

/** The other threads, each with its own instance of the module. Threads share no memory. */
export class Pool {
  readonly #threads: PoolThread[];

  private constructor(threads: PoolThread[]) {
    this.#threads = threads;
  }

  /**
   * Starts `size` threads.
   *
   * @param script that of {@link startThread}
   * @throws Error if a thread cannot be started
   */
  static async start(size: number, script: URL | string, module: WebAssembly.Module): Promise<Pool> {
    const pool = new Pool(Array.from({ length: size }, () => new PoolThread(script)));
    try {
      await Promise.all(pool.#threads.map((thread) => thread.call({ module })));
      return pool;
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  get size(): number {
    return this.#threads.length;
  }

  /**
   * Has thread i do job i, after the jobs that it was given before. The buffers of `write` are transferred, not copied: this
   * thread can no longer use them. Resolves to the spans that the jobs have read, job after job.
   *
   * @throws Error (rejection) if a thread fails or is lost
   */
  perform(jobs: Job[]): Promise<Segment[]> {
    const answers = Promise.all(jobs.map((job, index) => this.#threads[index].call({ job })));
    const segments = answers.then((all) => all.flat());
    // If a thread is lost before the caller awaits the answer, the rejection must not count as unhandled.
    segments.catch(() => {});
    return segments;
  }

  close(): void {
    for (const thread of this.#threads) thread.close();
  }
}
