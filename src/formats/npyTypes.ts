// Types of elements as npy files name them, and their numbers.
import { fromHalf } from './halfFloat.js';
import type { Literal } from './pythonLiteral.js';

export type NpyData =
  | Float32Array
  | Uint32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array;

/** What an element is: boolean, integer, unsigned or floating, and its bytes. */
export type Kind = 'b1' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8';

export interface ElementType {
  readonly kind: Kind;
  readonly bigEndian: boolean;
}

/** Other names that numpy.dtype takes, on machines of 64 bits. */
const NAMES: Record<Kind, string> = {
  b1: '? bool bool_ bool8',
  i1: 'b int8 byte',
  i2: 'h int16 short',
  i4: 'i int32 intc',
  i8: 'l q int64 int int_ long longlong intp',
  u1: 'B uint8 ubyte',
  u2: 'H uint16 ushort',
  u4: 'I uint32 uintc',
  u8: 'L Q uint64 uint ulong ulonglong uintp',
  f2: 'e float16 half',
  f4: 'f float32 single',
  f8: 'd float64 double float',
};

/** What a type that is not read holds, and what to save in its place. */
const OTHERS: readonly [RegExp, string][] = [
  [/^(c\d*|F|D|G|complex\d*)$/, 'complex numbers: save array.real and array.imag'],
  [/^(O\d*|object)$/, 'Python objects: save an array of numbers, of one shape'],
  [/^([US]\d*|a\d*|str|bytes)$/, "text: save array.astype('float64') if it holds numbers"],
  [/^[Mm]8/, "dates or times: save array.astype('float64')"],
  [
    /^V2$/,
    "elements of 2 bytes that numpy does not know, as bfloat16 is saved: save array.astype('float32')",
  ],
  [/^(f12|f16|g|longdouble|float128|float96)$/, "long doubles: save array.astype('float64')"],
];

/** @throws Error, saying what the elements are, unless they are numbers of a type that is read. */
export function elementType(descr: Literal | undefined): ElementType {
  if (typeof descr !== 'string') {
    throw new Error(
      'its elements must be numbers, got a structured type: save one of its fields, as array["name"]',
    );
  }
  const order = /^[<>=|]/.test(descr) ? descr[0] : '=';
  const name = order === '=' && descr[0] !== '=' ? descr : descr.slice(1);
  const kind = (Object.keys(NAMES) as Kind[]).find(
    (candidate) => candidate === name || NAMES[candidate].split(' ').includes(name),
  );
  if (kind) return { kind, bigEndian: order === '>' };
  const other = OTHERS.find(([pattern]) => pattern.test(name))?.[1];
  throw new Error(
    `its elements must be real numbers, got dtype ${JSON.stringify(descr.slice(0, 40))}` +
      (other ? `, ${other}` : ": save array.astype('float64')"),
  );
}

export const bytesOf = (kind: Kind): number => Number(kind[1]);

/** Typed arrays have the byte order of the machine, and every engine that runs WebAssembly today is little-endian. */
function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Integers of 64 bits as float64. @throws Error, naming the first, for one that float64 has not */
export function fromLong(longs: BigInt64Array | BigUint64Array): Float64Array {
  const out = Float64Array.from(longs as ArrayLike<unknown> as ArrayLike<bigint>, Number);
  const wrong = out.findIndex((value) => !Number.isSafeInteger(value));
  if (wrong < 0) return out;
  throw new Error(
    `integers must be from -(2^53 - 1) to 2^53 - 1, got ${longs[wrong]} at index ${wrong}: ` +
      "save array.astype('float64'), which rounds them",
  );
}

/**
 * The numbers in bytes, which are overwritten: of 16-bit floats as float32, of 64-bit integers as float64, of booleans 0 or 1.
 *
 * @throws Error for an integer that float64 has not.
 */
export function elements(bytes: Uint8Array<ArrayBuffer>, { kind, bigEndian }: ElementType): NpyData {
  if (bigEndian && bytesOf(kind) > 1) swapBytes(bytes, bytesOf(kind));
  const { buffer } = bytes;
  switch (kind) {
    case 'b1':
      return bytes.map((byte) => (byte === 0 ? 0 : 1));
    case 'i1':
      return new Int8Array(buffer);
    case 'i2':
      return new Int16Array(buffer);
    case 'i4':
      return new Int32Array(buffer);
    case 'i8':
      return fromLong(new BigInt64Array(buffer));
    case 'u1':
      return bytes;
    case 'u2':
      return new Uint16Array(buffer);
    case 'u4':
      return new Uint32Array(buffer);
    case 'u8':
      return fromLong(new BigUint64Array(buffer));
    case 'f2':
      return fromHalf(new Uint16Array(buffer));
    case 'f4':
      return new Float32Array(buffer);
    case 'f8':
      return new Float64Array(buffer);
  }
}

/** Numbers in column-major order, the first index fastest, as they are in row-major order. */
export function rowMajor<T extends NpyData>(data: T, shape: readonly number[]): T {
  if (shape.filter((n) => n !== 1).length < 2) return data;
  const out = data.slice() as T;
  const index = shape.map(() => 0);
  let stride = 1;
  const strides = shape.map((n) => {
    const own = stride;
    stride *= n;
    return own;
  });
  for (let to = 0, from = 0; to < out.length; to++) {
    out[to] = data[from];
    // The next index in row-major order: the last that has room grows, those after it begin again.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
