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
  if (address || WORKER_TEXT === '') {
    return new Client<V>(new Worker(new URL(address ?? 'worker.js', document.baseURI)), kernel, onEnd);
  }
  const url = URL.createObjectURL(new Blob([WORKER_TEXT], { type: 'text/javascript' }));
  const client = new Client<V>(new Worker(url), kernel, onEnd);
  // Once the worker answers, it has loaded its script.
  const free = () => URL.revokeObjectURL(url);
  client.call('kernel', {}).then(free, free);
  return client;
}
