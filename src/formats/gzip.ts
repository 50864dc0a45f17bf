// gzip (RFC 1952), unpacked by the platform.
import { joined } from '../core/joined.js';
import { checkBytes } from './bytes.js';
import { hexBytes } from './hexBytes.js';
import { reason } from './reason.js';

/** True when `bytes` begin with the two magic bytes of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** All bytes of a stream. Not read by a Response, since browsers then hide the reason of a failure. */
async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
  }
  return joined(Uint8Array, pieces);
}

async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  // A copy, since a Blob takes no view of a SharedArrayBuffer.
  const packed = new Blob([new Uint8Array(bytes)]).stream();
  return readAll(packed.pipeThrough(new DecompressionStream('gzip')));
}

/** Bytes of the shortest member: its header and its trailer. */
const LEAST_MEMBER = 18;
/** Places that are tried for the end of a member. By chance one stands in 256 MB. */
const MOST_PLACES = 64;

/** Where after `start` another member may begin: 1f 8b, the method 8, and flags of which the upper three bits are 0. */
function* beginsAfter(bytes: Uint8Array, start: number): Generator<number> {
  let places = 0;
  for (let at = start + LEAST_MEMBER; places < MOST_PLACES; at++) {
    at = bytes.indexOf(0x1f, at);
    if (at < 0) return;
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 8 && bytes[at + 3] < 32) {
      places++;
      yield at;
    }
  }
}

/** The first member from `start` on that is whole and followed by another, and where that begins. */
async function firstMember(
  bytes: Uint8Array,
  start: number,
): Promise<{ piece: Uint8Array; next: number } | undefined> {
  for (const next of beginsAfter(bytes, start)) {
    try {
      return { piece: await unpack(bytes.subarray(start, next)), next };
    } catch {
      // The bytes of a beginning within the packed data.
    }
  }
  return undefined;
}

/**
 * Unpacks gzip-compressed bytes, of one member or several, with the platform's own DecompressionStream. `name` stands for the
 * file in errors.
 *
 * @param bytes of the whole file
 * @param name what messages call the file
 * @throws Error when the bytes are not gzip, or are truncated or corrupt (gzip carries a checksum).
 */
export async function gunzip(bytes: Uint8Array, name = 'the file'): Promise<Uint8Array> {
  checkBytes('gunzip', name, bytes);
  if (!isGzip(bytes)) {
    const found = hexBytes(bytes.subarray(0, 2));
    throw new Error(`gunzip: ${name} must begin with the bytes 1f 8b of gzip, got ${found}`);
  }
  const pieces: Uint8Array[] = [];
  for (let start = 0; ; ) {
    try {
      return joined(Uint8Array, [...pieces, await unpack(bytes.subarray(start))]);
    } catch (error) {
      // Some engines unpack one member alone, and take what follows for an error.
      const member = await firstMember(bytes, start);
      if (!member) {
        throw new Error(`gunzip: ${name} is truncated or corrupt (${reason(error)}): fetch it again`);
      }
      pieces.push(member.piece);
      start = member.next;
    }
  }
}
