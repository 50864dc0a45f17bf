import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.js';
import {
  foldIn,
  key,
  type Layout,
  learnedDenoiser,
  mlp,
  type Network,
  network,
  normal,
  split,
  uniform,
} from '../../src/index.js';
import type { Matching, Projections } from '../../src/training/matching.js';
import {
  dsmGradient,
  forEachCore,
  relativeToLargest,
  setGolden,
  smallSizes,
  spreadLevels,
  tensorName,
  twinTensors,
  worst,
} from '../cores.js';
import { golden, type NetworkGolden } from '../golden.js';
import { differences } from '../reference/errors.js';
import * as twin from '../reference.js';
import { type Matched, matchedGradient, matchedOf } from './matchingRun.js';

const { tensors, metadata } = readSafetensors(
  readFileSync(new URL('../golden/objectives.safetensors', import.meta.url)),
);
const losses: Record<string, number> = JSON.parse(metadata.losses);
const layout = 'partitionable';

/** What one sample of weight 1 adds to the loss, along v. */
type Term = (jet: twin.Jet, v: number[]) => number;
const TERMS: Record<Matching, Term> = {
  implicit: twin.implicitTerm,
  sliced: (jet, v) => twin.slicedTerm(jet, v, false),
  slicedReduced: (jet, v) => twin.slicedTerm(jet, v, true),
};

/** Cases of a network in the golden file. */
const casesOf = (net: string) =>
  Object.keys(losses)
    .filter((name) => name.startsWith(net))
    .map((name) => name.split('/').slice(1) as [Matching, Projections | 'none']);

/** Gradients of a case by parameter. */
function gradientsOf(prefix: string): [string, ArrayLike<number>][] {
  return Object.entries(tensors)
    .filter(([name]) => name.startsWith(`${prefix}/`))
    .map(([name, { data }]) => [name.slice(prefix.length + 1), data]);
}

forEachCore('score matching without targets', (core) => {
  it.each(casesOf('article'))(
    'article, %s, %s projections: loss within 4e-6, every gradient within 2e-5 of JAX in float64',
    (objective, projections) => {
      const [row] = golden<NetworkGolden>('network').cases;
      using net = network(core, { ...row.config, sigmaMin: 0.05, sigmaMax: 1 });
      setGolden(net, row.shifted.tensors);
      const samples = row.points.flatMap((x, b): Matched[] =>
        Array.from(net.sigmas, (sigma, level) => ({
          ...{ x, sigma, level, row: level, out: net.scales[level], weight: sigma * sigma },
          ...{
            key: Uint32Array.from(row.keys[b]),
            projectionKey: foldIn(Uint32Array.from(row.keys[b]), 1),
          },
        })),
      );
      const config = { rows: net.sigmas.length, layout, objective } as const;
      const got = matchedGradient(net, samples, {
        ...config,
        projections: projections === 'none' ? 'sign' : projections,
      });
      const prefix = `article/${objective}/${projections}`;
      expect(Math.abs(got.loss / losses[prefix] - 1)).toBeLessThan(4e-6);
      const want = gradientsOf(prefix);
      expect(want.length).toBe(net.plan.parameters.length);
      for (const [name, values] of want)
        expect(relativeToLargest(got.gradients[tensorName(name)].data, values)).toBeLessThan(2e-5);
    },
  );

  it.each(casesOf('mlp'))(
    'mlp of 17 coordinates, %s, %s projections: loss within 4e-6, every gradient within 2e-5 of JAX in float64',
    (objective, projections) => {
      const given = (name: string) => tensors[`mlp/${name}`];
      const shape = { height: 1, width: 1, channels: 17 };
      using net = mlp(core, shape, { hidden: 4, depth: 1, classes: 2 });
      net.setTensors(
        Object.fromEntries(
          net.plan.parameters.map(({ name, shape }) => [
            name,
            { shape: [...shape], data: Float32Array.from(given(name).data) },
          ]),
        ),
      );
      const denoiser = learnedDenoiser(net, { sigmaData: 0.5 });
      const keys = split(key(3), 11, { layout });
      const projectionKeys = split(key(4), 11, { layout });
      const samples = Array.from(given('sigmas').data, (sigma, b) => ({
        ...matchedOf(denoiser, Number(sigma)),
        ...{ key: keys[b], projectionKey: projectionKeys[b], label: Number(given('labels').data[b]) },
        x: Array.from(given('x').data.subarray(17 * b, 17 * (b + 1)), Number),
      }));
      const sign = projections === 'none' ? 'sign' : projections;
      const got = matchedGradient(net, samples, { layout, objective, projections: sign });
      const prefix = `mlp/${objective}/${projections}`;
      expect(Math.abs(got.loss / losses[prefix] - 1)).toBeLessThan(4e-6);
      const want = gradientsOf(prefix);
      expect(want.length).toBe(net.plan.parameters.length);
      for (const [name, values] of want)
        expect(relativeToLargest(got.gradients[name].data, values)).toBeLessThan(2e-5);
    },
  );

  /** Samples of a batch of points at every level, and the noisy points and projections that float32 arithmetic makes of them. */
  function batchOf(net: Network, B: number, layout: Layout, projections: Projections) {
    const { dim } = net.config;
    const L = net.sigmas.length;
    const x = uniform(core, key(21), [B, dim]);
    const [keys, projectionKeys] = [split(key(22), B), split(key(23), B)];
    const samples: Matched[] = [];
    const noisy: number[][] = [];
    const along: number[][] = [];
    for (let b = 0; b < B; b++) {
      const z = normal(core, keys[b], [L, dim], { layout });
      const v =
        projections === 'normal'
          ? normal(core, projectionKeys[b], [L, dim], { layout })
          : uniform(core, projectionKeys[b], [L, dim], { layout }).map((u) => (u < 0.5 ? 1 : -1));
      net.sigmas.forEach((sigma, level) => {
        const own = [...x.subarray(b * dim, (b + 1) * dim)];
        samples.push({
          ...{ x: own, sigma, level, row: level, out: net.scales[level] },
          ...{ weight: sigma === 0 ? 1 : sigma * sigma, key: keys[b], projectionKey: projectionKeys[b] },
        });
        noisy.push(own.map((c, d) => Math.fround(c + Math.fround(z[level * dim + d] * sigma))));
        along.push([...v.subarray(level * dim, (level + 1) * dim)]);
      });
    }
    return { samples, noisy, along };
  }

  /** The loss by the twin, of a network with these tensors. */
  function lossOf(
    net: Network,
    tensors: twin.Tensors,
    batch: ReturnType<typeof batchOf>,
    term: Term,
  ): number {
    const params = twin.paramsFrom(tensors, net.config.encoding === 'averaged' ? net.sigmas : undefined);
    const total = batch.samples.reduce((sum, { weight, out, level }, i) => {
      const jet = twin.networkJet(params, level as number, batch.noisy[i], out);
      return sum + weight * term(jet, batch.along[i]);
    }, 0);
    return total / (batch.samples.length * net.config.dim);
  }

  it('any sizes, layout and objective: loss within 1e-5 of the terms of the twin, its gradient within 1e-3 of differences', () => {
    const cases = fc.record({
      ...{ ...smallSizes, B: fc.integer({ min: 1, max: 5 }), panels: fc.integer({ min: 1, max: 3 }) },
      layout: fc.constantFrom<Layout>('original', 'partitionable'),
      objective: fc.constantFrom<Matching>('implicit', 'sliced', 'slicedReduced'),
      projections: fc.constantFrom<Projections>('normal', 'sign'),
      encoding: fc.constantFrom('plain' as const, 'averaged' as const),
      output: fc.constantFrom('score' as const, 'noise' as const),
    });
    fc.assert(
      fc.property(cases, ({ B, layout, objective, projections, panels, ...sizes }) => {
        using net = network(core, { ...sizes, featureScale: 0.3, sigmaMin: 0.2 }, { key: key(8) });
        spreadLevels(net);
        const batch = batchOf(net, B, layout, projections);
        const rows = net.sigmas.length;
        const got = matchedGradient(net, batch.samples, { rows, layout, objective, projections, panels });
        const tensors = twinTensors(net);
        const term = TERMS[objective];
        const size = lossOf(net, tensors, batch, (jet, v) => Math.abs(term(jet, v)));
        expect(Math.abs(got.loss - lossOf(net, tensors, batch, term))).toBeLessThan(1e-5 * size);
        for (const name of ['alpha', 'beta', 'b0', `W${sizes.depth}`]) {
          const { shape, values } = tensors[name];
          const numeric = differences(
            (v) => lossOf(net, { ...tensors, [name]: { shape, values: v } }, batch, term),
            Array.from(values),
          );
          const { data } = got.gradients[tensorName(name)];
          const scale = Math.max(...numeric.map(Math.abs), 0.01 * size);
          expect(worst(data, numeric, (a, b) => Math.abs(a - b)) / scale).toBeLessThan(1e-3);
        }
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it('without noise: the loss at the points themselves within 1e-6; the trace by half or with its sign turned is far off', () => {
    const sizes = { dim: 3, features: 4, width: 9, depth: 2, levels: 1, sigmaMin: 0 };
    using net = network(core, sizes, { key: key(4) });
    const batch = batchOf(net, 40, 'original', 'sign');
    expect(batch.noisy).toEqual(batch.samples.map(({ x }) => Array.from(x)));
    const config = { layout: 'original', projections: 'sign' } as const;
    const got = matchedGradient(net, batch.samples, { ...config, objective: 'implicit' }).loss;
    const tensors = twinTensors(net);
    expect(Math.abs(got / lossOf(net, tensors, batch, twin.implicitTerm) - 1)).toBeLessThan(1e-6);
    for (const factor of [0.5, 2, -1, 0]) {
      const wrong: Term = (jet) =>
        twin.implicitTerm(jet) + (factor - 1) * jet.derivative.reduce((sum, row, d) => sum + row[d], 0);
      expect(Math.abs(got / lossOf(net, tensors, batch, wrong) - 1)).toBeGreaterThan(0.05);
    }
  });

  it('is half of the loss of denoising less half of the variance of its target, within 5 standard errors over 8,000 points', () => {
    // E |s - target|^2 = E |s|^2 + 2 E tr grad s + E |target|^2 at noisy points, of any score: here of two.
    const sizes = { dim: 2, features: 4, width: 9, depth: 1, levels: 1, sigmaMin: 0.3, featureScale: 0.3 };
    const B = 8000;
    for (const seed of [1, 2]) {
      using net = network(core, sizes, { key: key(seed) });
      const { samples } = batchOf(net, B, 'original', 'sign');
      const config = { layout: 'original', projections: 'sign' } as const;
      const lossBy = (objective: Matching) => matchedGradient(net, samples, { ...config, objective }).loss;
      const x = Float32Array.from(samples.flatMap(({ x }) => Array.from(x)));
      const denoising = dsmGradient(
        net,
        x,
        samples.map(({ key }) => key),
      ).loss;
      // sigma^2 E |target|^2 is 1 a coordinate. What differs is a mean of terms below 1.
      const bound = 5 / Math.sqrt(B);
      for (const objective of ['implicit', 'sliced', 'slicedReduced'] as const)
        expect(Math.abs(2 * lossBy(objective) - (denoising - 1))).toBeLessThan(bound);
    }
  });
});
