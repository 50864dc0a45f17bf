// What a file is by its first bytes, for errors: people know a file's kind, not its magic number.
import { hexBytes } from './hexBytes.js';

/** What people call files with these bytes, as latin-1 text, at an offset. The first that fits is meant. */
const KINDS: readonly [offset: number, bytes: string, name: string][] = [
  [0, '\x89PNG', 'a PNG picture'],
  [0, '\xff\xd8\xff', 'a JPEG picture'],
  [0, 'GIF8', 'a GIF picture'],
  [8, 'WEBP', 'a WebP picture'],
  [6, '\0\0\0\0\x36\0\0\0', 'a BMP picture'],
  [0, 'II*\0', 'a TIFF picture'],
  [0, 'MM\0*', 'a TIFF picture'],
  [4, 'ftypavi', 'an AVIF picture'],
  [4, 'ftyphei', 'a HEIC picture'],
  [4, 'ftypmif1', 'a HEIC picture'],
  [4, 'JXL ', 'a JPEG XL picture'],
  [0, '\xff\x0a', 'a JPEG XL picture'],
  [4, 'jP  ', 'a JPEG 2000 picture'],
  [0, '\xff\x4f\xff\x51', 'a JPEG 2000 picture'],
  [0, '\x93NUMPY', 'an npy array'],
  [0, 'PK\x03\x04', 'a zip archive, as npz files and those of torch.save are'],
  [0, '\x1f\x8b', 'a gzip-compressed file'],
  [0, '\x89HDF', 'an HDF5 file'],
  [0, '%PDF', 'a PDF document'],
  [3, '\0\0\0\0\0{"', 'a safetensors file'],
];

/** Two zeros, the code of a type of elements, and a number of dimensions. */
const IDX = /^00 00 0[89bcde] 0[1-9]$/;

/** Text has no control characters but white space. Letters beyond ASCII may be of any encoding. */
const NO_TEXT = /(?!\s)\p{Cc}/u;

/** The text that bytes begin with, or undefined where they are no text. */
function beginOfText(bytes: Uint8Array): string | undefined {
  // A character may be cut at the end of what is looked at.
  const text = new TextDecoder().decode(bytes.subarray(0, 200), { stream: true });
  return text.trim() === '' || NO_TEXT.test(text) ? undefined : text;
}

/** What bytes are, as a message says it: `a GIF picture`, `text that begins with "x,y"`, or their first eight. */
export function fileKind(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const begin = String.fromCharCode(...bytes.subarray(0, 16));
  const known = KINDS.find(([offset, text]) => begin.startsWith(text, offset));
  if (known) return known[2];
  if (IDX.test(hexBytes(bytes.subarray(0, 4)))) return 'an IDX file';
  const text = beginOfText(bytes);
  if (text === undefined) return `a file that begins with the bytes ${hexBytes(bytes.subarray(0, 8))}`;
  const line = text.trim().split(/[\r\n]/, 1)[0];
  return `text that begins with ${JSON.stringify(line.slice(0, 40))}`;
}

/** Whether bytes begin as text does, and as no other kind of file. */
export const isText = (bytes: Uint8Array): boolean => fileKind(bytes).startsWith('text');
