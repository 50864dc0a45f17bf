import { parseHTML } from 'linkedom';

let made: Document | undefined;

/** Returns the document figures are built in: an empty linkedom one (the browser build swaps this file). */
export function figureDocument(): Document {
  made ??= parseHTML('<!doctype html><html><body></body></html>').document as unknown as Document;
  return made;
}
