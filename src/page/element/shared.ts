import { startClient } from '../calls/client.js';
import type { Client } from '../calls/rpc.js';
import type { ElementVerbs } from '../worker/figureVerbs.js';

/** A worker and how many elements use it. */
export interface Shared {
  client: Client<ElementVerbs>;
  /** Levels of the networks that the worker has opened or opens, by the address of their weights. */
  levels: Map<string, Promise<Float32Array>>;
  users: number;
}

/** Workers by the address of their script; '' is the script in this file. A worker ends with its last element. */
const workers = new Map<string, Shared>();

/** @throws DOMException where the browser does not let the worker start */
export function join(address: string): Shared {
  let shared = workers.get(address);
  if (!shared) {
    // Elements added after the worker has ended start a new one.
    const onEnd = () => forget(address, started);
    const started: Shared = {
      client: startClient<ElementVerbs>('auto', onEnd, address),
      levels: new Map(),
      users: 0,
    };
    workers.set(address, started);
    shared = started;
  }
  shared.users++;
  return shared;
}

export function leave(address: string, shared: Shared): void {
  if (--shared.users > 0) return;
  shared.client.close();
  forget(address, shared);
}

function forget(address: string, shared: Shared): void {
  if (workers.get(address) === shared) workers.delete(address);
}

/** Fetches weights and opens them in the worker, once for all elements; gives the network's levels, ascending. */
export function levelsOf({ client, levels }: Shared, address: string): Promise<Float32Array> {
  const known = levels.get(address);
  if (known) return known;
  const opened = fetchBytes(address).then((bytes) => client.call('networkOpen', { name: address, bytes }));
  levels.set(address, opened);
  opened.catch(() => levels.delete(address));
  return opened;
}

async function fetchBytes(address: string): Promise<Uint8Array> {
  const answer = await fetch(new URL(address, document.baseURI)).catch((error: Error) => {
    throw new Error(`network: ${address} could not be loaded: ${error.message}`);
  });
  if (!answer.ok) throw new Error(`network: ${address} could not be loaded: status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
