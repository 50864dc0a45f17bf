/** Returns the page's own document; throws an Error where there is none, as in a worker. */
export function figureDocument(): Document {
  if (typeof globalThis.document === 'undefined') {
    throw new Error('plots: no document here; draw figures on the page, not in a worker');
  }
  return globalThis.document;
}
