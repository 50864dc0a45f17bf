/**
 * The bytes that base64 text stands for (RFC 4648, section 4; no white space). The build writes a call of it for each `.wasm` file
 * that a script imports. It needs nothing of the engine, since some have neither `atob` nor `Uint8Array.fromBase64`.
 *
 * @param text a multiple of four characters
 */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((text.length / 4) * 3 - text.replace(/[^=]/g, '').length);
  let bits = 0;
  for (let at = 0, to = 0; to < bytes.length; at++) {
    const code = text.charCodeAt(at);
    // The alphabet is A to Z, a to z, 0 to 9, + and /.
    const value = code > 96 ? code - 71 : code > 64 ? code - 65 : code > 47 ? code + 4 : code > 46 ? 63 : 62;
    bits = (bits << 6) | value;
    // Of four characters, all but the first end a byte.
    if (at % 4) bytes[to++] = bits >> (6 - 2 * (at % 4));
  }
  return bytes;
}
