import { integer, positive, show } from '../core/check.js';
import { scaled } from '../core/floatBits.js';
import { MAX_DEPTH } from './networkConfig.js';

/** The settings of diffusers' `UNet2DModel` that a network of this library can have, under their names there. */
export interface UnetConfig {
  /** Pixels of a side, or height and width. */
  sample_size: number | readonly [number, number];
  /** Numbers of an input pixel. */
  in_channels: number;
  /** Numbers of an output pixel. */
  out_channels: number;
  /** Channels of each level, from the finest to the coarsest. */
  block_out_channels: readonly number[];
  /** Residual blocks of a level on the way down; there is one more on the way up. */
  layers_per_block: number;
  /** From the finest level to the coarsest. */
  down_block_types: readonly ('DownBlock2D' | 'AttnDownBlock2D')[];
  /** From the coarsest level to the finest. */
  up_block_types: readonly ('UpBlock2D' | 'AttnUpBlock2D')[];
  /** The middle block, or null for none. */
  mid_block_type: 'UNetMidBlock2D' | null;
  /** Whether the middle block has attention. */
  add_attention: boolean;
  /** Channels of an attention head; null for one head. */
  attention_head_dim: number | null;
  /** Groups of channels that are normalised together. */
  norm_num_groups: number;
  /** Groups of the normalisation before the middle's attention; null for norm_num_groups. */
  attn_norm_num_groups: number | null;
  /** Added to the variance in each normalisation. */
  norm_eps: number;
  /** Zeros around a picture that is halved: 1, or 0 for one below and to the right alone. */
  downsample_padding: 0 | 1;
  /** How a time becomes a vector: sines and cosines of fixed or of random frequencies, or a row of a trained table. */
  time_embedding_type: 'positional' | 'fourier' | 'learned';
  /** Size of what the time becomes; null for four times the channels of the finest level. */
  time_embedding_dim: number | null;
  /** Cosines before sines. */
  flip_sin_to_cos: boolean;
  /** What is taken from the number of frequencies in the exponent of a `positional` time. */
  freq_shift: number;
  /** Rows of the trained table of times. */
  num_train_timesteps: number | null;
  /** Labels that the network knows; null for none. */
  num_class_embeds: number | null;
  /** Whether inputs are first taken from [0, 1] to [-1, 1]. */
  center_input_sample: boolean;
}

/** The values that `UNet2DModel` takes for what its configuration leaves out. */
export const unetDefaults: UnetConfig = {
  sample_size: 32,
  in_channels: 3,
  out_channels: 3,
  block_out_channels: [224, 448, 672, 896],
  layers_per_block: 2,
  down_block_types: ['DownBlock2D', 'AttnDownBlock2D', 'AttnDownBlock2D', 'AttnDownBlock2D'],
  up_block_types: ['AttnUpBlock2D', 'AttnUpBlock2D', 'AttnUpBlock2D', 'UpBlock2D'],
  mid_block_type: 'UNetMidBlock2D',
  add_attention: true,
  attention_head_dim: 8,
  norm_num_groups: 32,
  attn_norm_num_groups: null,
  norm_eps: 1e-5,
  downsample_padding: 1,
  time_embedding_type: 'positional',
  time_embedding_dim: null,
  flip_sin_to_cos: true,
  freq_shift: 0,
  num_train_timesteps: null,
  num_class_embeds: null,
  center_input_sample: false,
};

/** Settings of `UNet2DModel` that must have the one value that is built here. */
const FIXED: Readonly<Record<string, readonly unknown[]>> = {
  _class_name: ['UNet2DModel'],
  act_fn: ['silu', 'swish'],
  class_embed_type: [null],
  downsample_type: ['conv'],
  upsample_type: ['conv'],
  resnet_time_scale_shift: ['default'],
  mid_block_scale_factor: [1],
  dropout: [0],
};

/** Values that a setting may have. */
const CHOICES: { readonly [Name in keyof UnetConfig]?: readonly unknown[] } = {
  mid_block_type: ['UNetMidBlock2D', null],
  downsample_padding: [0, 1],
  time_embedding_type: ['positional', 'fourier', 'learned'],
  add_attention: [true, false],
  flip_sin_to_cos: [true, false],
  center_input_sample: [true, false],
};

/**
 * The configuration of a parsed `config.json` of diffusers; what it leaves out has diffusers' value. Entries that only say
 * how the file was written, which begin with an underscore, and all unknown ones are left out.
 *
 * @throws RangeError or TypeError that names the entry which this library cannot build
 */
export function unetConfig(json: Readonly<Record<string, unknown>>, caller = 'unet'): UnetConfig {
  if (typeof json !== 'object' || json === null)
    throw new TypeError(`${caller}: config must be an object, got ${show(json)}`);
  for (const [name, values] of Object.entries(FIXED)) {
    if (json[name] !== undefined && !values.includes(json[name])) {
      throw new RangeError(`${caller}: config.${name} must be ${show(values[0])}, got ${show(json[name])}`);
    }
  }
  const names = Object.keys(unetDefaults) as (keyof UnetConfig)[];
  const given = Object.fromEntries(
    names.filter((name) => json[name] !== undefined).map((name) => [name, json[name]]),
  );
  const config = { ...unetDefaults, ...given } as UnetConfig;
  check(caller, config);
  return config;
}

/** Height and width of the pictures of a configuration. */
export function pictureSize({ sample_size }: UnetConfig): { height: number; width: number } {
  const [height, width] = typeof sample_size === 'number' ? [sample_size, sample_size] : sample_size;
  return { height, width };
}

function check(caller: string, config: UnetConfig): void {
  const name = (entry: string) => `config.${entry}`;
  const { block_out_channels: channels, down_block_types, up_block_types, norm_num_groups: groups } = config;
  for (const [entry, values] of Object.entries(CHOICES)) {
    const value = config[entry as keyof UnetConfig];
    if (!values?.includes(value)) {
      throw new RangeError(
        `${caller}: ${name(entry)} must be ${values?.map(show).join(' or ')}, got ${show(value)}`,
      );
    }
  }
  checkList(caller, name('block_out_channels'), channels);
  for (const n of channels) integer(caller, name('block_out_channels'), n);
  for (const [entry, types, known] of [
    ['down_block_types', down_block_types, ['DownBlock2D', 'AttnDownBlock2D']],
    ['up_block_types', up_block_types, ['UpBlock2D', 'AttnUpBlock2D']],
  ] as const) {
    checkList(caller, name(entry), types);
    if (types.length !== channels.length) {
      throw new RangeError(
        `${caller}: ${name(entry)} must name a block for each of the ${channels.length} levels, got ${types.length}`,
      );
    }
    for (const type of types) {
      if (!(known as readonly string[]).includes(type))
        throw new RangeError(`${caller}: ${name(entry)} must be of ${known.join(' or ')}, got ${show(type)}`);
    }
  }
  for (const entry of ['in_channels', 'out_channels', 'layers_per_block', 'norm_num_groups'] as const)
    integer(caller, name(entry), config[entry]);
  if (config.layers_per_block > MAX_DEPTH) {
    throw new RangeError(
      `${caller}: ${name('layers_per_block')} must be at most ${MAX_DEPTH}, got ${config.layers_per_block}`,
    );
  }
  for (const entry of [
    'attention_head_dim',
    'attn_norm_num_groups',
    'time_embedding_dim',
    'num_class_embeds',
  ] as const) {
    const value = config[entry];
    if (value !== null) integer(caller, name(entry), value);
  }
  positive(caller, name('norm_eps'), config.norm_eps);
  if (config.time_embedding_type === 'learned')
    integer(caller, name('num_train_timesteps'), config.num_train_timesteps ?? 0);
  const size: unknown = config.sample_size;
  if (typeof size !== 'number' && !(Array.isArray(size) && size.length === 2))
    throw new TypeError(
      `${caller}: ${name('sample_size')} must be a number or height and width, got ${show(size)}`,
    );
  const { height, width } = pictureSize(config);
  integer(caller, name('sample_size'), height);
  integer(caller, name('sample_size'), width);
  const factor = scaled(1, channels.length - 1);
  if (height % factor !== 0 || width % factor !== 0) {
    throw new RangeError(
      `${caller}: ${name('sample_size')} must be a multiple of ${factor}, since it is halved from each of the ${channels.length} levels to the next, got ${height} x ${width}`,
    );
  }
  for (const n of channels) {
    if (n % groups !== 0)
      throw new RangeError(`${caller}: ${name('norm_num_groups')} must divide ${n} channels, got ${groups}`);
  }
  const middle = channels[channels.length - 1];
  const middleGroups = config.attn_norm_num_groups ?? groups;
  if (middle % middleGroups !== 0) {
    throw new RangeError(
      `${caller}: ${name('attn_norm_num_groups')} must divide ${middle} channels, got ${middleGroups}`,
    );
  }
  for (const n of attentionChannels(config)) {
    const head = config.attention_head_dim ?? n;
    if (n % head !== 0)
      throw new RangeError(`${caller}: ${name('attention_head_dim')} must divide ${n} channels, got ${head}`);
  }
  if (config.time_embedding_type === 'positional') checkFrequencies(caller, channels[0], config.freq_shift);
}

/** @throws RangeError unless sines and cosines of the time have frequencies. */
function checkFrequencies(caller: string, channels: number, shift: number): void {
  if (channels % 2 !== 0) {
    throw new RangeError(
      `${caller}: config.block_out_channels[0] must be even for sines and cosines of the time, got ${channels}`,
    );
  }
  if (!Number.isFinite(shift) || shift === channels / 2) {
    throw new RangeError(
      `${caller}: config.freq_shift must be a finite number other than ${channels / 2}, got ${show(shift)}`,
    );
  }
}

/** Channels of each block that has attention. */
function attentionChannels(config: UnetConfig): number[] {
  const {
    block_out_channels: channels,
    down_block_types,
    up_block_types,
    mid_block_type,
    add_attention,
  } = config;
  const levels = channels.length;
  const middle = mid_block_type !== null && add_attention ? [channels[levels - 1]] : [];
  return [
    ...middle,
    ...channels.filter(
      (_, level) =>
        down_block_types[level] === 'AttnDownBlock2D' ||
        up_block_types[levels - 1 - level] === 'AttnUpBlock2D',
    ),
  ];
}

function checkList(caller: string, name: string, list: unknown): void {
  if (!Array.isArray(list) || list.length === 0)
    throw new TypeError(`${caller}: ${name} must be a list that is not empty, got ${show(list)}`);
}
