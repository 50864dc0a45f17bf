import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { Unet } from '../../src/networks/unet.js';
import { pictureSize, unetConfig, unetDefaults } from '../../src/networks/unetConfig.js';
import { worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import * as twin from '../reference/imageLayers.js';

const core = await loadCore({ kernel: 'strict' });

/** Two levels of eight and sixteen channels. */
const SMALL = {
  sample_size: [8, 12],
  in_channels: 1,
  out_channels: 1,
  block_out_channels: [8, 16],
  layers_per_block: 1,
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'UpBlock2D'],
  attention_head_dim: 4,
  norm_num_groups: 4,
};

describe('unetConfig', () => {
  it("takes diffusers' values for what is left out, and leaves out what it does not know", () => {
    expect(unetConfig({})).toEqual(unetDefaults);
    const config = unetConfig({ ...SMALL, _diffusers_version: '9', sample_rate: 3, act_fn: 'swish' });
    expect(config).toEqual({ ...unetDefaults, ...SMALL });
    expect(pictureSize(config)).toEqual({ height: 8, width: 12 });
    expect(pictureSize(unetConfig({ ...SMALL, sample_size: 6 }))).toEqual({ height: 6, width: 6 });
  });

  it.each<[object, string]>([
    [
      { _class_name: 'UNet2DConditionModel' },
      '_class_name must be "UNet2DModel", got "UNet2DConditionModel"',
    ],
    [{ act_fn: 'gelu' }, 'act_fn must be "silu", got "gelu"'],
    [{ class_embed_type: 'timestep' }, 'class_embed_type must be null, got "timestep"'],
    [{ downsample_type: 'resnet' }, 'downsample_type must be "conv", got "resnet"'],
    [{ upsample_type: 'resnet' }, 'upsample_type must be "conv", got "resnet"'],
    [
      { resnet_time_scale_shift: 'scale_shift' },
      'resnet_time_scale_shift must be "default", got "scale_shift"',
    ],
    [{ mid_block_scale_factor: 2 }, 'mid_block_scale_factor must be 1, got 2'],
    [{ dropout: 0.1 }, 'dropout must be 0, got 0.1'],
    [
      { mid_block_type: 'UNetMidBlock2DCrossAttn' },
      'mid_block_type must be "UNetMidBlock2D" or null, got "UNetMidBlock2DCrossAttn"',
    ],
    [{ downsample_padding: 2 }, 'downsample_padding must be 0 or 1, got 2'],
    [
      { time_embedding_type: 'none' },
      'time_embedding_type must be "positional" or "fourier" or "learned", got "none"',
    ],
    [{ add_attention: 1 }, 'add_attention must be true or false, got 1'],
    [{ flip_sin_to_cos: null }, 'flip_sin_to_cos must be true or false, got null'],
    [{ center_input_sample: 'no' }, 'center_input_sample must be true or false, got "no"'],
    [{ block_out_channels: [] }, 'block_out_channels must be a list that is not empty, got an array of 0'],
    [{ block_out_channels: 8 }, 'block_out_channels must be a list that is not empty, got 8'],
    [{ block_out_channels: [8, 0] }, 'block_out_channels must be a positive integer, got 0'],
    [
      { down_block_types: 'DownBlock2D' },
      'down_block_types must be a list that is not empty, got "DownBlock2D"',
    ],
    [
      { down_block_types: ['DownBlock2D'] },
      'down_block_types must name a block for each of the 2 levels, got 1',
    ],
    [
      { up_block_types: ['UpBlock2D', 'UpBlock2D', 'UpBlock2D'] },
      'up_block_types must name a block for each of the 2 levels, got 3',
    ],
    [
      { down_block_types: ['DownBlock2D', 'SkipDownBlock2D'] },
      'down_block_types must be of DownBlock2D or AttnDownBlock2D, got "SkipDownBlock2D"',
    ],
    [
      { up_block_types: ['DownBlock2D', 'UpBlock2D'] },
      'up_block_types must be of UpBlock2D or AttnUpBlock2D, got "DownBlock2D"',
    ],
    [{ in_channels: 0 }, 'in_channels must be a positive integer, got 0'],
    [{ out_channels: 1.5 }, 'out_channels must be a positive integer, got 1.5'],
    [{ layers_per_block: 0 }, 'layers_per_block must be a positive integer, got 0'],
    [{ layers_per_block: 1e9 }, 'layers_per_block must be at most 1000, got 1000000000'],
    [{ norm_num_groups: 0 }, 'norm_num_groups must be a positive integer, got 0'],
    [{ norm_num_groups: 3 }, 'norm_num_groups must divide 8 channels, got 3'],
    [{ norm_num_groups: 16 }, 'norm_num_groups must divide 8 channels, got 16'],
    [{ attn_norm_num_groups: 0 }, 'attn_norm_num_groups must be a positive integer, got 0'],
    [{ attn_norm_num_groups: 5 }, 'attn_norm_num_groups must divide 16 channels, got 5'],
    [{ attention_head_dim: -1 }, 'attention_head_dim must be a positive integer, got -1'],
    [{ attention_head_dim: 5 }, 'attention_head_dim must divide 16 channels, got 5'],
    [{ time_embedding_dim: 0.5 }, 'time_embedding_dim must be a positive integer, got 0.5'],
    [{ num_class_embeds: 0 }, 'num_class_embeds must be a positive integer, got 0'],
    [{ norm_eps: 0 }, 'norm_eps must be a positive finite number, got 0'],
    [{ time_embedding_type: 'learned' }, 'num_train_timesteps must be a positive integer, got 0'],
    [
      { sample_size: 7 },
      'sample_size must be a multiple of 2, since it is halved from each of the 2 levels to the next, got 7 x 7',
    ],
    [
      { sample_size: [8, 9] },
      'sample_size must be a multiple of 2, since it is halved from each of the 2 levels to the next, got 8 x 9',
    ],
    [{ sample_size: 0 }, 'sample_size must be a positive integer, got 0'],
    [{ sample_size: [8, '12'] }, 'sample_size must be a positive integer, got "12"'],
    [{ sample_size: null }, 'sample_size must be a number or height and width, got null'],
    [{ sample_size: [8, 8, 8] }, 'sample_size must be a number or height and width, got an array of 3'],
    [
      { block_out_channels: [3, 8], norm_num_groups: 1, attention_head_dim: null },
      'block_out_channels[0] must be even for sines and cosines of the time, got 3',
    ],
    [{ freq_shift: 'x' }, 'freq_shift must be a finite number other than 4, got "x"'],
    [{ freq_shift: 4 }, 'freq_shift must be a finite number other than 4, got 4'],
  ])('refuses %o', (change, message) => {
    expect(oneLine(() => unetConfig({ ...SMALL, ...change }, 'load'))).toBe(`load: config.${message}`);
  });

  it.each([null, 3, undefined])('refuses %s in place of a configuration', (json) => {
    expect(oneLine(() => unetConfig(json as never))).toBe(`unet: config must be an object, got ${json}`);
  });

  it('lets attention and sizes be where nothing asks for them: heads of 5 without attention, any channels of random frequencies', () => {
    const plain = {
      down_block_types: ['DownBlock2D', 'DownBlock2D'],
      up_block_types: ['UpBlock2D', 'UpBlock2D'],
    };
    expect(unetConfig({ ...SMALL, ...plain, add_attention: false, attention_head_dim: 5 })).toBeTruthy();
    const odd = { block_out_channels: [3, 6], norm_num_groups: 3, attention_head_dim: null };
    expect(unetConfig({ ...SMALL, ...odd, time_embedding_type: 'fourier' })).toBeTruthy();
  });
});

describe('what a time is to a U-Net', () => {
  const { tensors } = readSafetensors(
    readFileSync(new URL('../golden/imageLayers.safetensors', import.meta.url)),
  );
  const absolute = (a: number, b: number) => Math.abs(a - b);
  // An angle of a thousand has an error of 3e-5 in float32, as in diffusers.
  const angleError = (time: number) => 1e-7 * Math.max(1, Math.abs(time));

  it("positional: PyTorch's sines and cosines within 1e-7 of the angle, cosines first or last, with or without a shift", () => {
    for (const [cosinesFirst, shift] of [
      [true, 0],
      [false, 0],
      [true, 1],
      [false, 1],
    ] as const) {
      using network = new Unet(
        core,
        unetConfig({ ...SMALL, flip_sin_to_cos: cosinesFirst, freq_shift: shift }),
      );
      for (const time of [0, 0.5, 3, 250, 999, -1.5]) {
        const { numbers, level } = network.conditionOf(time);
        const want = twin.sinusoidal({ shape: [1], data: [time] }, { dim: 8, cosinesFirst, shift }).data;
        expect(worst(numbers, want, absolute)).toBeLessThan(angleError(time));
        expect(level).toBe(0);
      }
    }
    using network = new Unet(core, unetConfig(SMALL));
    const times = tensors['sinusoidal.times'].data as Float32Array;
    times.forEach((time, i) => {
      const want = (tensors['sinusoidal.y'].data as Float64Array).slice(8 * i, 8 * i + 8);
      expect(worst(network.conditionOf(time).numbers, want, absolute)).toBeLessThan(angleError(time));
    });
  });

  it("fourier: PyTorch's sines and cosines of the logarithm within 2e-7 of the angle, and the output divided by the time", () => {
    const config = { ...SMALL, time_embedding_type: 'fourier', block_out_channels: [4, 8] };
    using network = new Unet(core, unetConfig(config));
    const frequencies = tensors['fourier.weight'].data as Float32Array;
    const initial = { ...network.tensors(), 'time_proj.weight': { shape: [4], data: frequencies } };
    network.setTensors(initial);
    const times = tensors['fourier.times'].data as Float32Array;
    times.forEach((time, i) => {
      const want = (tensors['fourier.y'].data as Float64Array).slice(8 * i, 8 * i + 8);
      const angle = 2 * Math.PI * Math.max(...frequencies.map(Math.abs)) * Math.abs(Math.log(time));
      expect(worst(network.conditionOf(time).numbers, want, absolute)).toBeLessThan(
        2e-7 * Math.max(1, angle),
      );
      expect(network.outputFactor(time)).toBe(1 / time);
    });
    expect(new Unet(core, unetConfig(SMALL)).outputFactor(3)).toBe(1);
    const { 'time_proj.weight': _, ...rest } = initial;
    expect(oneLine(() => network.setTensors(rest))).toBe(
      'network: tensor time_proj.weight is missing; are these weights of another kind of network?',
    );
  });

  it('learned: no numbers, but a row of the table', () => {
    const table = { time_embedding_type: 'learned', num_train_timesteps: 5 };
    using network = new Unet(core, unetConfig({ ...SMALL, ...table }));
    expect(network.conditionOf(3)).toEqual({ numbers: new Float32Array(0), level: 3 });
    expect(network.tensors()['time_proj.weight'].shape).toEqual([5, 8]);
    expect(oneLine(() => network.conditionOf(5))).toBe('unet: time must be an integer from 0 to 4, got 5');
  });
});
