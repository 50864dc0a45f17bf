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
 * What a lent thread says beside its answers: that it failed, that it could not read a message, or the name of a lock that it holds
 * as long as it lives. Whoever has the port hears nothing when the thread ends, as no engine has ports tell so; but then the lock
 * is free.
 */
type Word = { lost: string } | { isUnread: true } | { lock: string };

/** How often, and how much later, a lent thread is given again what it could not read at first. */
const AGAIN = { times: 3, afterMs: 100 };

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
  if (isPort(source)) return borrowed(source, events);
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

/** A thread that is started already, behind a port. */
function borrowed(port: MessagePort, events: ThreadEvents): Thread {
  // Firefox now and then cannot read a module that comes just after the port, and can a little later (seen in 153). In a page from
  // a file Chromium's workers never can.
  let first: unknown;
  let times = 0;
  port.onmessage = ({ data }: MessageEvent<Word | object>) => {
    if ('lock' in data) locked(data.lock, () => events.onEnd('it ended'));
    else if ('lost' in data) events.onEnd(data.lost);
    else if ('isUnread' in data) {
      if (first && times++ < AGAIN.times) setTimeout(() => port.postMessage(first), AGAIN.afterMs);
      else events.onEnd('it cannot read what it is sent');
    } else {
      [first, times] = [undefined, AGAIN.times];
      events.onMessage(data);
    }
  };
  const thread = overWeb(port);
  return {
    ...thread,
    post(message, transfer) {
      if (times === 0) first ??= message;
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

/** Does something while this thread holds a lock; never where there are none, as in pages that did not come safely. */
function locked(name: string, hold: () => unknown): void {
  const { locks } = navigator as { locks?: LockManager };
  locks?.request(name, hold).catch(() => {});
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
    const say = (word: Word) => port.postMessage(word);
    port.onmessageerror = () => say({ isUnread: true });
    // The page that started it would hear of the first alone, and not whoever waits for an answer.
    addEventListener('error', ({ message }) => say({ lost: message }));
    addEventListener('unhandledrejection', ({ reason }) => say({ lost: String(reason) }));
    const lock = `scorefield-${Math.random()}`;
    locked(lock, () => {
      say({ lock });
      return new Promise(() => {});
    });
    port.onmessage = endsWhenAsked(
      ({ data }) => onMessage(data),
      () => scope.postMessage(undefined, []),
    );
    scope.postMessage(undefined, []);
  });
  return (message, transfer) => end.postMessage(message, transfer);
}
