import { Client, type Table } from './rpc.js';

/** The text of the worker's script where it travels inside this one, else empty. */
declare const WORKER_TEXT: string;

/**
 * Starts the worker: from the file beside the page, or from its own text.
 * @param address the worker's script, where it is not `worker.js` beside the page
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
  // The worker has its script once it answers.
  const free = () => URL.revokeObjectURL(url);
  client.call('kernel', {}).then(free, free);
  return client;
}
