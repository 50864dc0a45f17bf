// Checks at the public boundary. A message names the function (`caller`), the argument (`name`), what it must be and what it got.

/** A value as messages show it: strings in quotes, arrays by their length. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `an array of ${(value as ArrayLike<unknown>).length}`;
  }
  // Some objects have no string of their own.
  return value !== null && typeof value === 'object' ? Object.prototype.toString.call(value) : String(value);
}

/** Returns the value. @throws RangeError unless it is an integer from `least` to `most`. */
export function integer(
  caller: string,
  name: string,
  value: number,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range =
    most < Number.MAX_SAFE_INTEGER || (typeof value === 'number' && value > most)
      ? `an integer from ${least} to ${most}`
      : least === 1
        ? 'a positive integer'
        : `an integer of at least ${least}`;
  throw new RangeError(`${caller}: ${name} must be ${range}, got ${show(value)}`);
}

/** Returns the value. @throws RangeError unless it is a finite number above zero. */
export function positive(caller: string, name: string, value: number): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`${caller}: ${name} must be a positive finite number, got ${show(value)}`);
}

/**
 * Returns the value.
 *
 * @throws RangeError unless it is positive and it and its square are within float32's range.
 */
export function scale(caller: string, name: string, value: number): number {
  positive(caller, name, value);
  if (value >= 1e-18 && value <= 1e18) return value;
  throw new RangeError(`${caller}: ${name} must be from 1e-18 to 1e18, for float32, got ${value}`);
}

/** @throws RangeError unless every number is finite. */
export function finite(caller: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`${caller}: ${name} must be finite, got ${values[i]} at index ${i}`);
    }
  }
}

/** @throws RangeError unless `values` holds n numbers. */
export function length(caller: string, name: string, values: ArrayLike<number>, n: number): void {
  if (values?.length === n) return;
  throw new RangeError(`${caller}: ${name} must hold ${n} numbers, got ${values?.length ?? show(values)}`);
}

/** What is wrong with a score or log-density of a user's, by its name, that writes to its argument. */
export const changed = (name: string) => `${name}: it must not change its argument x; let it copy x first`;

/**
 * Returns n.
 *
 * @throws TypeError unless x is a Float32Array, RangeError unless it holds n whole points: [n, dim].
 */
export function points(caller: string, name: string, x: Float32Array, dim: number): number {
  if (!(x instanceof Float32Array))
    throw new TypeError(`${caller}: ${name} must be a Float32Array, got ${show(x)}`);
  if (x.length % dim !== 0) {
    throw new RangeError(
      `${caller}: ${name} must hold points of ${dim} coordinates, got ${x.length} numbers`,
    );
  }
  return x.length / dim;
}
