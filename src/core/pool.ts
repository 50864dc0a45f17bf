import type { Job } from './job.js';
import type { Segment } from './segments.js';
import { startThread, type Thread } from './thread.js';

/** A message to a thread: first its module, then jobs. `call` numbers the messages of a thread. */
export interface Request {
  call: number;
  module?: WebAssembly.Module;
  job?: Job;
}

/** The thread's answer to the message of the same number. */
export interface Response {
  call: number;
  /** Of the spans that the job has read. */
  segments?: Segment[];
  error?: string;
}

interface Waiting {
  resolve(segments: Segment[]): void;
  reject(error: Error): void;
}

class Member {
  readonly #thread: Thread;
  readonly #waiting = new Map<number, Waiting>();
  #ended?: string;
  #calls = 0;

  constructor(script: URL | string) {
    this.#thread = startThread(script, {
      onMessage: (message) => this.#hear(message as Response),
      onEnd: (reason) => this.#end(reason),
    });
  }

  call(request: Omit<Request, 'call'>): Promise<Segment[]> {
    if (this.#ended !== undefined) return Promise.reject(lost(this.#ended));
    const call = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#thread.busy(true);
      this.#thread.post({ ...request, call }, request.job?.write.map(({ data }) => data.buffer) ?? []);
    });
  }

  close(): void {
    this.#end('the core was disposed of');
    this.#thread.close();
  }

  #hear({ call, segments = [], error }: Response): void {
    const caller = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (error === undefined) caller?.resolve(segments);
    else caller?.reject(new Error(`core: a worker thread could not go on: ${error}`));
    if (this.#waiting.size === 0) this.#thread.busy(false);
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(lost(this.#ended));
    this.#waiting.clear();
  }
}

function lost(reason: string): Error {
  return new Error(`core: a worker thread was lost: ${reason}`);
}

/** Other threads, each with its own instance of the module; they share no memory. */
export class Pool {
  readonly #members: Member[];

  private constructor(members: Member[]) {
    this.#members = members;
  }

  /** @param script the worker's script: its address or its text */
  static async start(size: number, script: URL | string, module: WebAssembly.Module): Promise<Pool> {
    const pool = new Pool(Array.from({ length: size }, () => new Member(script)));
    try {
      await Promise.all(pool.#members.map((member) => member.call({ module })));
      return pool;
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  get size(): number {
    return this.#members.length;
  }

  /**
   * Has thread i do job i, after the jobs it was given before. Segments to be written are transferred, not copied, and can
   * no longer be used in this thread. The answer is what the jobs have read.
   */
  perform(jobs: Job[]): Promise<Segment[]> {
    const answers = Promise.all(jobs.map((job, index) => this.#members[index].call({ job })));
    const segments = answers.then((all) => all.flat());
    // A thread lost meanwhile is reported where the answer is awaited; until then it is not unhandled.
    segments.catch(() => {});
    return segments;
  }

  close(): void {
    for (const member of this.#members) member.close();
  }
}
