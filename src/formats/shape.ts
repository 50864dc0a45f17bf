/** Numbers in an array of this shape: the product of its sizes, 1 for []. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

/** Whether a value can be a size in a shape: an integer >= 0. */
export const isSize = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
