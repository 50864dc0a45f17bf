import type { Memory } from './memory.js';

/** Where a named field stands in a block of memory, and what it holds: one number, or several side by side. */
export interface Field {
  readonly at: number;
  readonly type: 'u32' | 'f32';
}

export const u32 = (at: number): Field => ({ at, type: 'u32' });
export const f32 = (at: number): Field => ({ at, type: 'f32' });

/** A value for each field of a table. */
export type FieldValues<Fields> = { readonly [Name in keyof Fields]: number | ArrayLike<number> };

/** Writes the named fields of the block at `block`; an unknown or a missing name fails `tsc`. */
export function writeFields<Fields extends Record<string, Field>>(
  memory: Memory,
  block: number,
  fields: Fields,
  values: FieldValues<Fields>,
): void {
  for (const name in fields) {
    const { at, type } = fields[name];
    const value: number | ArrayLike<number> = values[name];
    const numbers = typeof value === 'number' ? [value] : value;
    memory[type](block + at, numbers.length).set(numbers);
  }
}
