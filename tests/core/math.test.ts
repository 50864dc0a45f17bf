import { expect, it } from 'vitest';
import { network } from '../../src/index.js';
import { dsmGradient, forEachCore, sameBits, ulps, worst } from '../cores.js';
import { golden, type RandomGolden } from '../golden.js';
import * as twin from '../reference.js';

const NAMES = [
  'exp',
  'log',
  'log1pUnit',
  'cosTurn',
  'sinTurn',
  'softplus',
  'erfinv',
  'expDown',
  'silu',
  'siluSlope',
] as const;

/** n float32 numbers from `first` to `last`, evenly spaced but for rounding. */
function grid(first: number, last: number, n = 200_001): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => first + ((last - first) * i) / (n - 1));
}

/** Positive float32 numbers from `first` to `last`, every `step`-th of all there are. */
function every(step: number, first: number, last: number): Float32Array {
  const [low, high] = new Uint32Array(Float32Array.of(first, last).buffer);
  const words = Uint32Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step);
  return new Float32Array(words.buffer);
}

const relative = (a: number, b: number) => (a === b ? 0 : Math.abs(a / b - 1));
const absolute = (a: number, b: number) => Math.abs(a - b);

forEachCore('math', (core) => {
  function map(name: (typeof NAMES)[number], x: ArrayLike<number>): Float32Array {
    const at = core.memory.take(4 * x.length + 320);
    core.memory.f32(at, x.length).set(x);
    core.wasm.map(NAMES.indexOf(name), at, at, x.length);
    const y = core.memory.f32(at, x.length).slice();
    core.memory.give(at);
    return y;
  }

  /** Largest error of one function over x against its float64 twin. */
  const error = (
    name: (typeof NAMES)[number],
    x: Float32Array,
    f: (x: number) => number,
    metric = relative,
  ) => worst(map(name, x), Array.from(x, f), metric);

  it('exp: relative error < 1e-7 on [-87, 88.7]', () => {
    expect(error('exp', grid(-87, 88.7, 1_000_001), Math.exp)).toBeLessThan(1e-7);
    expect(error('exp', grid(-1, 1), Math.exp)).toBeLessThan(1e-7);
    expect(error('exp', every(1001, 1e-30, 88.7), Math.exp)).toBeLessThan(1e-7);
  });

  it('exp at its edges: 0 below -87.3, Infinity above 88.72, NaN stays NaN', () => {
    const x = [0, -0, -Infinity, -3e38, -100, -87.31, Infinity, 3e38, 88.73, Number.NaN];
    expect([...map('exp', x)]).toEqual([1, 1, 0, 0, 0, 0, Infinity, Infinity, Infinity, Number.NaN]);
    expect(error('exp', grid(-87.3, -87, 1001), Math.exp)).toBeLessThan(1e-7);
    expect(error('exp', grid(88.7, 88.72, 1001), Math.exp)).toBeLessThan(1e-7);
  });

  it('expDown: relative error < 1e-7 on [-87, 0], 0 below', () => {
    expect(error('expDown', grid(-87, 0, 1_000_001), Math.exp)).toBeLessThan(1e-7);
    expect([...map('expDown', [0, -0, -87.5, -1e30, -Infinity])]).toEqual([1, 1, 0, 0, 0]);
  });

  it('log: relative error < 1e-7 of every normal number', () => {
    expect(error('log', every(2047, 1.1754943508222875e-38, 3.4e38), Math.log)).toBeLessThan(1e-7);
    expect(error('log', every(1, 0.999, 1.001), Math.log)).toBeLessThan(1e-7);
    expect([...map('log', [0, -0, 1])]).toEqual([-Infinity, -Infinity, 0]);
  });

  it('log1pUnit: relative error < 3e-7 on [0, 1]', () => {
    expect(error('log1pUnit', grid(0, 1, 1_000_001), Math.log1p)).toBeLessThan(3e-7);
    expect(error('log1pUnit', every(4093, 1e-37, 1), Math.log1p)).toBeLessThan(3e-7);
    expect([...map('log1pUnit', [0])]).toEqual([0]);
  });

  // A float32 turn less its nearest integer is exact, in float64 as in float32.
  const wrapped = (f: (x: number) => number) => (t: number) => f(2 * Math.PI * (t - Math.round(t)));

  it('cosTurn and sinTurn: absolute error < 2.2e-7 at any turn', () => {
    for (const t of [
      grid(-2, 2, 1_000_001),
      grid(-1000, 1000),
      grid(-9e6, 9e6),
      every(100_003, 1e-30, 3e38),
    ]) {
      expect(error('cosTurn', t, wrapped(Math.cos), absolute)).toBeLessThan(2.2e-7);
      expect(error('sinTurn', t, wrapped(Math.sin), absolute)).toBeLessThan(2.2e-7);
    }
  });

  it('cosTurn and sinTurn at whole, half and quarter turns < 1e-7; sinTurn is odd', () => {
    const t = [0, 1, -3, 8388608, 1e30, 0.5, -0.5, 2.5, 0.25, -0.25, 0.75];
    expect(worst(map('cosTurn', t), [1, 1, 1, 1, 1, -1, -1, -1, 0, 0, 0], absolute)).toBeLessThan(1e-7);
    expect(worst(map('sinTurn', t), [0, 0, 0, 0, 0, 0, 0, 0, 1, -1, -1], absolute)).toBeLessThan(1e-7);
    const small = every(1009, 1e-30, 0.5);
    const negated = map(
      'sinTurn',
      small.map((v) => -v),
    );
    expect(
      sameBits(
        negated.map((v) => -v),
        map('sinTurn', small),
      ),
    ).toBe(true);
  });

  it('softplus: relative error < 3e-7 on [-87, 1e30]', () => {
    const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    expect(error('softplus', grid(-87, 87, 1_000_001), softplus)).toBeLessThan(3e-7);
    expect(error('softplus', every(4093, 1e-30, 1e30), softplus)).toBeLessThan(3e-7);
    const edges = [-Infinity, -1e30, -88, 1e30, Infinity, Number.NaN];
    expect([...map('softplus', edges)]).toEqual([0, 0, 0, Math.fround(1e30), Infinity, Number.NaN]);
  });

  it('softplus has the logistic function as its derivative, relative error < 3e-7 on [-87, 87]', () => {
    // One row through one hidden layer of zero weights, all ones above it: db0 is the output's gradient, db1, times
    // the derivative at b0.
    const at = grid(-87, 87, 20_001);
    const net = network(core, { dim: 1, features: 1, width: at.length, depth: 1, levels: 1, sigmaMin: 1 });
    const tensors = net.tensors();
    tensors['mlp.layers.0.weight'].data.fill(0);
    tensors['mlp.layers.0.bias'].data.set(at);
    tensors['mlp.layers.1.weight'].data.fill(1);
    net.setTensors(tensors);
    const { gradients } = dsmGradient(net, Float32Array.of(0.5), [Uint32Array.of(0, 1)]);
    const slope = gradients['mlp.layers.0.bias'].data.map((v) => v / gradients['mlp.layers.1.bias'].data[0]);
    net.dispose();
    expect(worst(slope, Array.from(at, twin.sigmoid), relative)).toBeLessThan(3e-7);
  });

  it('silu: relative error < 4e-7 on [-87, 100]; its slope: absolute error < 2e-6; near 0 far below 0', () => {
    const slope = (x: number) => twin.sigmoid(x) * (1 + x * (1 - twin.sigmoid(x)));
    for (const x of [grid(-87, 100), grid(-2, 2)]) {
      expect(error('silu', x, (v) => v * twin.sigmoid(v))).toBeLessThan(4e-7);
      expect(error('siluSlope', x, slope, absolute)).toBeLessThan(2e-6);
    }
    const edges = [0, Number.NaN, -1e4, 1e4];
    expect([...map('silu', edges)]).toEqual([0, Number.NaN, expect.closeTo(0, 30), 1e4]);
    expect([...map('siluSlope', edges)]).toEqual([0.5, Number.NaN, expect.closeTo(0, 30), 1]);
  });

  it("erfinv: at most 2 ulp from XLA's, relative error < 7e-6 of the inverse error function", () => {
    const { u, value } = golden<RandomGolden>('random').erfInv;
    expect(worst(map('erfinv', u), value, ulps)).toBeLessThanOrEqual(2);
    // Giles's polynomials are that far from the function itself.
    const x = grid(-0.9999, 0.9999, 20_001);
    expect(error('erfinv', x, twin.erfInv)).toBeLessThan(7e-6);
    const tail = every(61, 0.996, 0.99999994);
    expect(error('erfinv', tail, twin.erfInv)).toBeLessThan(7e-6);
    expect([...map('erfinv', [0, 0.99999994])].map(Math.sign)).toEqual([0, 1]);
  });

  it('a length that is no multiple of four gives the same values', () => {
    const x = grid(0.1, 0.9, 7);
    for (const name of NAMES) {
      const whole = map(name, x);
      for (let n = 1; n < 7; n++) expect(map(name, x.subarray(0, n))).toEqual(whole.subarray(0, n));
    }
  });
});
