// NumPy's array format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { hexBytes } from './hexBytes.js';
import { reason } from './reason.js';
import { isSize, sizeOf } from './shape.js';

export type NpyData = Float32Array | Uint32Array | Float64Array | Int32Array | Uint8Array;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

// Typed arrays have the byte order of the machine, and every engine that runs WebAssembly today is little-endian.
const TYPES = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<u4': Uint32Array,
  '<i4': Int32Array,
  '|u1': Uint8Array,
} as const;

/** NumPy's name for the type of an array. @throws TypeError for another type */
function descrOf(data: NpyData): keyof typeof TYPES {
  for (const [descr, type] of Object.entries(TYPES)) {
    if (data instanceof type) {
      return descr as keyof typeof TYPES;
    }
  }
  throw new TypeError(
    'writeNpy: data must be a Float32Array, Float64Array, Uint32Array, Int32Array or Uint8Array, ' +
      `got ${typeof data}`,
  );
}

/**
 * The bytes that an npy file begins with. The data follow in C order, so that a long array can be written piece by piece.
 *
 * @param descr NumPy's name for the type of the data; default float32
 * @throws RangeError when shape is not made of integers >= 0.
 */
export function npyHeader(shape: readonly number[], descr: keyof typeof TYPES = '<f4'): Uint8Array {
  if (!shape.every(isSize)) {
    throw new RangeError(`npyHeader: shape must be integers >= 0, got [${shape.join(', ')}]`);
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The data begin at a multiple of 64 bytes, as numpy.save writes them; the header ends in a newline.
  const headerLength = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headerLength);
  bytes.set([...MAGIC, 1, 0, headerLength & 0xff, headerLength >>> 8]);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(headerLength - 1)}\n`), 10);
  return bytes;
}

/**
 * The bytes of an npy file (version 1.0, little-endian, C order) with `data` in `shape`; `numpy.load` reads it.
 *
 * @throws TypeError for another type of array, RangeError when shape is not made of integers >= 0 or its product
 *   is not the length of data.
 */
export function writeNpy(data: NpyData, shape: readonly number[]): Uint8Array {
  const descr = descrOf(data);
  if (!shape.every(isSize) || sizeOf(shape) !== data.length) {
    throw new RangeError(
      `writeNpy: shape must be integers >= 0 whose product is data.length = ${data.length}, got [${shape.join(', ')}]`,
    );
  }
  const header = npyHeader(shape, descr);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return bytes;
}

interface Header {
  readonly descr: string;
  readonly shape: number[];
  readonly dataOffset: number;
}

/** @throws Error unless the bytes begin with a header that this reader understands. */
function readHeader(bytes: Uint8Array): Header {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new Error(
      `not an npy file: it must begin with 93 4e 55 4d 50 59, got ${hexBytes(bytes.subarray(0, 6))}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes.length >= 8 ? `${bytes[6]}.${bytes[7]}` : 'none';
  if (version !== '1.0' && version !== '2.0') {
    throw new Error(`version must be 1.0 or 2.0, got ${version}`);
  }
  const headerOffset = version === '1.0' ? 10 : 12;
  if (bytes.length < headerOffset) {
    throw new Error(`truncated: expected a header, got ${bytes.length} bytes`);
  }
  const headerLength = version === '1.0' ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataOffset = headerOffset + headerLength;
  if (bytes.length < dataOffset) {
    throw new Error(`truncated: expected ${dataOffset} bytes of header, got ${bytes.length}`);
  }
  const text = new TextDecoder('latin1').decode(bytes.subarray(headerOffset, dataOffset)).trim();
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(((?:\s*\d+\s*,)*\s*\d*\s*)\)/.exec(text)?.[1];
  if (!text.startsWith('{') || !text.endsWith('}') || !fortran || tuple === undefined) {
    throw new Error(
      `its header must name descr, fortran_order and shape, got ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  if (descr === undefined || !(descr in TYPES)) {
    const known = Object.keys(TYPES).join(', ');
    throw new Error(
      `dtype must be one of ${known}, got ${descr ?? 'a structured type'}: convert it with astype()`,
    );
  }
  if (fortran === 'True') {
    throw new Error('the array must be in C order, got Fortran order: save numpy.ascontiguousarray(array)');
  }
  const shape = tuple.split(',').filter((n) => n.trim() !== '');
  return { descr, shape: shape.map(Number), dataOffset };
}

/**
 * Reads an npy file (version 1.0 or 2.0, little-endian float32, float64, uint32, int32 or uint8, C order). The data are a copy,
 * of the type that the file has. `name` stands for the file in errors.
 *
 * @throws Error for anything else, and when the file is truncated or too long.
 */
export function readNpy(bytes: Uint8Array, name = 'the file'): { data: NpyData; shape: number[] } {
  try {
    const { descr, shape, dataOffset } = readHeader(bytes);
    const type = TYPES[descr as keyof typeof TYPES];
    const expected = dataOffset + sizeOf(shape) * type.BYTES_PER_ELEMENT;
    if (bytes.length !== expected) {
      const problem = bytes.length < expected ? 'truncated' : 'too long';
      throw new Error(
        `${problem}: shape (${shape.join(', ')}) asks for ${expected} bytes, got ${bytes.length}`,
      );
    }
    // A copy, since a view must begin at a multiple of its element size.
    return { data: new type(new Uint8Array(bytes.subarray(dataOffset)).buffer), shape };
  } catch (error) {
    throw new Error(`readNpy: ${name}: ${reason(error)}`);
  }
}
