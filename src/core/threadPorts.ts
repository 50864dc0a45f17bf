import { nodeThreads, type ThreadPort } from './thread.js';
import { threadCount, threadScript } from './threadCount.js';
import { closeWorker, newWorker } from './webWorker.js';

/** Options of {@link threadPorts}. */
export interface ThreadPortsOptions {
  /** Threads of the worker's core, the worker included; `auto`: as many as there are processors, at most 8. */
  threads?: 'auto' | number;
  /** Address of `scorefield/worker.js`, for pages whose content security policy forbids workers from `blob:` addresses. */
  worker?: URL | string;
}

/** Workers that were started here: an engine may end one that nothing refers to. */
const lent = new Set<Worker>();

/**
 * Starts threads for the core of another worker, and returns a port to each. A page calls it and posts the ports to its worker,
 * `worker.postMessage(ports, ports)`, whose `loadCore` takes them as `threads`. A worker can start threads of its own, but a worker
 * of Firefox now and then freezes for ever when it does so beside other work (seen in 153). The core's `dispose()` ends them; a
 * worker that is terminated before leaves them to the page's end. One that fails while it is lent fails the work that waits for it,
 * and so does one that the engine ends, where the page has `navigator.locks` (from https or localhost); elsewhere work would wait
 * for it for ever.
 *
 * @returns ports to one thread less than `threads`, since the worker itself is the first; to be transferred
 * @throws RangeError if threads is neither 'auto' nor an integer from 1 to 64; Error in Node, whose workers start threads safely,
 *   and where a thread cannot be started
 */
export async function threadPorts(options: ThreadPortsOptions = {}): Promise<ThreadPort[]> {
  const { threads = 'auto', worker } = options;
  const count = threadCount('threadPorts', threads) - 1;
  if (nodeThreads())
    throw new Error('threadPorts: is for pages; in Node give loadCore the number of threads');
  const script = threadScript('threadPorts', worker);
  const started = await Promise.allSettled(Array.from({ length: count }, () => startedPort(script)));
  const ports = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (!failed) return ports;
  for (const port of ports) closeWorker(port);
  throw new Error(
    `threadPorts: threads cannot be started here (${failed.reason.message}): give option worker, the address of scorefield/worker.js`,
  );
}

/** A port to a new thread, once it answers. */
async function startedPort(script: URL | string): Promise<ThreadPort> {
  const { worker, loaded } = newWorker(script);
  lent.add(worker);
  const { port1, port2 } = new MessageChannel();
  try {
    await new Promise<void>((resolve, reject) => {
      // It answers once when it has its port, and once when it ends.
      worker.onmessage = () => {
        worker.onmessage = () => lent.delete(worker);
        resolve();
      };
      worker.onerror = (event) => {
        event.preventDefault();
        lent.delete(worker);
        reject(new Error(event.message || 'it could not be started'));
      };
      worker.postMessage(undefined, [port2]);
    });
    return port1;
  } finally {
    loaded();
  }
}
