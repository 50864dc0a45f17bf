// safetensors: https://huggingface.co/docs/safetensors, with a checksum of our own in its metadata.
//
//   8 bytes   length H of the header, little-endian
//   H bytes   JSON { "__metadata__": {string: string}, NAME: { dtype, shape, data_offsets: [begin, end) }, ... },
//             padded with spaces so that the data begin at a multiple of 8
//   the rest  the tensors, little-endian, without holes

import { show } from '../core/check.js';
import { checkBytes } from './bytes.js';
import { fileKind } from './fileKind.js';
import { reason } from './reason.js';
import {
  asEntry,
  asMetadata,
  BLANK,
  checkCoverage,
  checksum,
  checkText,
  checkTruncation,
  type Entry,
  isSavedAgain,
  MAX_HEADER,
  RESERVED,
  WRITER,
} from './safetensorsHeader.js';
import { type Dtype, numbers, type TensorData, TYPES } from './safetensorsTypes.js';
import { isSize, sizeOf } from './shape.js';

export type { TensorData } from './safetensorsTypes.js';

/** One array; shape [] is a scalar, and the product of shape is data.length. */
export interface Tensor {
  shape: number[];
  data: TensorData;
}

/** The format's name for the type of an array. @throws TypeError for another type */
function dtypeOf(name: string, data: TensorData): Dtype {
  for (const [dtype, type] of Object.entries(TYPES)) {
    if (data instanceof type) {
      return dtype as Dtype;
    }
  }
  throw new TypeError(
    `writeSafetensors: tensor "${name}" must be a Float32Array, a Float64Array, or an array of integers of 8, 16 or 32 bits, got ${show(data)}`,
  );
}

/** @throws TypeError or RangeError unless the tensor can be written. */
function checkTensor(name: string, { shape, data }: Tensor): void {
  if (name === '__metadata__') {
    throw new RangeError(
      'writeSafetensors: a tensor must not be named "__metadata__": the format reserves it',
    );
  }
  dtypeOf(name, data);
  if (!shape.every(isSize) || sizeOf(shape) !== data.length) {
    throw new RangeError(
      `writeSafetensors: the shape of tensor "${name}" must be integers >= 0 whose product is ${data.length}, ` +
        `got [${shape.join(', ')}]`,
    );
  }
}

/** Header entries in the order given; wider elements come first in the data, so that every tensor is aligned. */
function layOut(tensors: Record<string, Tensor>): Record<string, Entry> {
  const rows = Object.entries(tensors);
  const begins = new Map<string, number>();
  let end = 0;
  for (const width of [8, 4, 2, 1]) {
    for (const [name, { data }] of rows) {
      if (data.BYTES_PER_ELEMENT === width) {
        begins.set(name, end);
        end += data.byteLength;
      }
    }
  }
  const entries = rows.map(([name, { shape, data }]): [string, Entry] => {
    const begin = begins.get(name) as number;
    const offsets: [number, number] = [begin, begin + data.byteLength];
    return [name, { dtype: dtypeOf(name, data), shape: [...shape], data_offsets: offsets }];
  });
  return Object.fromEntries(entries);
}

/**
 * The bytes of a safetensors file. Header entries keep the order of `tensors`; `metadata` may hold any strings but
 * two keys, which are added here: `writer` = "scorefield", and `crc32`, the CRC-32 (that of zlib) of the whole file
 * with the eight digits of this entry taken as "00000000", in eight lower-case hexadecimal digits. One changed byte
 * anywhere in the file is therefore always found by `readSafetensors`.
 *
 * @param tensors by name
 * @param metadata strings by name
 * @throws TypeError for another type of array or metadata that are not strings; RangeError for a shape that does
 *   not fit its data or a reserved name.
 */
export function writeSafetensors(
  tensors: Record<string, Tensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  for (const [key, value] of Object.entries(metadata)) {
    if (RESERVED.includes(key)) {
      throw new RangeError(
        `writeSafetensors: metadata must not have the key "${key}": every file gets its own`,
      );
    }
    if (typeof value !== 'string') {
      throw new TypeError(`writeSafetensors: metadata "${key}" must be a string, got ${typeof value}`);
    }
  }
  for (const [name, tensor] of Object.entries(tensors)) {
    checkTensor(name, tensor);
  }
  const entries = layOut(tensors);
  // Last, where no program puts it that saves a file again: there the checksum of this one is no longer meant.
  const json = JSON.stringify({ ...entries, __metadata__: { ...metadata, writer: WRITER, crc32: BLANK } });
  const header = new TextEncoder().encode(json);
  const dataOffset = 8 + Math.ceil(header.length / 8) * 8;
  if (dataOffset - 8 > MAX_HEADER) {
    throw new RangeError(
      `writeSafetensors: the header must be at most ${MAX_HEADER} bytes, got ${header.length}`,
    );
  }
  const dataLength = Object.values(tensors).reduce((length, { data }) => length + data.byteLength, 0);
  const bytes = new Uint8Array(dataOffset + dataLength);
  new DataView(bytes.buffer).setUint32(0, dataOffset - 8, true);
  bytes.fill(0x20, 8, dataOffset);
  bytes.set(header, 8);
  for (const [name, { data }] of Object.entries(tensors)) {
    const [begin] = entries[name].data_offsets;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dataOffset + begin);
  }
  const { digits, offset } = checksum(bytes, json);
  bytes.set(new TextEncoder().encode(digits), offset);
  return bytes;
}

/**
 * The header as text and as an object, unchecked, and where the data begin.
 *
 * @throws Error where there is no header
 */
function readHeader(bytes: Uint8Array): {
  json: string;
  header: Record<string, unknown>;
  dataOffset: number;
} {
  if (bytes.length < 8) {
    throw new Error(`truncated: expected at least 8 bytes, the length of its header, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER) {
    throw new Error(
      `not safetensors: it must begin with the length of its header, at most ${MAX_HEADER} bytes, got ${fileKind(bytes)}`,
    );
  }
  if (bytes.length < 8 + length) {
    throw new Error(`truncated: expected a header of ${length} bytes, got ${bytes.length - 8}`);
  }
  let json: string;
  let header: unknown;
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(json);
  } catch (error) {
    throw new Error(`damaged or not safetensors: its header is not JSON (${reason(error)})`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new Error('not safetensors: its header must be a JSON object');
  }
  return { json, header: header as Record<string, unknown>, dataOffset: 8 + length };
}

/** @throws Error when the checksum is wrong, or missing from a file of this library. */
function verifyChecksum(bytes: Uint8Array, json: string, { crc32, writer }: Record<string, string>): void {
  if (crc32 === undefined) {
    if (writer === WRITER) {
      throw new Error(`damaged: metadata.writer is "${WRITER}" but there is no metadata.crc32`);
    }
    return;
  }
  const { digits } = checksum(bytes, json);
  if (crc32 !== digits) {
    throw new Error(
      `damaged, or changed by a program that kept metadata.crc32, which is to be left out: expected ` +
        `${JSON.stringify(crc32.slice(0, 8))}, got "${digits}"`,
    );
  }
}

/**
 * Reads a safetensors file of real numbers; the data are copies, of the type that the file has, but for these: float16, bfloat16
 * and floats of 8 bits become float32 without rounding; int64 and uint64 become float64, and are refused from 2^53; booleans
 * become bytes of 0 and 1. `name` stands for the file in errors. A checksum as `writeSafetensors` defines it is verified when
 * there is one, and must be there when metadata.writer is "scorefield", unless the safetensors library of Python has saved the
 * file again, with metadata that were kept; neither entry is returned.
 *
 * @param bytes the whole file
 * @param name what messages call the file
 * @throws Error when the file is truncated, damaged, too long, not safetensors, or has tensors of another type.
 */
export function readSafetensors(
  bytes: Uint8Array,
  name = 'the file',
): { tensors: Record<string, Tensor>; metadata: Record<string, string> } {
  checkBytes('readSafetensors', name, bytes);
  try {
    const { json, header, dataOffset } = readHeader(bytes);
    const { __metadata__, ...rest } = header;
    const metadata = asMetadata(__metadata__ ?? {});
    const available = bytes.length - dataOffset;
    checkTruncation(Object.entries(rest), available);
    if (!isSavedAgain(header)) verifyChecksum(bytes, json, metadata);
    const entries = Object.entries(rest).map(([key, value]): [string, Entry] => [key, asEntry(key, value)]);
    checkText(json, entries.length);
    checkCoverage(entries, available);
    const tensors = entries.map(
      ([
        key,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]): [string, Tensor] => {
        // A copy, since a view must begin at a multiple of its element size. Not by `slice`, which copies no Buffer of Node's.
        const { buffer } = new Uint8Array(bytes.subarray(dataOffset + begin, dataOffset + end));
        return [key, { shape, data: numbers(dtype, buffer) }];
      },
    );
    const kept = Object.entries(metadata).filter(([key]) => !RESERVED.includes(key));
    return { tensors: Object.fromEntries(tensors), metadata: Object.fromEntries(kept) };
  } catch (error) {
    const problem = reason(error);
    const hint = /^(truncated|damaged|too long)/.test(problem) ? '; save, copy or download it again' : '';
    throw new Error(`readSafetensors: ${name}: ${problem}${hint}`);
  }
}
