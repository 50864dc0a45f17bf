import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as elementary from '../../src/core/elementary.js';
import * as trigonometry from '../../src/core/trigonometry.js';
import { golden } from '../golden.js';

type Unary = (x: number) => number;
const { exp, expm1, hypot, log, log1p, pow, square } = elementary;
const { atan, cos, sin, tan } = trigonometry;

/** How many float64 numbers lie between two of one sign, and 1. */
function steps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const [x, y] = new BigInt64Array(Float64Array.of(a, b).buffer);
  return Math.abs(Number(x - y));
}

/** Numbers from 0 to 1 of 48 bits, the same at every run. */
function draws(): () => number {
  let state = 12345;
  const word = () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  return () => word() + word() / 2 ** 24;
}

describe('elementary functions', () => {
  const values = golden<Record<string, number[][]>>('elementary');

  it.each(Object.entries({ exp, expm1, log, log1p, pow, hypot, sin, cos, tan, atan }))(
    '%s is at most one unit in the last place from mpmath, rounded',
    (name, own) => {
      const rows = values[name];
      expect(rows.length).toBeGreaterThan(40);
      for (const [i, row] of rows.entries()) {
        const wanted = row[row.length - 1];
        const got = (own as (...x: number[]) => number)(...row.slice(0, -1));
        expect([i, row, got, steps(got, wanted) <= 1]).toEqual([i, row, got, true]);
      }
    },
  );

  it('are odd or even to the bit, and exact where the result is', () => {
    for (const x of [1e-9, 0.3, 0.7, 1.2, 2, 40, 1e7, 1e300]) {
      for (const odd of [sin, tan, atan]) expect(odd(-x)).toBe(-odd(x));
      expect(cos(-x)).toBe(cos(x));
    }
    for (let k = -1074; k < 1024; k++) expect(pow(2, k)).toBe(2 ** k);
    for (let k = 0; k < 23; k++) expect(pow(10, k)).toBe(Number(`1e${k}`));
    expect([pow(3, 2), pow(9, 0.5), pow(0, 0), pow(0, 3), pow(0, -1), pow(8, -1)]).toEqual([
      ...[9, 3, 1, 0, Infinity, 0.125],
    ]);
    expect([exp(0), exp(1), log(1), square(-3), hypot(3, 4), hypot(0, 0)]).toEqual([1, Math.E, 0, 9, 5, 0]);
  });

  it('say as Math does what has no finite value', () => {
    const odd = [
      0,
      -0,
      1,
      -1,
      Infinity,
      -Infinity,
      Number.NaN,
      5e-324,
      -5e-324,
      1e-310,
      1.7976931348623157e308,
    ];
    const cases = { exp, expm1, log, log1p, sin, cos, tan, atan };
    for (const [name, own] of Object.entries(cases))
      for (const x of [...odd, 709.79, -745.2, -1.5])
        expect([name, x, own(x)]).toEqual([name, x, (Math as unknown as Record<string, Unary>)[name](x)]);
    for (const x of [0, 0.5, 1, 2, 1e300, 1e-300, Infinity, Number.NaN])
      for (const y of [0, -0, 1, -1, 3, 1e300, -1e300, 1e15, Infinity, -Infinity, Number.NaN])
        expect([x, y, pow(x, y)]).toEqual([x, y, x ** y]);
    expect(pow(-2, 3)).toBe(Number.NaN);
    expect([hypot(Infinity, 1), hypot(1e300, 1e300) / 1e300]).toEqual([Infinity, Math.SQRT2]);
  });

  // Vitest runs in Node, whose engine has had these from fdlibm since before Node 20.
  it('are those of V8 to the bit: exp, expm1, log, log1p, atan and hypot, at a million points', () => {
    const draw = draws();
    const wide = () => (draw() - 0.5) * 1500;
    const near = () => (draw() - 0.5) * 6;
    const size = () => exp(wide());
    const cases: [string, Unary, () => number][] = [
      ['exp', exp, wide],
      ['exp', exp, near],
      ['expm1', expm1, wide],
      ['expm1', expm1, near],
      ['log', log, size],
      ['log', log, () => 4 * draw()],
      ['log', log, () => 1 + near() * 1e-6],
      ['log1p', log1p, size],
      ['log1p', log1p, () => 4 * draw() - 1],
      ['atan', atan, () => near() * size()],
    ];
    const { hypot: engine } = Math;
    for (const [name, own, at] of cases) {
      const engines = (Math as unknown as Record<string, Unary>)[name];
      const different = Array.from({ length: 100_000 }, at).filter((x) => !Object.is(own(x), engines(x)));
      expect([name, different]).toEqual([name, []]);
    }
    const sides = Float64Array.from({ length: 10_000 }, near);
    expect(sides.map((x, i) => hypot(x, sides[i >> 1]))).toEqual(
      sides.map((x, i) => engine(x, sides[i >> 1])),
    );
  });
});

describe('src', () => {
  const root = new URL('../../src/', import.meta.url);
  // Figures are not promised to the bit.
  const free = /^(?:page|plots|cli\/lecture)\//;
  const files = (readdirSync(root, { recursive: true }) as string[])
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !free.test(name));

  it('takes no number from an engine whose last digit ECMAScript leaves open', () => {
    const own = /\bMath\.(?:a?(?:sin|cos|tan)h?|atan2|exp|expm1|log|log2|log10|log1p|pow|cbrt|hypot)\b/;
    // A power of whole numbers that are written down is exact on every engine.
    const power = /\*\*/;
    const exact = /(?<![\w.])\d+ \*\* -?\d+(?![\w.])/g;
    const found = files.flatMap((file) =>
      readFileSync(new URL(file, root), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line))
        .filter((line) => own.test(line) || power.test(line.replace(exact, '').replace(/\/\*.*?\*\//g, '')))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(files.length).toBeGreaterThan(200);
    expect(found).toEqual([]);
  });

  // WebKit has no Symbol.dispose: what a bundler makes of `using` then finds no method to call.
  it('declares nothing with `using` where browsers run it', () => {
    const using = /^\s*(?:await )?using \w+ =/m;
    const pages = files.filter((file) => !file.startsWith('cli/'));
    expect(pages.filter((file) => using.test(readFileSync(new URL(file, root), 'utf8')))).toEqual([]);
  });
});
