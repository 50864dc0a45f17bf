// Checks at the public boundary. A message names the function, the argument, what it got, and what it must be.

/** What a message shows of a value: short, and strings in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `an array of ${(value as ArrayLike<unknown>).length}`;
  }
  return String(value);
}

/** @throws RangeError unless the value is an integer from `least` to `most`. */
export function integer(
  caller: string,
  name: string,
  value: number,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range =
    most < Number.MAX_SAFE_INTEGER
      ? `an integer from ${least} to ${most}`
      : least === 1
        ? 'a positive integer'
        : `an integer of at least ${least}`;
  throw new RangeError(`${caller}: ${name} must be ${range}, got ${show(value)}`);
}

/** @throws RangeError unless the value is a finite number above zero. */
export function positive(caller: string, name: string, value: number): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`${caller}: ${name} must be a positive finite number, got ${show(value)}`);
}

/** @throws RangeError unless the value is positive and neither it nor its square leaves float32's range. */
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

/** @throws RangeError unless x holds whole points of `dim` coordinates; returns how many. */
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
