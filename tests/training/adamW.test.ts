import { expect, it } from 'vitest';
import { makeCalls } from '../../src/core/job.js';
import { Adam, type AdamOptions } from '../../src/training/optimiser.js';
import { forEachCore, sameBits, worst } from '../cores.js';
import { type DenoisingGolden, golden } from '../golden.js';
import { noise } from '../networks/layerRun.js';

const { adamw, ema } = golden<DenoisingGolden>('denoising');

forEachCore('Adam with more', (core) => {
  /** Updates of n numbers from `start`, with room for a gradient in two parts. */
  function optimiser(start: ArrayLike<number>) {
    const { memory } = core;
    const n = start.length;
    const adam = new Adam(core, n);
    const bytes = 16 * Math.ceil(n / 4);
    const at = memory.take(3 * bytes);
    memory.f32(at, n).set(Float32Array.from(start));
    let t = 0;
    return {
      update(parts: ArrayLike<number>[], learningRate: number, options: AdamOptions) {
        parts.forEach((part, i) => {
          memory.f32(at + (i + 1) * bytes, n).set(Float32Array.from(part));
        });
        const places = parts.map((_, i) => at + (i + 1) * bytes);
        makeCalls(core.wasm, adam.calls(at, places, ++t, learningRate, options)(0, 1));
        return memory.f32(at, n).slice();
      },
      dispose() {
        memory.give(at);
        adam.dispose();
      },
    };
  }

  it.each(adamw.runs)(
    "AdamW, rate $learningRate, decay $weightDecay, largest norm $maxNorm: numbers within 2e-7 + 3e-5 rates of PyTorch's",
    ({ learningRate, weightDecay, maxNorm, path }) => {
      const options = { weightDecay, ...(maxNorm !== null && { clip: maxNorm }) };
      for (const parts of [1, 2]) {
        const run = optimiser(adamw.start);
        adamw.gradients.forEach((gradient, t) => {
          const half = gradient.map((v) => v / 4);
          const rest = gradient.map((v, i) => v - half[i]);
          const got = run.update(parts === 1 ? [gradient] : [half, rest], learningRate, options);
          // Powers of the betas are taken in float32, as Optax takes them: the first update differs by 6e-6 of itself.
          const error = (a: number, b: number) =>
            Math.abs(a - b) / (2e-7 * Math.abs(b) + 3e-5 * learningRate);
          expect(worst(got, path[t], error)).toBeLessThan(1);
        });
        run.dispose();
      }
    },
  );

  it('a bound that no gradient reaches and no decay change no bit', () => {
    for (const n of [1, 3, 8, 13]) {
      const start = noise(n, 1);
      const plain = optimiser(start);
      const bounded = optimiser(start);
      for (let t = 0; t < 3; t++) {
        const gradient = noise(n, t + 2);
        const want = plain.update([gradient], 0.01, {});
        const got = bounded.update([gradient], 0.01, { clip: 100, weightDecay: 0 });
        expect(sameBits(got, want)).toBe(true);
      }
      plain.dispose();
      bounded.dispose();
    }
  });

  it.each(ema.runs)("moving average, decay $decay: PyTorch's within 2e-7", ({ decay, path }) => {
    const { memory, wasm } = core;
    const n = ema.start.length;
    const at = memory.take(8 * n);
    memory.f32(at, n).set(Float32Array.from(ema.start));
    ema.values.forEach((value, t) => {
      memory.f32(at + 4 * n, n).set(Float32Array.from(value));
      for (const part of [2, 0, 1]) wasm.moveAverage(at, at + 4 * n, n, 1 - decay, part, 3);
      expect(
        worst(memory.f32(at, n), path[t], (a, b) => Math.abs(a - b) / Math.max(1, Math.abs(b))),
      ).toBeLessThan(2e-7);
    });
    memory.give(at);
  });
});
