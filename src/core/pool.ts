import type { Call, Job, PostedJob } from './job.js';
import type { Memory } from './memory.js';
import { type Segment, Segments, type Span } from './segments.js';
import { startThread, type Thread, type ThreadSource } from './thread.js';

/** What a thread is started with. */
export interface Start {
  module: WebAssembly.Module;
  /** The memory of all threads, and the address of this one's scratch; without them the thread makes a memory of its own. */
  shared?: { memory: WebAssembly.Memory; scratch: number };
}

/** A message to a thread: first what it starts with, then one job each. `call` numbers the messages of a thread. */
export interface Request {
  call: number;
  start?: Start;
  job?: PostedJob;
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

  constructor(source: ThreadSource) {
    this.#thread = startThread(source, {
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

/**
 * The other threads, each with its own instance of the module. They share this thread's memory where they can. Else each has a
 * memory of its own, and whatever a job reads and leaves is copied.
 */
export class Pool {
  readonly #memory: Memory;
  readonly #segments: Segments;
  readonly #threads: PoolThread[];

  private constructor(memory: Memory, threads: PoolThread[]) {
    this.#memory = memory;
    this.#segments = new Segments(memory.memory);
    this.#threads = threads;
  }

  /**
   * Starts a thread of each source.
   *
   * @param memory of the first thread
   * @param scratchBytes of an instance that shares it
   * @throws Error if a thread cannot be started
   */
  static async start(
    sources: readonly ThreadSource[],
    module: WebAssembly.Module,
    memory: Memory,
    scratchBytes: number,
  ): Promise<Pool> {
    const pool = new Pool(
      memory,
      sources.map((source) => new PoolThread(source)),
    );
    const start = (): Start =>
      memory.isShared
        ? { module, shared: { memory: memory.memory, scratch: memory.take(scratchBytes) } }
        : { module };
    try {
      await Promise.all(pool.#threads.map((thread) => thread.call({ start: start() })));
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
   * Has thread i do job i, after the jobs that it was given before. Resolves when all are done and what they leave stands in this
   * thread's memory.
   *
   * @throws Error (rejection) if a thread fails or is lost
   */
  perform(jobs: readonly Job[]): Promise<void> {
    const posted = jobs.map((job) => this.#posted(job));
    const answers = Promise.all(posted.map((job, index) => this.#threads[index].call({ job })));
    const done = answers.then((all) => {
      for (const segment of all.flat()) this.#segments.write(segment);
    });
    // If a thread is lost before the caller awaits the answer, the rejection must not count as unhandled.
    done.catch(() => {});
    this.#memory.keepFor(done);
    return done;
  }

  /**
   * Gives thread i the spans number i as they are now, and has it make calls that derive others. Where threads share the memory
   * there is nothing to do.
   *
   * @throws Error (rejection) as {@link perform} does
   */
  async copy(spans: readonly (readonly Span[])[], calls: readonly Call[] = []): Promise<void> {
    if (!this.#memory.isShared) await this.perform(spans.map((reads) => ({ reads, calls })));
  }

  close(): void {
    for (const thread of this.#threads) thread.close();
  }

  #posted({ calls, reads = [], leaves = [] }: Job): PostedJob {
    if (this.#memory.isShared) return { size: 0, write: [], calls, read: [] };
    const write = reads.map((span) => this.#segments.read(span));
    return { size: this.#memory.size, write, calls, read: leaves };
  }
}
