// The reader's own network, kept in the browser over a reload.

/** A network that the reader trained. */
export interface Kept {
  /** The network as safetensors. */
  weights: Uint8Array;
  /** The state it was trained with, as in a link. */
  fragment: string;
  step: number;
}

/** A U-Net of pictures that the reader trained. */
export interface KeptPictures {
  /** The network as safetensors. */
  weights: Uint8Array;
  step: number;
  /** What it learned from, in words. */
  from: string;
}

/** IndexedDB: one database with a record for each kind of network. */
const [DATABASE, STORE] = ['scorefield', 'training'];

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

/** What keeps a network in the place of the one before, gives it back, or undefined if there is none, and forgets it. */
const keeper = <T>(record: string) => ({
  keep: (value: T) => ask('readwrite', (store) => store.put(value, record)),
  kept: () => ask<T | undefined>('readonly', (store) => store.get(record)),
  forget: () => ask('readwrite', (store) => store.delete(record)),
});

export const { keep, kept, forget } = keeper<Kept>('own');
export const keptPictures = keeper<KeptPictures>('pictures');
