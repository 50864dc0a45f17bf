import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeCalls } from '../../src/core/job.js';
import { key, network } from '../../src/index.js';
import { Adam } from '../../src/training/optimiser.js';
import { dsmGradient, forEachCore, setGolden, tensorName, worst } from '../cores.js';
import { type AdamGolden, golden, type NetworkGolden } from '../golden.js';
import * as twin from '../reference.js';

forEachCore('adam', (core) => {
  /** Updates of n numbers; each returns copies of the numbers and both moments. */
  function optimiser(start: ArrayLike<number>, learningRate: number, parts: 1 | 2 = 1, threads = 1) {
    const { memory } = core;
    const n = start.length;
    const adam = new Adam(core, n);
    const bytes = 4 * Math.ceil(n / 8) * 8;
    const at = memory.take(3 * bytes + 4);
    const [p, g, h] = [0, 1, 2].map((i) => at + i * bytes);
    memory.f32(p, n).set(start);
    memory.u32(at + 3 * bytes, 1)[0] = 77;
    let t = 0;
    return {
      update(gradient: ArrayLike<number>) {
        const before = memory.f32(p, n).slice();
        // A gradient in two parts is their sum: here a power of two of it, and the rest.
        const part = Float32Array.from(gradient, (value) => (parts === 1 ? value : value / 4));
        memory.f32(g, n).set(part);
        memory.f32(h, n).set(Float32Array.from(gradient, (value, i) => value - part[i]));
        const calls = adam.calls(p, parts === 1 ? [g] : [g, h], ++t, learningRate);
        // In as many parts as there are threads, the last first.
        for (let i = threads - 1; i >= 0; i--) makeCalls(core.wasm, calls(i, threads));
        expect(memory.u32(at + 3 * bytes, 1)[0]).toBe(77);
        expect(adam.before()).toEqual(before);
        return { x: memory.f32(p, n).slice(), ...adam.moments() };
      },
      dispose() {
        memory.give(at);
        adam.dispose();
      },
    };
  }

  const relative = (a: number, b: number) => (a === b ? 0 : Math.abs(a / b - 1));

  it.each([1, 2] as const)(
    "five updates by gradients in %i parts: numbers within 1e-7 + 2e-7 rates of Optax's, moments within 1e-6",
    (parts) => {
      const { start, gradients, runs } = golden<AdamGolden>('adam');
      for (const { learningRate, path, mean, square } of runs) {
        const run = optimiser(start, learningRate, parts);
        gradients.forEach((gradient, t) => {
          const state = run.update(gradient);
          const error = (a: number, b: number) =>
            Math.abs(a - b) / (1e-7 * Math.abs(b) + 2e-7 * learningRate);
          expect(worst(state.x, path[t], error)).toBeLessThan(1);
          if (t < gradients.length - 1) return;
          expect(worst(state.mean, mean, relative)).toBeLessThan(1e-6);
          expect(worst(state.square, square, relative)).toBeLessThan(1e-6);
        });
        run.dispose();
      }
    },
  );

  it('any length in any number of parts: an update has the bits of one part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2, max: 9 }), (n, threads) => {
        const start = Array.from({ length: n }, (_, i) => Math.sin(i));
        const updated = (count: number) => {
          const run = optimiser(start, 0.1, 1, count);
          const state = run.update(start.map((value) => value * value));
          run.dispose();
          return state;
        };
        expect(updated(threads)).toEqual(updated(1));
      }),
    );
  });

  it('any length and gradients: an update is within 1.5e-6 of its size of the twin', () => {
    const gradient = fc.tuple(fc.double({ min: -8, max: 4, noNaN: true }), fc.boolean());
    const gradients = fc.integer({ min: 1, max: 13 }).chain((n) => {
      const one = fc.array(
        gradient.map(([e, up]) => Math.fround((up ? 1 : -1) * 10 ** e)),
        { minLength: n, maxLength: n },
      );
      return fc.array(one, { minLength: 1, maxLength: 6 });
    });
    fc.assert(
      fc.property(gradients, fc.constantFrom(1e-4, 1e-3, 0.5), (list, learningRate) => {
        const start = list[0].map(() => 0);
        const run = optimiser(start, learningRate);
        let x = start;
        let state = twin.adamInit(start.length);
        for (const g of list) {
          ({ x, state } = twin.adamUpdate(x, g, state, { learningRate, asOptax: true }));
          const got = run.update(g);
          // From zero, numbers stay within some updates of it: no digit is lost to their size.
          expect(worst(got.x, x, (a, b) => Math.abs(a - b) / learningRate)).toBeLessThan(1.5e-6);
        }
        run.dispose();
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('three steps of small networks: losses within 3e-7, parameters within 3e-7 of JAX and Optax', () => {
    for (const row of golden<NetworkGolden>('network').cases) {
      using net = network(core, { ...row.config, sigmaMin: 0.05, sigmaMax: 1 }, { key: key(0) });
      setGolden(net, row.initial.tensors);
      const theta = () => core.memory.f32(net.pointer, net.count);
      const run = optimiser(theta(), row.adam.learningRate);
      for (const want of row.adam.losses) {
        const { loss, flat } = dsmGradient(net, Float32Array.from(row.points.flat()), row.keys);
        expect(relative(loss, want)).toBeLessThan(3e-7);
        const { x } = run.update(flat);
        theta().set(x);
        net.changed();
      }
      run.dispose();
      const tensors = net.tensors();
      for (const [name, { values }] of Object.entries(row.adam.tensors)) {
        expect(worst(tensors[tensorName(name)].data, values, (a, b) => Math.abs(a - b))).toBeLessThan(3e-7);
      }
    }
  });
});
