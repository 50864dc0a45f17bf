// The reader's own network, kept in the browser over a reload.

/** A network that the reader trained. */
export interface Kept {
  /** The network as safetensors. */
  weights: Uint8Array;
  /** The state it was trained with, as in a link. */
  fragment: string;
  step: number;
}

/** IndexedDB: one database with one record. */
const [DATABASE, STORE, RECORD] = ['scorefield', 'training', 'own'];

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Runs one request on the store. @throws the browser's error, such as where it keeps nothing for this page */
async function ask<T>(
  mode: IDBTransactionMode,
  request: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const asked = request(database.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    database.close();
  }
}

/** Keeps the network in the place of the one before. */
export const keep = (kept: Kept) => ask('readwrite', (store) => store.put(kept, RECORD));

/** The kept network, or undefined if there is none. */
export const kept = () => ask<Kept | undefined>('readonly', (store) => store.get(RECORD));

export const forget = () => ask('readwrite', (store) => store.delete(RECORD));
