type Numbers = Float32Array | Float64Array | Uint8Array;

/** Arrays one after another, as one of this type. */
export function joined<T extends Numbers>(Type: new (length: number) => T, parts: readonly T[]): T {
  const out = new Type(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
