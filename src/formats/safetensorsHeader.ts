// What the reader and the writer of safetensors files share: types, limits, the checksum and the checks of entries.
import { crc32 } from './crc32.js';
import { asDtype, bytesOf, type Dtype, orderOf } from './safetensorsTypes.js';
import { isSize, sizeOf } from './shape.js';

/** What the header says of one tensor: the type of its elements, its shape, and its bytes [begin, end) in the data. */
export interface Entry {
  dtype: Dtype;
  shape: number[];
  data_offsets: [number, number];
}

/** Bytes of the longest header, as in the reference implementation. */
export const MAX_HEADER = 100_000_000;

/** A file with this `writer` must have a checksum: a damaged key "crc32" does not make it someone else's. */
export const WRITER = 'scorefield';
/** Metadata that the writer adds and the reader removes. */
export const RESERVED = ['writer', 'crc32'];
/** What the digits of the checksum count as while it is computed. */
export const BLANK = '00000000';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const encode = (text: string) => new TextEncoder().encode(text);

/**
 * CRC-32 of a whole file whose header is `json`, with the eight digits of its crc32 taken as "00000000": eight
 * lower-case hexadecimal digits, and the offset in bytes where they belong (-1 when the header has no such entry).
 */
export function checksum(bytes: Uint8Array, json: string): { digits: string; offset: number } {
  // A quote inside a JSON string is escaped, so this text occurs at most once, as the key.
  const key = '"crc32":"';
  const at = json.indexOf(key);
  let crc: number;
  let offset = -1;
  if (at < 0) {
    crc = crc32(bytes);
  } else {
    // Text before the digits may have characters of several bytes.
    offset = 8 + encode(json.slice(0, at + key.length)).length;
    const before = crc32(bytes.subarray(0, offset));
    crc = crc32(bytes.subarray(offset + BLANK.length), crc32(encode(BLANK), before));
  }
  return { digits: crc.toString(16).padStart(8, '0'), offset };
}

/** Returns `value`. @throws Error unless it maps strings to strings. */
export function asMetadata(value: unknown): Record<string, string> {
  if (!isObject(value) || !Object.values(value).every((entry) => typeof entry === 'string')) {
    throw new Error('__metadata__ must map strings to strings');
  }
  return value as Record<string, string>;
}

/** @throws Error when an entry, unchecked so far, reaches beyond the `available` bytes of data. */
export function checkTruncation(entries: [string, unknown][], available: number): void {
  for (const [name, value] of entries) {
    const offsets = isObject(value) ? value.data_offsets : undefined;
    if (Array.isArray(offsets) && offsets[1] > available) {
      throw new Error(
        `truncated: expected at least ${offsets[1]} bytes of data, where tensor "${name}" ends, got ${available}`,
      );
    }
  }
}

/**
 * Returns `value`.
 *
 * @throws Error unless it is the entry of a tensor, here `name`, which is text, and its shape fits its bytes.
 */
export function asEntry(name: string, value: unknown): Entry {
  if (/\p{Surrogate}/u.test(name))
    throw new Error(`damaged: a tensor's name must be of whole characters, got ${JSON.stringify(name)}`);
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  const type = asDtype(name, dtype);
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new Error(
      `tensor "${name}" must have a shape of integers >= 0, got ${JSON.stringify(shape) ?? 'none'}`,
    );
  }
  // The reference implementation multiplies in turn, and refuses what a size of 0 would undo.
  const fits = (size: number, n: number) => (isSize(size * n) ? size * n : Number.NaN);
  if (Number.isNaN(shape.reduce(fits, 1))) {
    throw new Error(
      `tensor "${name}" must have a shape whose product is below 2^53, got [${shape.join(', ')}]`,
    );
  }
  const pair = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isSize);
  if (!pair || offsets[0] > offsets[1]) {
    throw new Error(
      `tensor "${name}" must have data_offsets [begin, end] in order, got ${JSON.stringify(offsets) ?? 'none'}`,
    );
  }
  const expected = sizeOf(shape) * bytesOf(type);
  if (offsets[1] - offsets[0] !== expected) {
    throw new Error(
      `tensor "${name}" of ${type} and shape [${shape.join(', ')}] must have ${expected} bytes, ` +
        `got ${offsets[1] - offsets[0]}`,
    );
  }
  return { dtype: type, shape, data_offsets: [offsets[0], offsets[1]] };
}

/** @throws Error unless the tensors follow one another without overlaps or holes to the end, as the format demands. */
export function checkCoverage(entries: [string, Entry][], available: number): void {
  const inOrder = [...entries].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let end = 0;
  for (const [name, entry] of inOrder) {
    const [begin] = entry.data_offsets;
    if (begin !== end) {
      const problem = begin < end ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw new Error(`tensor "${name}" ${problem}: it must begin at byte ${end} of the data, got ${begin}`);
    }
    end = entry.data_offsets[1];
  }
  if (end !== available) {
    throw new Error(`too long: its tensors end at byte ${end} of the data, got ${available} bytes of data`);
  }
}

/**
 * What JSON.parse does not tell: sizes and offsets are integers in the text, too, of which 1.0 is none; and each of `count`
 * tensors has one shape, one type and its offsets once.
 *
 * @throws Error for another number, or a tensor that says two things of itself.
 */
export function checkText(header: string, count: number): void {
  // Keys may be written with escapes of letters.
  const json = header.replace(/\\u00(5f|[46][1-9a-f]|[57][\da])/gi, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  // Quotes inside of strings are escaped, so these are keys.
  for (const key of [/"shape"\s*:\s*\[/g, /"data_offsets"\s*:\s*\[/g, /"dtype"\s*:\s*"/g]) {
    if ((json.match(key)?.length ?? 0) > count)
      throw new Error(`a tensor must say its ${key.source.split('"')[1]} once`);
  }
  for (const [, key, list] of json.matchAll(/"(shape|data_offsets)"\s*:\s*\[([^\]]*)\]/g)) {
    const wrong = list.split(',').find((text) => !/^\s*\d*\s*$/.test(text));
    if (wrong !== undefined)
      throw new Error(`${key} must be integers >= 0, got ${wrong.trim().slice(0, 40)}`);
  }
}

/**
 * Whether the safetensors library of Python, or another that is built on the same code, wrote this header: metadata come first,
 * then the tensors by type and name. A file of this library has its metadata last; one of version
 * 0.1.0 has its tensors in an order of their own.
 */
export function isSavedAgain(header: Record<string, unknown>): boolean {
  const [first, ...entries] = Object.entries(header);
  if (first?.[0] !== '__metadata__' || entries.length === 0) return false;
  const rows = entries.map(([name, value]) => ({ name, ...(value as Partial<Entry> | null) }));
  return rows.every((row, i) => {
    const before = rows[i - 1];
    if (!before) return true;
    const type = orderOf(before.dtype) - orderOf(row.dtype);
    return type > 0 || (type === 0 && before.name < row.name);
  });
}
