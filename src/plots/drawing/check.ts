/** Plain numbers: a typed array or an ordinary one. */
export type Numbers = ArrayLike<number>;
/** The lower and the upper end of an axis. */
export type Limits = readonly [number, number];

/** Throws a RangeError unless values holds length finite numbers (-Infinity passes where allowed). */
export function checkNumbers(
  where: string,
  name: string,
  values: Numbers,
  length: number,
  { minusInfinity = false } = {},
): void {
  if (typeof values?.length !== 'number') {
    throw new RangeError(`${where}: ${name} must be an array of numbers, got ${values}`);
  }
  if (values.length !== length) {
    throw new RangeError(`${where}: ${name} must have ${length} values, got ${values.length}`);
  }
  for (let i = 0; i < length; i++) {
    const v = values[i];
    if (Number.isFinite(v) || (minusInfinity && v === Number.NEGATIVE_INFINITY)) continue;
    throw new RangeError(`${where}: ${name} must be finite, got ${v} at index ${i}`);
  }
}

/** Throws a RangeError unless every value is greater than zero. */
export function checkPositive(where: string, name: string, values: Numbers): void {
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] > 0)) {
      throw new RangeError(`${where}: ${name} must be positive, got ${values[i]} at index ${i}`);
    }
  }
}

/** Throws a RangeError unless value is an integer of at least minimum. */
export function checkInteger(where: string, name: string, value: number, minimum = 1): void {
  if (!Number.isInteger(value) || value < minimum) {
    throw new RangeError(`${where}: ${name} must be an integer of at least ${minimum}, got ${value}`);
  }
}

/** Throws a RangeError unless value is a positive finite number. */
export function checkSize(where: string, name: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${where}: ${name} must be a positive number, got ${value}`);
  }
}

/** Throws a RangeError unless limits is [low, high] with finite low < high. */
export function checkLimits(where: string, name: string, limits: Limits): void {
  const [low, high] = limits ?? [];
  if (!(limits?.length === 2 && low < high && Number.isFinite(high - low))) {
    throw new RangeError(`${where}: ${name} must be [low, high] with low < high, got [${limits}]`);
  }
}

/** Throws a RangeError unless value is one of the words in choices. */
export function checkWord(where: string, name: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) {
    throw new RangeError(`${where}: ${name} must be one of ${choices.join(', ')}, got ${value}`);
  }
}
