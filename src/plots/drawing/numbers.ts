import type { Numbers } from './check.js';

/**
 * Writes a number short: `digits` significant digits, no trailing zeros, an exponent outside [1e-4, 1e6).
 * shortNumber(0.000257) is '0.00026', shortNumber(1e-7) is '1e-7', shortNumber(12345, 3) is '12,300'.
 *
 * @param value any number
 * @param digits significant digits; default: 2
 */
export function shortNumber(value: number, digits = 2): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size < 1e-4 || size >= 1e6) return rounded.toExponential().replace('e+', 'e');
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: digits });
}

/** The smallest and the largest finite value; [0, 0] where there is none. */
export function extent(values: Numbers): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Whether two ends are so close that ticks between them would differ only in a double's last digits. */
export function isFlat(low: number, high: number): boolean {
  return !(high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)));
}

/** Round numbers (1, 2 or 5 times a power of ten apart) in [low, high], about `count` of them; none if flat. */
export function roundTicks(low: number, high: number, count: number): number[] {
  if (isFlat(low, high)) return [];
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999_999) ?? 10 * power;
  const ticks: number[] = [];
  const last = Math.floor(high / step + 1e-9);
  // toPrecision removes the dust of i * step, so that 3 * 0.1 is written 0.3
  for (let i = Math.ceil(low / step - 1e-9); i <= last; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Writes ticks with as many decimals as their step needs, and short where they are large or tiny. */
export function tickFormat(ticks: readonly number[]): (tick: number) => string {
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : Math.abs(ticks[0]);
  const decimals = Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9));
  const short = ticks.length < 2 || decimals > 3 || Math.max(...ticks.map(Math.abs)) >= 1e5;
  return (tick) => (short ? shortNumber(tick, 3) : tick.toFixed(decimals)).replace('-', '\u2212');
}

/** 1, 2 and 5 times powers of ten in [low, high], or the powers alone where that would be more than nine. */
export function logTicks(low: number, high: number): number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const all: number[] = [];
  for (let p = from; p <= to; p++) for (const m of [1, 2, 5]) all.push(Number(`${m}e${p}`));
  const inside = all.filter((tick) => tick >= low && tick <= high);
  return inside.length <= 9 ? inside : inside.filter((tick) => Number.isInteger(Math.log10(tick)));
}

/** n evenly spaced values from low to high, both included (numpy.linspace); low alone for n = 1. */
export function linspace(low: number, high: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => (n === 1 ? low : low + ((high - low) * i) / (n - 1)));
}
