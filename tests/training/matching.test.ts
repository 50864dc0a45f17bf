import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { foldIn, key, learnedDenoiser, mlp, network, split } from '../../src/index.js';
import type { Matching, Projections } from '../../src/training/matching.js';
import { forEachCore, relativeToLargest, setGolden, tensorName } from '../cores.js';
import { golden, type NetworkGolden } from '../golden.js';
import { type Matched, matchedGradient, matchedOf } from './matchingRun.js';

const { tensors, metadata } = readSafetensors(
  readFileSync(new URL('../golden/objectives.safetensors', import.meta.url)),
);
const losses: Record<string, number> = JSON.parse(metadata.losses);
const layout = 'partitionable';

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
});
