// The two words of a float64, as the elementary functions read and write them. Arrays share their bytes; the low word comes
// first, as on every processor that WebAssembly's memory is read on.

const value = /* @__PURE__ */ new Float64Array(1);
const words = /* @__PURE__ */ new Int32Array(value.buffer);

/** The sign, the exponent and the first 20 bits of x's fraction: its upper 32 bits as an integer. */
export function highWord(x: number): number {
  value[0] = x;
  return words[1];
}

/** The last 32 bits of x's fraction, as an integer of either sign. */
export function lowWord(x: number): number {
  value[0] = x;
  return words[0];
}

/** x with `high` in place of its upper 32 bits. */
export function withHighWord(x: number, high: number): number {
  value[0] = x;
  words[1] = high;
  return value[0];
}

/** x without the last 32 bits of its fraction, so that products with another such number are exact. */
export function upperPart(x: number): number {
  value[0] = x;
  words[0] = 0;
  return value[0];
}

/** y 2^k for k from -1100 to 1024. It is rounded once, where the result is below the normal numbers. */
export function scaled(y: number, k: number): number {
  if (k > 1023) return y * 2 * 2 ** 1023;
  if (k < -1021) return y * withHighWord(0, (k + 2023) << 20) * 2 ** -1000;
  return y * withHighWord(0, (k + 1023) << 20);
}
