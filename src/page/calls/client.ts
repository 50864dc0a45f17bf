import { newWorker } from '../../core/webWorker.js';
import { Client, type Table } from './rpc.js';

/** The worker's script as text if this script carries it, else ''; the build defines it. */
declare const WORKER_TEXT: string;

/**
 * Starts the worker from a file, or from the script text that this script carries.
 * @param address the worker's script; default: the text, or `worker.js` beside the page
 */
export function startClient<V extends Table<V> & { kernel(args: object): unknown }>(
  kernel: 'auto' | 'strict',
  onEnd: (reason: string) => void,
  address?: string,
): Client<V> {
  const own = address || WORKER_TEXT === '' ? new URL(address ?? 'worker.js', document.baseURI) : WORKER_TEXT;
  const { worker, loaded } = newWorker(own);
  const client = new Client<V>(worker, kernel, onEnd);
  // Once the worker answers, it has loaded its script.
  client.call('kernel', {}).then(loaded, loaded);
  return client;
}
