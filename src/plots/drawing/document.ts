// linkedom as one file: as modules it asks for the package canvas, which is not there, and bundlers warn of that.
import { parseHTML } from 'linkedom/worker';

let made: Document | undefined;

/** Returns the document figures are built in: an empty linkedom one (the browser build swaps this file). */
export function figureDocument(): Document {
  made ??= parseHTML('<!doctype html><html><body></body></html>').document as unknown as Document;
  return made;
}
