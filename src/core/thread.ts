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

/** The answer to a message that a thread could not read: between workers of a page from a file, Chromium sends no modules. */
const UNREAD = 'unread';

/** A port to a thread: the `MessagePort` of pages or of Node, as far as a program knows either's types. */
export type ThreadPort = typeof globalThis extends { MessagePort: { prototype: infer Port } }
  ? Port
  : { postMessage(message: unknown): void };

/** Where a thread comes from: the address or the text of its script, or the port to one that is started already. */
export type ThreadSource = URL | string | ThreadPort;

/**
 * Starts a thread that runs a classic script, which pages from files and sandboxed frames may do too, or takes one that is
 * started.
 *
 * @param source the text of a script needs no server, but in a browser a policy that allows `blob:` workers
 * @throws Error where there are no threads, or a policy forbids them; what the engine finds later it gives to `events.onEnd`
 */
export function startThread(source: ThreadSource, events: ThreadEvents): Thread {
  if (isPort(source)) return lentThread(source, events);
  const node = nodeThreads();
  if (node) {
    const url =
      typeof source === 'string' ? new URL(`data:text/javascript,${encodeURIComponent(source)}`) : source;
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
  const { worker, loaded } = newWorker(source);
  worker.onmessage = (event) => {
    loaded();
    events.onMessage(event.data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    loaded();
    events.onEnd(event.message || 'it could not be started');
  };
  return overWeb(worker);
}

/** How often what a lent thread is started with is sent again, and after how many milliseconds. */
const SENT_AGAIN = 4;
const AGAIN_AFTER = 30;

/**
 * A thread behind a port. In Firefox 153, 4 of 70 starts could not be read there at first, and could when they were sent again;
 * what a page from a file in Chromium sends can never be read.
 */
function lentThread(port: MessagePort, events: ThreadEvents): Thread {
  let start: unknown;
  let isStarted = false;
  let again = 0;
  port.onmessage = ({ data }) => {
    if (data !== UNREAD) {
      isStarted = true;
      events.onMessage(data);
    } else if (isStarted || again++ === SENT_AGAIN) events.onEnd('it cannot read what it is sent');
    else setTimeout(() => port.postMessage(start), AGAIN_AFTER);
  };
  const thread = overWeb(port);
  return {
    ...thread,
    post(message, transfer) {
      start ??= message;
      thread.post(message, transfer);
    },
  };
}

/** A thread of a browser, which is a worker or lies behind a port. */
function overWeb(end: Worker | MessagePort): Thread {
  return {
    post: (message, transfer) => end.postMessage(message, transfer),
    busy() {},
    close: () => closeWorker(end),
  };
}

/** Whether a value is a port of a channel. */
export function isPort(value: unknown): value is MessagePort {
  return typeof MessagePort !== 'undefined' && value instanceof MessagePort;
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
  let end: { postMessage: PostMessage } = scope;
  scope.onmessage = endsWhenAsked((event) => {
    const [port] = event.ports;
    if (!port) return onMessage(event.data);
    // Whoever started this thread lends it to whoever has the other end of the port.
    end = port;
    port.onmessageerror = () => port.postMessage(UNREAD);
    port.onmessage = endsWhenAsked(
      ({ data }) => onMessage(data),
      () => scope.postMessage(undefined, []),
    );
    scope.postMessage(undefined, []);
  });
  return (message, transfer) => end.postMessage(message, transfer);
}
