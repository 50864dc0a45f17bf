import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { foldIn, key, normal, unet, uniform } from '../../src/index.js';
import type { Tensor } from '../../src/networks/planned.js';
import { Unet, type UnetOptions } from '../../src/networks/unet.js';
import { type UnetConfig, unetConfig } from '../../src/networks/unetConfig.js';
import { forEachCore, relativeToLargest, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import type { Values } from '../reference/imageLayers.js';
import * as twin from '../reference/unet.js';
import { noise } from './layerRun.js';
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

/** A small configuration, of which each test changes something. */
const SMALL = {
  sample_size: 4,
  in_channels: 1,
  out_channels: 1,
  block_out_channels: [2, 4],
  layers_per_block: 1,
  down_block_types: ['DownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'UpBlock2D'],
  add_attention: false,
  norm_num_groups: 1,
};

forEachCore('U-Net', (core) => {
  /** A network with parameters away from those of a new one, whose biases and gains would hide mistakes. */
  function randomNetwork(config: UnetConfig): Unet {
    const network = new Unet(core, config);
    network.initialise(key(4));
    network.setParameters(network.parameters().map((v, i) => 1.5 * v + 0.2 * Math.sin(i)));
    return network;
  }

  describe.each(['a', 'b', 'c'])('configuration %s of diffusers', (name) => {
    const golden = goldenOf(name);

    it('predict: outputs within 2e-6 of the largest', () => {
      using network = new Unet(core, golden.config);
      network.setTensors(golden.weights);
      const out = network.predict(golden.x, golden.times, golden.labels);
      expect(relativeToLargest(out, golden.output)).toBeLessThan(2e-6);
      const back = network.tensors();
      expect(Object.keys(back).sort()).toEqual(Object.keys(golden.weights).sort());
      for (const [parameter, { shape, data }] of Object.entries(golden.weights))
        expect(back[parameter]).toEqual({ shape, data });
    });

    it('the loss within 1e-6, every gradient within 2e-5 of its largest entry, outputs with the bits of predict', () => {
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
        else expect(relativeToLargest(data, want), parameter).toBeLessThan(2e-5);
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
      using network = randomNetwork(config);
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
    using network = randomNetwork(unetConfig({ ...SMALL, add_attention: true, attention_head_dim: 2 }));
    const x = noise(11 * 16, 8);
    const times = Array.from({ length: 11 }, (_, i) => 30 * i);
    const alone = network.predict(x, times);
    for (let n = 1; n <= 11; n++) {
      const { y } = runTimed(network, { x: x.slice(0, 16 * n), times: times.slice(0, n) }, (out) => out);
      expect(sameBits(y, alone.slice(0, 16 * n))).toBe(true);
    }
  });

  it('predict follows the parameters', () => {
    using network = randomNetwork(unetConfig(SMALL));
    using other = randomNetwork(unetConfig(SMALL));
    const x = noise(32, 8);
    const before = network.predict(x, [1, 2]);
    const changed = network.parameters().map((v) => v + 0.1);
    network.setParameters(changed);
    other.setParameters(changed);
    expect(sameBits(network.predict(x, [1, 2]), before)).toBe(false);
    expect(sameBits(network.predict(x, [1, 2]), other.predict(x, [1, 2]))).toBe(true);
  });

  it.each<[string, (network: Unet, x: Float32Array) => unknown, string]>([
    [
      'times of another number',
      (network, x) => network.predict(x, [1], [0, 0]),
      'predict: times must hold 2 numbers, got 1',
    ],
    [
      'no labels',
      (network, x) => network.predict(x, [1, 2]),
      'predict: labels must be given, since the network knows 3 classes',
    ],
    [
      'labels of another number',
      (network, x) => network.predict(x, [1, 2], [0]),
      'predict: labels must hold 2 numbers, got 1',
    ],
    [
      'an unknown label',
      (network, x) => network.predict(x, [1, 2], [0, 3]),
      'predict: labels must be an integer from 0 to 2, got 3',
    ],
    [
      'half a picture',
      (network, x) => network.predict(x.slice(8), [1], [0]),
      'predict: x must hold points of 16 coordinates, got 24 numbers',
    ],
  ])('predict refuses %s', (_, run, message) => {
    using network = randomNetwork(unetConfig({ ...SMALL, num_class_embeds: 3 }));
    expect(oneLine(() => run(network, noise(32, 1)))).toBe(message);
  });

  it('predict refuses labels where it knows none, times that the table has not, and a network that is gone', () => {
    const network = randomNetwork(unetConfig(SMALL));
    const x = noise(16, 1);
    expect(oneLine(() => network.predict(x, [1], [0]))).toBe(
      'predict: labels must be left out, since the network knows no classes, got an array of 1',
    );
    network.dispose();
    expect(oneLine(() => network.predict(x, [1]))).toBe('network: it was used after dispose(); make it anew');
    const table = { time_embedding_type: 'learned', num_train_timesteps: 7 };
    using learned = randomNetwork(unetConfig({ ...SMALL, ...table }));
    for (const time of [7, -1, 0.5]) {
      expect(oneLine(() => learned.predict(x, [time]))).toBe(
        `unet: time must be an integer from 0 to 6, got ${time}`,
      );
    }
  });

  it('gives back all its memory', () => {
    const { used } = core.memory;
    const network = randomNetwork(unetConfig(SMALL));
    network.predict(noise(16, 1), [1]);
    expect(core.memory.used).toBeGreaterThan(used);
    network.dispose();
    network.dispose();
    expect(core.memory.used).toBe(used);
  });

  describe('a new one', () => {
    const shape = { height: 8, width: 4, channels: 2 };

    it('has the configuration that its options say', () => {
      using network = unet(core, shape, {
        channels: [8, 16, 24],
        blocks: 2,
        groups: 4,
        attention: [1],
        classes: 5,
      });
      expect(network.config).toMatchObject({
        sample_size: [8, 4],
        in_channels: 2,
        out_channels: 2,
        block_out_channels: [8, 16, 24],
        layers_per_block: 2,
        norm_num_groups: 4,
        add_attention: true,
        down_block_types: ['DownBlock2D', 'AttnDownBlock2D', 'DownBlock2D'],
        up_block_types: ['UpBlock2D', 'AttnUpBlock2D', 'UpBlock2D'],
        num_class_embeds: 6,
      });
      expect(network.labels).toBe(6);
      expect(network.dim).toBe(64);
      expect(network.shape).toEqual(shape);
      using plain = unet(core, shape, { attention: 'none', groups: 4 });
      expect(plain.config).toMatchObject({ add_attention: false, num_class_embeds: null });
      expect(plain.labels).toBe(0);
    });

    it('draws weights by the key, uniform within 1 / sqrt(inputs) as PyTorch does, each array others', () => {
      using a = unet(core, shape, { key: key(1) });
      using b = unet(core, shape, { key: key(1) });
      using c = unet(core, shape, { key: key(2) });
      expect(sameBits(a.parameters(), b.parameters())).toBe(true);
      expect(sameBits(a.parameters(), c.parameters())).toBe(false);
      const firsts = new Set<number>();
      for (const [name, { shape: of, data }] of Object.entries(a.tensors())) {
        if (name.includes('norm')) {
          expect(data.every((v) => v === (name.endsWith('weight') ? 1 : 0))).toBe(true);
          continue;
        }
        firsts.add(data[0]);
        if (of.length === 1) continue;
        const limit = 1 / Math.sqrt(data.length / of[0]);
        expect(data.every((v) => Math.abs(v) <= limit)).toBe(true);
        const square = data.reduce((sum, v) => sum + v * v, 0) / data.length;
        // A uniform variable's mean square is limit^2 / 3, with a standard error of 0.9 of it by sqrt(n).
        expect(Math.abs((3 * square) / limit ** 2 - 1)).toBeLessThan(4.5 / Math.sqrt(data.length));
      }
      expect(firsts.size).toBe(Object.keys(a.tensors()).filter((name) => !name.includes('norm')).length);
    });

    it('of random frequencies draws them with deviation 16, and keeps them among its tensors', () => {
      const config = unetConfig({
        ...{ ...SMALL, time_embedding_type: 'fourier', norm_num_groups: 1 },
        block_out_channels: [200, 4],
      });
      using network = new Unet(core, config);
      network.initialise(key(3));
      const { data } = network.tensors()['time_proj.weight'];
      expect(data).toEqual(normal(core, foldIn(key(3), 2 ** 32 - 1), [200]).map((z) => 16 * z));
      const copy = data.slice();
      data.fill(0);
      expect(network.tensors()['time_proj.weight'].data).toEqual(copy);
    });

    it.each<[UnetOptions | object, string]>([
      [{ key: 3 }, 'unet: key must be'],
      [{ classes: -1 }, 'unet: classes must be an integer of at least 0, got -1'],
      [{ attention: 'all' }, "unet: attention must be 'none', 'middle' or a list of levels, got \"all\""],
      [{ attention: [3] }, 'unet: attention must be an integer from 0 to 2, got 3'],
      [
        { channels: [] },
        'unet: config.block_out_channels must be a list that is not empty, got an array of 0',
      ],
      [{ groups: 5 }, 'unet: config.norm_num_groups must divide 16 channels, got 5'],
      [{ blocks: 0 }, 'unet: config.layers_per_block must be a positive integer, got 0'],
      [
        { channels: [8, 8, 8, 8] },
        'unet: config.sample_size must be a multiple of 8, since 4 levels halve it 3 times, got 8 x 4',
      ],
    ])('refuses %o, and takes nothing', (options, message) => {
      const { used } = core.memory;
      expect(oneLine(() => unet(core, shape, options as UnetOptions))).toContain(message);
      expect(core.memory.used).toBe(used);
    });
  });

  it('is refused where its parameters exceed memory, before any is taken', () => {
    const { used } = core.memory;
    const config = unetConfig({ ...SMALL, block_out_channels: [2, 20_000] });
    expect(oneLine(() => new Unet(core, config))).toMatch(/^network: \d+ parameters are more than/);
    expect(core.memory.used).toBe(used);
    expect(uniform(core, key(1), [1]).length).toBe(1);
  });
});
