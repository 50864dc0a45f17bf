import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.js';
import type { Tensor } from '../../src/networks/planned.js';
import { Unet } from '../../src/networks/unet.js';
import { unetConfig } from '../../src/networks/unetConfig.js';
import { forEachCore, relativeToLargest, sameBits, worst } from '../cores.js';
import type { Values } from '../reference/imageLayers.js';
import * as twin from '../reference/unet.js';
import { noise } from './layerRun.js';
import { randomUnet, SMALL } from './smallUnet.js';
import { runTimed } from './timedRun.js';

const file = (folder: string, name: string) =>
  readFileSync(new URL(`../golden/unet/${folder}/${name}`, import.meta.url));
const read = (folder: string, name: string) => readSafetensors(file(folder, name), name).tensors;

/** A configuration, its weights, and what diffusers gives. */
function goldenOf(folder: string) {
  const tensors = read(folder, 'golden.safetensors');
  const floats = (name: string) => tensors[name].data as Float32Array;
  return {
    config: unetConfig(JSON.parse(file(folder, 'config.json').toString())),
    weights: read(folder, 'diffusion_pytorch_model.safetensors') as Record<string, Tensor>,
    x: floats('x'),
    times: floats('times'),
    labels: tensors.labels?.data as Uint32Array | undefined,
    output: floats('output'),
    floats,
    loss: tensors.loss?.data[0] as number | undefined,
  };
}

forEachCore('U-Net', (core) => {
  describe.each(['a', 'b', 'c'])('configuration %s of diffusers', (name) => {
    const golden = goldenOf(name);

    it('predict: outputs within 3e-6 of the largest', () => {
      using network = new Unet(core, golden.config);
      network.setTensors(golden.weights);
      const out = network.predict(golden.x, golden.times, golden.labels);
      expect(relativeToLargest(out, golden.output)).toBeLessThan(3e-6);
      const back = network.tensors();
      expect(Object.keys(back).sort()).toEqual(Object.keys(golden.weights).sort());
      for (const [parameter, { shape, data }] of Object.entries(golden.weights))
        expect(back[parameter]).toEqual({ shape, data });
    });

    it('the loss within 1e-6, every gradient within 3e-5 of its largest entry, outputs with the bits of predict', () => {
      using network = new Unet(core, golden.config);
      network.setTensors(golden.weights);
      const target = golden.floats('target');
      const size = network.plan.output.size;
      const factor = (i: number) => network.outputFactor(golden.times[Math.floor(i / size)]);
      const { y, gradients } = runTimed(network, golden, (outputs) =>
        outputs.map((v, i) => (2 * factor(i) * (factor(i) * v - target[i])) / outputs.length),
      );
      const out = y.map((v, i) => factor(i) * v);
      expect(sameBits(out, network.predict(golden.x, golden.times, golden.labels))).toBe(true);
      const loss = out.reduce((sum, v, i) => sum + (v - target[i]) ** 2, 0) / out.length;
      expect(Math.abs(loss / (golden.loss as number) - 1)).toBeLessThan(1e-6);
      expect(Object.keys(gradients).length).toBeGreaterThan(50);
      for (const [parameter, data] of Object.entries(gradients)) {
        const want = golden.floats(`gradient.${parameter}`);
        // What is added to all of a softmax's inputs changes nothing.
        if (parameter.endsWith('to_k.bias'))
          expect(worst(data, want, (a, b) => Math.abs(a - b))).toBeLessThan(1e-6);
        else expect(relativeToLargest(data, want), parameter).toBeLessThan(3e-5);
      }
    });
  });

  it.each(['float16', 'bfloat16'])('weights of %s: outputs within 2e-6 of the largest', (name) => {
    const golden = goldenOf(name);
    using network = new Unet(core, golden.config);
    network.setTensors(golden.weights);
    const out = network.predict(golden.x, golden.times, golden.labels);
    expect(relativeToLargest(out, golden.output)).toBeLessThan(2e-6);
  });

  const variants: Record<string, object> = {
    'without a middle': { mid_block_type: null },
    'of one level': {
      block_out_channels: [4],
      down_block_types: ['DownBlock2D'],
      up_block_types: ['UpBlock2D'],
    },
    'with attention on one way only': {
      up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
      attention_head_dim: 2,
    },
    'with attention on the way down only': { down_block_types: ['DownBlock2D', 'AttnDownBlock2D'] },
    'with groups of its own in the middle': { add_attention: true, attn_norm_num_groups: 4 },
    'of three layers a level, padded below': { layers_per_block: 3, downsample_padding: 0 },
    'with a larger embedding of the time': { time_embedding_dim: 5, flip_sin_to_cos: false },
    'of oblong colour pictures, centred': {
      ...{ sample_size: [2, 6], in_channels: 3, out_channels: 2, center_input_sample: true },
    },
    'with labels': { num_class_embeds: 3 },
    'with times of a table': { time_embedding_type: 'learned', num_train_timesteps: 7 },
  };

  it.each(Object.entries(variants))(
    '%s: outputs within 2e-6 of the largest of its twin, gradients within 5e-6 of the largest of all from differences',
    (_, changes) => {
      const config = unetConfig({ ...SMALL, attention_head_dim: null, ...changes });
      using network = randomUnet(core, config);
      const isTable = config.time_embedding_type === 'learned';
      const [n, times] = [3, isTable ? [6, 0, 2] : [3.5, 0, 420]];
      const labels = network.labels > 0 ? [2, 0, 2] : undefined;
      const { height, width } = network.shape;
      const x = { shape: [n, height, width, config.in_channels], data: noise(n * network.dim, 5) };
      const dy = noise(n * network.plan.output.size, 6);
      const parameters: Record<string, Values> = network.tensors();
      const output = (of: twin.Parameters) => {
        const first = config.block_out_channels[0];
        const row = (time: number) =>
          isTable
            ? Array.from(of['time_proj.weight'].data).slice(time * first, (time + 1) * first)
            : [...network.conditionOf(time).numbers];
        const numbers = { shape: [n, first], data: times.flatMap(row) };
        return twin.unet(config, of, { x, numbers, labels }).data;
      };
      const { y, gradients } = runTimed(network, { x: x.data, times, labels }, () => dy);
      expect(relativeToLargest(y, output(parameters))).toBeLessThan(2e-6);
      expect(sameBits(network.predict(x.data, times, labels), y)).toBe(true);
      const scale = Math.max(...Object.values(gradients).flatMap((data) => Array.from(data, Math.abs)));
      for (const [name, data] of Object.entries(gradients)) {
        // One entry of each array, and a largest one.
        const largest = data.reduce((best, v, i) => (Math.abs(v) > Math.abs(data[best]) ? i : best), 0);
        for (const entry of new Set([largest, data.length >> 1])) {
          const moved = (by: number) => {
            const changed = Float64Array.from(parameters[name].data);
            changed[entry] += by;
            const out = output({ ...parameters, [name]: { shape: parameters[name].shape, data: changed } });
            return dy.reduce((sum, d, i) => sum + d * out[i], 0);
          };
          const difference = (moved(1e-4) - moved(-1e-4)) / 2e-4;
          expect(Math.abs(data[entry] - difference) / scale, `${name}[${entry}]`).toBeLessThan(5e-6);
        }
      }
    },
  );

  it('a batch of 1 to 11 pictures gives each the bits it has alone', () => {
    using network = randomUnet(core, unetConfig({ ...SMALL, add_attention: true, attention_head_dim: 2 }));
    const x = noise(11 * 16, 8);
    const times = Array.from({ length: 11 }, (_, i) => 30 * i);
    const alone = network.predict(x, times);
    for (let n = 1; n <= 11; n++) {
      const { y } = runTimed(network, { x: x.slice(0, 16 * n), times: times.slice(0, n) }, (out) => out);
      expect(sameBits(y, alone.slice(0, 16 * n))).toBe(true);
    }
  });

  it('eight pictures of 3 x 3 pixels and 2 channels, which fill a panel to its last byte, have the outputs and gradients they have among nine', () => {
    const one = { block_out_channels: [2], down_block_types: ['DownBlock2D'], up_block_types: ['UpBlock2D'] };
    using network = randomUnet(core, unetConfig({ ...SMALL, ...one, sample_size: 3 }));
    const x = noise(9 * 9, 8);
    const times = Array.from({ length: 9 }, (_, i) => 30 * i);
    const nine = runTimed(network, { x, times }, (y) => y.map((v, i) => (i < 8 * 9 ? v : 0)));
    const eight = runTimed(network, { x: x.slice(0, 8 * 9), times: times.slice(0, 8) }, (y) => y);
    expect(sameBits(eight.y, nine.y.slice(0, 8 * 9))).toBe(true);
    for (const [name, gradient] of Object.entries(eight.gradients))
      expect(relativeToLargest(gradient, nine.gradients[name]), name).toBeLessThan(1e-5);
  });
});
