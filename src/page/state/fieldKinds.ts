// How entries of the state are written into a link and read from it.

/** How an entry of the state is written into a link and read from it. */
export interface Field<T> {
  initial: T;
  /** Returns undefined for text that is no value. */
  read(text: string): T | undefined;
  write(value: T): string;
}

/** A number and its limits, which are also those of its slider. */
export interface NumberField extends Field<number> {
  least: number;
  most: number;
}

/** A number within limits, written in decimals. */
export function number(initial: number, least: number, most: number): NumberField {
  return {
    initial,
    least,
    most,
    read(text) {
      const value = Number(text);
      return text.trim() !== '' && value >= least && value <= most ? value : undefined;
    },
    write: String,
  };
}

/** An integer within limits. */
export function whole(initial: number, least: number, most: number): NumberField {
  const field = number(initial, least, most);
  return {
    ...field,
    read(text) {
      const value = field.read(text);
      return Number.isInteger(value) ? value : undefined;
    },
  };
}

/** One of some names, the first of which is the initial one. */
export function choice<const T extends string>(initial: T, ...others: T[]): Field<T> {
  return {
    initial,
    read: (text) => [initial, ...others].find((name) => name === text),
    write: (value) => value,
  };
}

/** Yes or no, written as 1 or 0. */
export const flag = (initial: boolean): Field<boolean> => ({
  initial,
  read: (text) => (text === '1' ? true : text === '0' ? false : undefined),
  write: (value) => (value ? '1' : '0'),
});
