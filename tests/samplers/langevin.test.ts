import { describe, expect, it, vi } from 'vitest';
import {
  collect,
  empirical,
  fromFunction,
  key,
  type LangevinOptions,
  type Layout,
  langevin,
  mixture,
  network,
  normal,
  type Score,
  split,
} from '../../src/index.js';
import { drain, forEachCore, sameBits, spreadLevels, twinTensors, worst } from '../cores.js';
import { golden, type MixtureGolden } from '../golden.js';
import * as twin from '../reference.js';

const { article, three, langevin: figure } = golden<MixtureGolden>('mixture');
const absolute = (a: number, b: number) => Math.abs(a - b);

forEachCore('langevin', (core) => {
  /** Chains of a twin's score [T][C, D] flat, in float64, from the same normals by their place in [T, C, D]. */
  function twinPath(
    score: (x: number[]) => number[],
    dim: number,
    options: Required<Pick<LangevinOptions, 'key' | 'steps' | 'chains' | 'init'>> & {
      stepSize: number;
      layout: Layout;
    },
  ): number[] {
    const { steps, chains, init } = options;
    const z = twin.randomNormal(options.key, steps * chains * dim, options.layout);
    const path = new Array<number>(steps * chains * dim);
    for (let c = 0; c < chains; c++) {
      const own = Float64Array.from(
        { length: steps * dim },
        (_, i) => z[(Math.floor(i / dim) * chains + c) * dim + (i % dim)],
      );
      const from = [...(init.length === dim ? init : init.subarray(c * dim, (c + 1) * dim))];
      twin.langevinPath(score, from, own, options.stepSize).forEach((x, t) => {
        x.forEach((v, d) => {
          path[(t * chains + c) * dim + d] = v;
        });
      });
    }
    return path;
  }

  it("the article's mixture: 200 steps within 3e-7 of JAX", async () => {
    using density = mixture(core, article);
    const [zKey, x0Key] = split(key(0), 3);
    expect([...zKey]).toEqual(figure.zKey);
    const init = normal(core, x0Key, [2]).map((v) => 0.5 * v);
    const { path } = await collect(
      langevin(density, { key: zKey, steps: 200, stepSize: figure.stepSize, init, thin: 1 }),
    );
    expect(worst(init, figure.x0, absolute)).toBeLessThan(1e-7);
    expect(worst(path, figure.path.flat(), absolute)).toBeLessThan(3e-7);
  });

  describe.each(['original', 'partitionable'] as const)('%s layout', (layout) => {
    it.each([1, 2, 3, 4, 5, 8, 9, 21])(
      '%i chains of 50 steps over each kind of score: within 6e-6 of the twin',
      async (chains) => {
        const data = { dim: 2, points: normal(core, key(5), [40, 2]), logits: normal(core, key(6), [40]) };
        using net = network(core, { dim: 3, features: 5, width: 9, depth: 2, levels: 2, sigmaMin: 0.3 });
        spreadLevels(net);
        const params = twin.paramsFrom(twinTensors(net));
        using a = mixture(core, three);
        using b = empirical(core, data, 0.3);
        using c = net.at(1);
        const kinds: [Score, (x: number[]) => number[], number][] = [
          [a, (x) => twin.mixtureScore(three, x), 0.002],
          [b, (x) => twin.empiricalScore(data, 0.3, x), 0.02],
          [c, (x) => twin.networkScore(params, 1, x), 0.05],
        ];
        for (const [score, twinScore, stepSize] of kinds) {
          const init = normal(core, key(chains), [chains, score.dim]);
          const options = { key: key(42), steps: 50, stepSize, chains, init, layout };
          const { path, x } = await collect(langevin(score, { ...options, thin: 1 }));
          expect(worst(path, twinPath(twinScore, score.dim, options), absolute)).toBeLessThan(6e-6);
          expect(sameBits(x, path.subarray(-chains * score.dim))).toBe(true);
        }
      },
    );
  });

  it('one start for all chains is that start for each; the default is the origin', async () => {
    using density = mixture(core, article);
    const options = { key: key(1), steps: 5, stepSize: 0.01, chains: 3 };
    const one = await collect(langevin(density, { ...options, init: Float32Array.of(0.25, -1) }));
    const each = await collect(
      langevin(density, { ...options, init: Float32Array.of(0.25, -1, 0.25, -1, 0.25, -1) }),
    );
    expect(sameBits(one.x, each.x)).toBe(true);
    const origin = await collect(langevin(density, { ...options, init: new Float32Array(6) }));
    expect(sameBits((await collect(langevin(density, options))).x, origin.x)).toBe(true);
    expect(sameBits(one.x, origin.x)).toBe(false);
  });

  it('a score written in JavaScript goes the same way, within 5e-7, with thinning and histogram', async () => {
    using density = mixture(core, article);
    using own = fromFunction(core, 2, (x, out) => {
      for (let i = 0; i < x.length; i += 2) out.set(twin.mixtureScore(article, [x[i], x[i + 1]]), i);
    });
    const histogram = { bins: 3, xlim: [-3, 3], ylim: [-3, 3] } as const;
    const options = { key: key(3), steps: 60, stepSize: 0.02, chains: 5, thin: 4, histogram };
    const [fused, written] = [
      await collect(langevin(density, options)),
      await collect(langevin(own, options)),
    ];
    expect(fused.path.length).toBe(15 * 5 * 2);
    expect(worst(written.path, fused.path, absolute)).toBeLessThan(5e-7);
    expect(written.histogram?.counts).toEqual(fused.histogram?.counts);
    expect(worst(written.histogram?.mean ?? [], fused.histogram?.mean ?? [], absolute)).toBeLessThan(5e-7);
  });

  it('how a run is cut into calls changes no bit', async () => {
    using density = mixture(core, three);
    const histogram = { bins: 8, xlim: [-2, 2], ylim: [-2, 2] } as const;
    const options = { key: key(9), steps: 100, stepSize: 0.003, chains: 6, thin: 3, histogram };
    // One clock makes every call look slow, which leaves one step a call; the other makes all look instant.
    const runs = [];
    for (const tick of [100, 0]) {
      let now = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
        now += tick;
        return now;
      });
      const states = await drain(langevin(density, options));
      clock.mockRestore();
      runs.push({ calls: states.length, ...(await collect(replay(states))) });
    }
    const [slow, fast] = runs;
    expect([slow.calls, fast.calls]).toEqual([100, 7]);
    expect(slow.path.length).toBe(33 * 18);
    expect(sameBits(slow.path, fast.path)).toBe(true);
    expect(sameBits(slow.x, fast.x)).toBe(true);
    expect(slow.histogram).toEqual(fast.histogram);
  });

  it('many chains leave room for one position a call, and all arrive', async () => {
    using density = mixture(core, article);
    const options = { key: key(2), steps: 7, stepSize: 0.01, chains: 140_000 };
    const every = await drain(langevin(density, { ...options, thin: 1 }));
    expect(every.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const third = await drain(langevin(density, { ...options, thin: 3 }));
    const kept = third.filter(({ path }) => path.length > 0);
    expect(kept.length).toBe(2);
    expect(sameBits(kept[0].path, every[2].x)).toBe(true);
    expect(sameBits(kept[1].path, every[5].path)).toBe(true);
    expect(sameBits(third[third.length - 1].x, every[6].x)).toBe(true);
  });

  it('thin keeps every thin-th position and changes none', async () => {
    using density = mixture(core, article);
    const options = { key: key(4), steps: 50, stepSize: 0.02, chains: 3 };
    const { path } = await collect(langevin(density, { ...options, thin: 1 }));
    for (const thin of [0, 2, 7, 50, 51]) {
      const { path: thinned, x } = await collect(langevin(density, { ...options, thin }));
      const rows =
        thin === 0 ? [] : Array.from({ length: Math.floor(50 / thin) }, (_, i) => thin * (i + 1) - 1);
      const want = Float32Array.from(rows.flatMap((t) => [...path.subarray(6 * t, 6 * t + 6)]));
      expect(sameBits(thinned, want)).toBe(true);
      expect(sameBits(x, path.subarray(-6))).toBe(true);
    }
  });
});

async function* replay<T>(states: T[]): AsyncGenerator<T> {
  yield* states;
}
