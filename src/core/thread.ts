import { closeWorker, endsWhenAsked, newWorker } from './webWorker.js';

/** Another thread as the one that started it sees it, in Node and in browsers. */
export interface Thread {
  post(message: unknown, transfer: Transferable[]): void;
  /** Says whether an answer is awaited. In Node, a thread keeps the program from ending only while one is. */
  busy(waiting: boolean): void;
  close(): void;
}

export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** The thread ended or failed: no more messages will come. */
  onEnd(reason: string): void;
}

interface NodeWorker {
  on(event: string, listener: (value: unknown) => void): void;
  postMessage(message: unknown, transfer: unknown[]): void;
  terminate(): void;
  ref(): void;
  unref(): void;
}

interface NodeThreads {
  Worker: new (url: URL) => NodeWorker;
  parentPort: {
    on(event: string, listener: (message: unknown) => void): void;
    postMessage: PostMessage;
  } | null;
}

type PostMessage = (message: unknown, transfer: Transferable[]) => void;

interface NodeProcess {
  versions?: { node?: string };
  getBuiltinModule?(name: string): unknown;
}

/** Node's module of threads; undefined in a browser. It is not imported, so that bundlers for browsers do not look for it. */
export function nodeThreads(): NodeThreads | undefined {
  const { process, window } = globalThis as { process?: NodeProcess; window?: unknown };
  if (!process?.versions?.node || window !== undefined) return undefined;
  return process.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined;
}

/**
 * Starts a thread that runs a classic script, which pages from files and sandboxed frames may do too.
 *
 * @param script its address or its text; text needs no server, but in a browser a policy that allows `blob:` workers
 * @throws Error where there are no threads, or a policy forbids them; what the engine finds later it gives to `events.onEnd`
 */
export function startThread(script: URL | string, events: ThreadEvents): Thread {
  const node = nodeThreads();
  if (node) {
    const url =
      typeof script === 'string' ? new URL(`data:text/javascript,${encodeURIComponent(script)}`) : script;
    const worker = new node.Worker(url);
    worker.on('message', events.onMessage);
    worker.on('error', (error) => events.onEnd(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => events.onEnd(`it exited with status ${code}`));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      busy: (waiting) => (waiting ? worker.ref() : worker.unref()),
      close: () => worker.terminate(),
    };
  }
  const { worker, loaded } = newWorker(script);
  worker.onmessage = (event) => {
    loaded();
    events.onMessage(event.data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    loaded();
    events.onEnd(event.message || 'it could not be started');
  };
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    busy() {},
    close: () => closeWorker(worker),
  };
}

/** To be called in a started thread: has `onMessage` called for each message; returns the function that sends messages back. */
export function listen(onMessage: (message: unknown) => void): PostMessage {
  const port = nodeThreads()?.parentPort;
  if (port) {
    port.on('message', onMessage);
    return (message, transfer) => port.postMessage(message, transfer);
  }
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent) => void;
    postMessage: PostMessage;
  };
  scope.onmessage = endsWhenAsked((event) => onMessage(event.data));
  return (message, transfer) => scope.postMessage(message, transfer);
}
