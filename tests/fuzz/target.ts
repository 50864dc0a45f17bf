// What a target of the fuzzer is, and what targets share.

/** Bytes in; what was read comes out, whose numbers the fuzzer looks at. */
export type Read = (bytes: Uint8Array) => unknown;

export interface Target {
  /** Each is given the same bytes. */
  readonly reads: Record<string, Read>;
  /** Whole files, from the fixtures (by the ends of their names) and made here. */
  readonly seeds: { readonly ends?: string; readonly made?: readonly Uint8Array[] };
  /** Words that the format has. */
  readonly words?: readonly string[];
  /** How a changed file becomes one that is read further: checksums and lengths as they should be. */
  readonly mend?: 'png' | 'safetensors' | 'npy';
  /** What is read has no NaN, whatever the file. */
  readonly isFinite?: boolean;
}

/** Numbers at the edges of what a format takes, and other values of JSON. */
export const numbers = [
  ...['0', '-1', '1e9', '1e400', '4294967296', '9007199254740993', '0.5'],
  ...['null', 'true', '""', '[]', '{}'],
];

export const text = (words: string) => new TextEncoder().encode(words);
export const ofText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
