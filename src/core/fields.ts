import type { Memory } from './memory.js';

/** A named field of a struct in memory: its offset in bytes, and the type of the one or several numbers it holds. */
export interface Field {
  readonly at: number;
  readonly type: 'u32' | 'f32';
}

// Without side effects, so that bundlers drop tables of fields that nothing uses.
/* @__NO_SIDE_EFFECTS__ */
export function u32(at: number): Field {
  return { at, type: 'u32' };
}

/* @__NO_SIDE_EFFECTS__ */
export function f32(at: number): Field {
  return { at, type: 'f32' };
}

/** A value for each of some fields. */
export type FieldValues<Fields> = { readonly [Name in keyof Fields]: number | ArrayLike<number> };

/** Writes fields of the struct at address `struct`. An unknown or a missing field fails `tsc`. */
export function writeFields<Fields extends Record<string, Field>>(
  memory: Memory,
  struct: number,
  fields: Fields,
  values: FieldValues<Fields>,
): void {
  for (const name in fields) {
    const { at, type } = fields[name];
    const value: number | ArrayLike<number> = values[name];
    const numbers = typeof value === 'number' ? [value] : value;
    memory[type](struct + at, numbers.length).set(numbers);
  }
}
