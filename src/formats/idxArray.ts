// Arrays of IDX files: a big-endian header, then numbers of one type (http://yann.lecun.com/exdb/mnist).
import { fileKind } from './fileKind.js';
import { isGzip } from './gzip.js';
import { elements, type Kind, type NpyData } from './npyTypes.js';
import { sizeOf } from './shape.js';

/** Types by their code, the third byte of the file. */
const TYPES: Record<number, Kind> = { 8: 'u1', 9: 'i1', 11: 'i2', 12: 'i4', 13: 'f4', 14: 'f8' };

export interface IdxArray {
  readonly shape: readonly number[];
  /** A view of the file's bytes where it holds bytes. */
  readonly data: NpyData;
}

/**
 * The numbers of an IDX file and their shape.
 *
 * @param holds what messages say the file should hold
 * @throws Error unless it is whole and has as many dimensions as `ranks` says.
 */
export function readIdxArray(
  caller: string,
  bytes: Uint8Array,
  name: string,
  { holds, ranks }: { holds: 'images' | 'labels'; ranks: readonly number[] },
): IdxArray {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${caller}: ${name} must be a Uint8Array, got ${typeof bytes}`);
  }
  if (isGzip(bytes)) {
    throw new Error(`${caller}: ${name} is gzip-compressed: unpack it first, with gunzip()`);
  }
  const [zero, alsoZero, code, rank] = bytes;
  const kind = TYPES[code];
  if (bytes.length >= 4 && (zero !== 0 || alsoZero !== 0 || !kind)) {
    throw new Error(
      `${caller}: ${name} must be an IDX file of ${holds}, which begins with two zeros and the code of a type, ` +
        `got ${fileKind(bytes)}`,
    );
  }
  if (bytes.length >= 4 && !ranks.includes(rank)) {
    const hint = holds === 'images' && rank === 1 ? ', as one of labels' : '';
    throw new Error(
      `${caller}: ${name} must have ${ranks.join(' or ')} dimension${ranks[0] > 1 ? 's' : ''}, as IDX files of ${holds}, ` +
        `got ${rank}${hint}: give the file of ${holds}`,
    );
  }
  const headerLength = 4 + 4 * (rank ?? ranks[0]);
  if (bytes.length < headerLength) {
    throw new Error(
      `${caller}: ${name} is truncated: expected at least the ${headerLength} bytes of its header, ` +
        `got ${bytes.length}; fetch it again`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = headerLength + sizeOf(shape) * Number(kind[1]);
  if (bytes.length !== expected) {
    const problem = bytes.length < expected ? 'is truncated' : 'is too long';
    throw new Error(
      `${caller}: ${name} ${problem}: its header (${shape.join(' x ')}) asks for ${expected} bytes, ` +
        `got ${bytes.length}; fetch it again`,
    );
  }
  const data = bytes.subarray(headerLength);
  return {
    shape,
    data: kind === 'u1' ? data : elements(new Uint8Array(data), { kind, bigEndian: true }),
  };
}
