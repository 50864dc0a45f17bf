import { describe, expect, it } from 'vitest';
import { foldIn, key, normal, unet } from '../../src/index.js';
import { Unet, type UnetOptions } from '../../src/networks/unet.js';
import { unetConfig } from '../../src/networks/unetConfig.js';
import { forEachCore, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { noise } from './layerRun.js';
import { randomUnet, SMALL } from './smallUnet.js';

forEachCore('a U-Net in use', (core) => {
  it('predict follows the parameters', () => {
    using network = randomUnet(core, unetConfig(SMALL));
    using other = randomUnet(core, unetConfig(SMALL));
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
    using network = randomUnet(core, unetConfig({ ...SMALL, num_class_embeds: 3 }));
    expect(oneLine(() => run(network, noise(32, 1)))).toBe(message);
  });

  it('predict refuses labels where it knows none, times that the table has not, and a network that is gone', () => {
    const network = randomUnet(core, unetConfig(SMALL));
    const x = noise(16, 1);
    expect(oneLine(() => network.predict(x, [1], [0]))).toBe(
      'predict: labels must be left out, since the network knows no classes, got an array of 1',
    );
    network.dispose();
    expect(oneLine(() => network.predict(x, [1]))).toBe('network: it was used after dispose(); make it anew');
    const table = { time_embedding_type: 'learned', num_train_timesteps: 7 };
    using learned = randomUnet(core, unetConfig({ ...SMALL, ...table }));
    for (const time of [7, -1]) {
      expect(oneLine(() => learned.predict(x, [time]))).toBe(
        `unet: time must be an integer from 0 to 6, got ${time}`,
      );
    }
  });

  it('predict refuses times that are not finite, and of a network that takes their logarithm those that are not positive', () => {
    using network = randomUnet(core, unetConfig(SMALL));
    expect(oneLine(() => network.predict(noise(32, 1), [1, Number.NaN]))).toBe(
      'predict: times must be finite, got NaN at index 1',
    );
    using fourier = randomUnet(core, unetConfig({ ...SMALL, time_embedding_type: 'fourier' }));
    for (const time of [0, -1, Infinity]) {
      expect(oneLine(() => fourier.predict(noise(16, 1), [time]))).toBe(
        `predict: times must be a positive finite number, got ${time}`,
      );
    }
  });

  it('refuses attention over more pixels than memory has room for pairs of them', () => {
    const { used } = core.memory;
    for (const side of [160, 256, 512]) {
      const shape = { height: side, width: side, channels: 1 };
      expect(oneLine(() => unet(core, shape, { channels: [8], attention: [0] }))).toBe(
        `unet: attention over ${side} x ${side} pixels needs more than 2 GiB; have it on coarser levels alone`,
      );
    }
    expect(core.memory.used).toBe(used);
  });

  it('gives back all its memory', () => {
    const { used } = core.memory;
    const network = randomUnet(core, unetConfig(SMALL));
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
        'unet: config.sample_size must be a multiple of 8, since it is halved from each of the 4 levels to the next, got 8 x 4',
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
  });
});
