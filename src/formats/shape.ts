/** Numbers in an array of this shape: the product of its sizes, 1 for []. Infinity times 0 would be none. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.includes(0) ? 0 : shape.reduce((size, n) => size * n, 1);

/** Whether a value can be a size in a shape: an integer >= 0. */
export const isSize = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
