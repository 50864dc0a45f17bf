// How the fuzzer changes files, and makes their lengths and checksums right again so that readers read on.
import { crc32 } from 'node:zlib';

/** Marsaglia's xorshift32: the same changes for the same seed. */
export class Random {
  #state;
  constructor(seed) {
    this.#state = (Math.imul(seed, 2654435761) ^ 0x9e3779b9) | 1;
  }
  /** An integer from 0 to n - 1. */
  below(n) {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % Math.max(1, n);
  }
  of(list) {
    return list[this.below(list.length)];
  }
}

/** Bytes and words at the edges of their ranges. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 16, 32, 64, 127, 128, 254, 255];
const WIDE_EDGES = [
  0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];
const NUMBERS = [
  '0',
  '1',
  '-1',
  '2',
  '255',
  '65536',
  '4294967295',
  '4294967296',
  '9007199254740992',
  '1e308',
  '1e-320',
  '0.5',
  '00',
  '1.0',
];

const spliced = (bytes, at, removed, piece) => {
  const out = new Uint8Array(bytes.length - removed + piece.length);
  out.set(bytes.subarray(0, at));
  out.set(piece, at);
  out.set(bytes.subarray(at + removed), at + piece.length);
  return out;
};
const latin = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const utf8 = (text) => (/[^\0-\xff]/.test(text) ? new TextEncoder().encode(text) : latin(text));

const changes = [
  (random, bytes) => {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    return bytes;
  },
  (random, bytes) => {
    bytes[random.below(bytes.length)] = random.below(2) ? random.of(EDGES) : random.below(256);
    return bytes;
  },
  (random, bytes) => {
    const at = random.below(bytes.length - 3);
    if (bytes.length < 4) return bytes;
    const view = new DataView(bytes.buffer);
    const [value, little] = [random.of(WIDE_EDGES), random.below(2) === 0];
    if (random.below(2)) view.setUint32(at, value, little);
    else view.setUint16(at, value, little);
    return bytes;
  },
  (random, bytes) =>
    spliced(
      bytes,
      random.below(bytes.length + 1),
      0,
      Uint8Array.from({ length: 1 + random.below(8) }, () => random.below(256)),
    ),
  (random, bytes) => {
    const at = random.below(bytes.length);
    return spliced(bytes, at, Math.min(bytes.length - at, 1 + random.below(16)), []);
  },
  // A piece twice.
  (random, bytes) => {
    const at = random.below(bytes.length);
    return spliced(bytes, at, 0, bytes.slice(at, at + 1 + random.below(64)));
  },
  (random, bytes) => bytes.slice(0, random.below(bytes.length + 1)),
  // A piece of another file.
  (random, bytes, { pool }) => {
    const other = random.of(pool);
    const from = random.below(other.length);
    return spliced(bytes, random.below(bytes.length + 1), 0, other.slice(from, from + 1 + random.below(64)));
  },
  (random, bytes, { pool }) => {
    const other = random.of(pool);
    return spliced(bytes.slice(0, random.below(bytes.length + 1)), 0, 0, []).length === 0
      ? other.slice()
      : new Uint8Array([
          ...bytes.subarray(0, random.below(bytes.length + 1)),
          ...other.subarray(random.below(other.length)),
        ]);
  },
  (random, bytes, { words }) => {
    const word = utf8(random.of(words));
    const at = random.below(bytes.length + 1);
    return spliced(bytes, at, random.below(2) ? Math.min(word.length, bytes.length - at) : 0, word);
  },
  // A number of the text, or what stands between two marks of it, is another.
  (random, bytes, { words }) => {
    const text = Array.from(bytes.subarray(0, 4096), (byte) => String.fromCharCode(byte)).join('');
    const found = [...text.matchAll(random.below(2) ? /\d+(\.\d+)?/g : /"[^"]*"|\[[^\]]*\]|\{[^{}]*\}/g)];
    if (found.length === 0) return bytes;
    const { 0: old, index } = random.of(found);
    return spliced(bytes, index, old.length, utf8(random.of(random.below(2) ? NUMBERS : words)));
  },
];

/** Checksums of the chunks of a PNG file, as far as it has some. */
function mendPng(bytes) {
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    view.setUint32(end - 4, crc32(bytes.subarray(at + 4, end - 4)));
    at = end;
  }
  return bytes;
}

/** The length of a header of JSON: up to the brace that ends it. */
function mendSafetensors(bytes) {
  if (bytes.length < 10) return bytes;
  let depth = 0;
  let isText = false;
  for (let at = 8; at < bytes.length; at++) {
    if (bytes[at] === 0x5c) at++;
    else if (bytes[at] === 0x22) isText = !isText;
    else if (!isText && bytes[at] === 0x7b) depth++;
    else if (!isText && bytes[at] === 0x7d && --depth === 0) {
      let end = at + 1;
      while (bytes[end] === 0x20) end++;
      new DataView(bytes.buffer).setUint32(0, end - 8, true);
      bytes.fill(0, 4, 8);
      break;
    }
  }
  return bytes;
}

/** The length of a header of Python: up to the end of its line. */
function mendNpy(bytes) {
  const end = bytes.indexOf(10, 10);
  if (bytes.length < 12 || end < 0) return bytes;
  const view = new DataView(bytes.buffer);
  if (bytes[6] === 1) view.setUint16(8, end + 1 - 10, true);
  else view.setUint32(8, Math.max(0, end + 1 - 12), true);
  return bytes;
}

const MENDS = { png: mendPng, safetensors: mendSafetensors, npy: mendNpy };
/** Files stay small: what is slow is to be slow for its length. */
const MOST = 1 << 14;

/** Another file from those of the pool. */
export function mutate(random, pool, { words = ['0'], mend }) {
  // Those found last are changed more often.
  const recent = Math.max(0, pool.length - 40);
  let bytes = (
    random.below(2) ? pool[random.below(pool.length)] : pool[recent + random.below(pool.length - recent)]
  ).slice();
  for (let n = 1 + random.below(random.below(4) === 0 ? 12 : 3); n > 0; n--) {
    if (bytes.length === 0) bytes = random.of(pool).slice();
    bytes = new Uint8Array(random.of(changes)(random, bytes, { pool, words }));
  }
  if (bytes.length > MOST) bytes = bytes.slice(0, MOST);
  return mend && random.below(5) > 0 ? MENDS[mend](bytes) : bytes;
}

/** All numbers in what a reader gave, however deep they stand; of long arrays those at the front. */
export function numbersOf(value, depth = 0) {
  if (typeof value === 'number') return [value];
  if (depth > 5 || value === null || typeof value !== 'object') return [];
  if (ArrayBuffer.isView(value))
    return value instanceof DataView ? [] : Array.from(value.subarray(0, 4096), Number);
  return Object.values(value)
    .slice(0, 100)
    .flatMap((item) => numbersOf(item, depth + 1));
}
