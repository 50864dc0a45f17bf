import { expect } from 'vitest';
import { type AnyNumber, type DiagnosticsGolden, golden } from '../golden.js';

export const diagnosticsGolden = golden<DiagnosticsGolden>('diagnostics');

/** The stored chains, with their draws. */
export const storedChains = diagnosticsGolden.chains.map((stored) => {
  const bytes = Uint8Array.from(Buffer.from(stored.draws, 'base64'));
  const [length, chains, dim] = stored.shape;
  return { ...stored, draws: new Float32Array(bytes.buffer), length, chains, dim };
});

export const stored = (name: string) => {
  const found = storedChains.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no stored chains ${name}`);
  return found;
};

/** Expects numbers to be equal within a relative error, and NaN or infinite where they are to be. */
export function expectClose(
  got: ArrayLike<number>,
  want: ArrayLike<AnyNumber>,
  relative: number,
  absolute = 0,
): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    const value = Number(want[i]);
    if (!Number.isFinite(value)) expect(got[i], `at ${i}`).toBe(value);
    else
      expect(Math.abs(got[i] - value), `at ${i}: ${got[i]} for ${value}`).toBeLessThanOrEqual(
        relative * Math.abs(value) + absolute,
      );
  }
}

/** Numbers from 0 to 1, the same every time (Marsaglia's xorshift, which has no part in the library). */
export function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Standard normal numbers, by Box and Muller. */
export function normals(seed: number): () => number {
  const next = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

/** Chains x[t] = phi x[t - 1] + sqrt(1 - phi^2) z[t] from N(0, 1): [draws, chains]. */
export function autoregression(draws: number, chains: number, phi: number, seed: number): Float64Array {
  const z = normals(seed);
  const x = new Float64Array(draws * chains);
  for (let i = 0; i < x.length; i++) {
    x[i] = i < chains ? z() : phi * x[i - chains] + Math.sqrt(1 - phi * phi) * z();
  }
  return x;
}
