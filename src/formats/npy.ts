// NumPy's array format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { show } from '../core/check.js';
import { checkBytes } from './bytes.js';
import { fileKind } from './fileKind.js';
import {
  bytesOf,
  type ElementType,
  elements,
  elementType,
  type Kind,
  type NpyData,
  rowMajor,
} from './npyTypes.js';
import { type Literal, pythonLiteral } from './pythonLiteral.js';
import { reason } from './reason.js';
import { isSize, sizeOf } from './shape.js';

export type { NpyData } from './npyTypes.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

// Typed arrays have the byte order of the machine, and every engine that runs WebAssembly today is little-endian.
const TYPES = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<u4': Uint32Array,
  '<i4': Int32Array,
  '|u1': Uint8Array,
  '|i1': Int8Array,
  '<i2': Int16Array,
  '<u2': Uint16Array,
} as const;

/** NumPy's name for the type of an array. @throws TypeError for another type */
function descrOf(data: NpyData): keyof typeof TYPES {
  for (const [descr, type] of Object.entries(TYPES)) {
    if (data instanceof type) {
      return descr as keyof typeof TYPES;
    }
  }
  throw new TypeError(
    `writeNpy: data must be a Float32Array, a Float64Array, or an array of integers of 8, 16 or 32 bits, got ${show(data)}`,
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
 * @param data flat, row after row
 * @param shape lengths of the axes
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
  readonly type: ElementType;
  readonly shape: number[];
  readonly columnMajor: boolean;
  readonly dataOffset: number;
}

/** @throws Error unless the bytes begin with a header that numpy reads too. */
export function readNpyHeader(bytes: Uint8Array): Header {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new Error(`not an npy file, as numpy.save writes them: got ${fileKind(bytes)}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes.length >= 8 ? `${bytes[6]}.${bytes[7]}` : 'none';
  if (!['1.0', '2.0', '3.0'].includes(version)) {
    throw new Error(`version must be 1.0, 2.0 or 3.0, got ${version}`);
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
  const text = new TextDecoder(version === '3.0' ? 'utf-8' : 'latin1')
    .decode(bytes.subarray(headerOffset, dataOffset))
    .trim();
  // A control character takes six.
  const begin = JSON.stringify(text.slice(0, 80)).slice(0, 90);
  let header: Literal;
  try {
    // Python 2 never wrote the third version.
    header = pythonLiteral(text, { isPython3: version === '3.0' });
  } catch (error) {
    throw new Error(`its header must be a dictionary of Python (${reason(error)}), got ${begin}`);
  }
  const { descr, fortran_order: columnMajor, shape } = Object(header) as Record<string, Literal | undefined>;
  if (
    Object.keys(Object(header)).length !== 3 ||
    descr === undefined ||
    typeof columnMajor !== 'boolean' ||
    !Array.isArray(shape) ||
    !shape.every(isSize)
  ) {
    throw new Error(`its header must name descr, fortran_order and shape alone, got ${begin}`);
  }
  return { type: elementType(descr), shape: shape as number[], columnMajor, dataOffset };
}

/** As {@link readNpy}, with what the file says the elements are. @throws Error, not naming the file */
export function parseNpy(bytes: Uint8Array): { data: NpyData; shape: number[]; kind: Kind } {
  const { type, shape, columnMajor, dataOffset } = readNpyHeader(bytes);
  const expected = dataOffset + sizeOf(shape) * bytesOf(type.kind);
  if (bytes.length < expected) {
    throw new Error(`truncated: shape (${shape.join(', ')}) asks for ${expected} bytes, got ${bytes.length}`);
  }
  // A copy, since a view must begin at a multiple of its element size.
  const data = elements(new Uint8Array(bytes.subarray(dataOffset, expected)), type);
  return { data: columnMajor ? rowMajor(data, shape) : data, shape, kind: type.kind };
}

/**
 * Reads an npy file of real numbers as numpy.load does: versions 1.0 to 3.0, either byte order, row-major or column-major (which
 * becomes row-major). The data are a copy of the type that the file has, but for three: float16 becomes float32; int64 and uint64
 * become float64, and are refused from 2^53; booleans become bytes of 0 and 1. Of several arrays saved one after the other it is the
 * first. `name` stands for the file in errors.
 *
 * @param bytes the whole file
 * @param name what messages call the file
 * @throws Error for anything else (complex numbers, text, structures, objects), and when the file is truncated.
 */
export function readNpy(bytes: Uint8Array, name = 'the file'): { data: NpyData; shape: number[] } {
  checkBytes('readNpy', name, bytes);
  try {
    const { data, shape } = parseNpy(bytes);
    return { data, shape };
  } catch (error) {
    throw new Error(`readNpy: ${name}: ${reason(error)}`);
  }
}
