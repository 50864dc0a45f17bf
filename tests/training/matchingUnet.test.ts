import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { key } from '../../src/index.js';
import type { Tensor } from '../../src/networks/planned.js';
import { Unet } from '../../src/networks/unet.js';
import { unetConfig } from '../../src/networks/unetConfig.js';
import type { Matching } from '../../src/training/matching.js';
import { forEachCore } from '../cores.js';
import { matchedGradient } from './matchingRun.js';

const file = (name: string) => readFileSync(new URL(`../golden/${name}`, import.meta.url));
const { tensors, metadata } = readSafetensors(file('objectivesUnet.safetensors'));
const losses: Record<string, number> = JSON.parse(metadata.losses);
const names: Record<string, string[]> = JSON.parse(metadata.names);

/** Norm, and products with cos(i) and sin(1.7 i + 1). */
function summary(data: ArrayLike<number>): number[] {
  const sums = [0, 0, 0];
  Array.from(data).forEach((v, i) => {
    sums[0] += v * v;
    sums[1] += v * Math.cos(i);
    sums[2] += v * Math.sin(1.7 * i + 1);
  });
  return [Math.sqrt(sums[0]), sums[1], sums[2]];
}

forEachCore('score matching of U-Nets without targets', (core) => {
  it.each(Object.keys(losses))(
    '%s: the loss within 1e-5, norm and two products of every gradient within 1e-3 of its norm, of diffusers and PyTorch in float64',
    (which) => {
      const [name, objective] = which.split('/') as [string, Matching];
      const config = unetConfig(JSON.parse(file(`unet/${name}/config.json`).toString()));
      using net = new Unet(core, config);
      const read = (of: string) => readSafetensors(file(`unet/${name}/${of}.safetensors`)).tensors;
      net.setTensors(read('diffusion_pytorch_model') as Record<string, Tensor>);
      const { x, times, labels } = read('golden');
      const samples = (objective === 'implicit' ? [0] : [0, 1]).map((i) => ({
        ...{
          key: key(0),
          projectionKey: key(i),
          sigma: 0,
          weight: 1,
          out: net.outputFactor(Number(times.data[i])),
        },
        ...net.conditionOf(Number(times.data[i])),
        label: Number(labels?.data[i] ?? 0),
        x: Array.from(x.data.subarray(i * net.dim, (i + 1) * net.dim), Number),
      }));
      const draws = { layout: 'partitionable', projections: 'sign' } as const;
      const { loss, gradients } = matchedGradient(net, samples, { ...draws, objective });
      expect(Math.abs(loss / losses[which] - 1)).toBeLessThan(1e-5);
      const want = names[name].map((parameter, i) => ({
        parameter,
        values: Array.from(tensors[which].data.subarray(3 * i, 3 * i + 3), Number),
      }));
      expect(want.map(({ parameter }) => parameter).sort()).toEqual(Object.keys(gradients).sort());
      const largest = Math.max(...want.map(({ values }) => values[0]));
      for (const { parameter, values } of want) {
        const { data } = gradients[parameter];
        // What is added to all inputs of a softmax changes nothing but rounding.
        const scale = Math.max(values[0], 1e-4 * largest);
        const error = Math.max(...summary(data).map((v, j) => Math.abs(v - values[j])));
        expect(error / scale, parameter).toBeLessThan(1e-3);
      }
    },
  );
});
