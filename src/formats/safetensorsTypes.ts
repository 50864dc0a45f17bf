// Types of elements as safetensors files name them, and their numbers.
import { fromBfloat, fromHalf } from './halfFloat.js';
import { fromLong } from './npyTypes.js';
import { fromSmallFloat, type SmallFloat } from './smallFloat.js';

/** Types that are written, and read as they are. */
export const TYPES = {
  F32: Float32Array,
  F64: Float64Array,
  U32: Uint32Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
} as const;

export type TensorData =
  | Float32Array
  | Float64Array
  | Uint32Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array;

/** Bytes of an element of each type that is read, in the order in which the reference implementation sorts types. */
const BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

export type Dtype = keyof typeof BYTES;

/** Types of the format that are not read, and why. */
const OTHERS: Record<string, string> = {
  C64: ', complex numbers: save their real and imaginary parts',
  F4: ', of which two share a byte: save it in float32',
  F6_E2M3: ', of 6 bits: save it in float32',
  F6_E3M2: ', of 6 bits: save it in float32',
};

/** The place of a type in the order of the reference implementation; -1 for one that is not read. */
export const orderOf = (dtype: unknown): number => Object.keys(BYTES).indexOf(String(dtype));

export const bytesOf = (dtype: Dtype): number => BYTES[dtype];

/** Returns the name. @throws Error, naming the tensor, unless it is of a type that is read */
export function asDtype(name: string, dtype: unknown): Dtype {
  if (typeof dtype === 'string' && Object.hasOwn(BYTES, dtype)) return dtype as Dtype;
  const hint = Object.hasOwn(OTHERS, String(dtype)) ? OTHERS[String(dtype)] : '';
  const got = dtype === undefined ? 'none' : JSON.stringify(dtype).slice(0, 40) + hint;
  throw new Error(
    `tensor "${name}" must have a dtype of real numbers (F64, F32, F16, BF16, I64, U8, BOOL or another), got ${got}`,
  );
}

/**
 * The numbers in a buffer: floats of 8 and 16 bits as float32, integers of 64 bits as float64, booleans as bytes.
 *
 * @throws Error for an integer that float64 has not.
 */
export function numbers(dtype: Dtype, buffer: ArrayBuffer): TensorData {
  if (dtype === 'BOOL') return new Uint8Array(buffer).map((byte) => (byte === 0 ? 0 : 1));
  if (dtype === 'F16') return fromHalf(new Uint16Array(buffer));
  if (dtype === 'BF16') return fromBfloat(new Uint16Array(buffer));
  if (dtype === 'I64') return fromLong(new BigInt64Array(buffer));
  if (dtype === 'U64') return fromLong(new BigUint64Array(buffer));
  if (dtype in TYPES) return new TYPES[dtype as keyof typeof TYPES](buffer);
  return fromSmallFloat(dtype as SmallFloat, new Uint8Array(buffer));
}
