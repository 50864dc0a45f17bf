import { integer, show } from '../core/check.js';
import { exp, log } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { checkKey, foldIn, type Key, key as keyOf, normal } from '../core/random.js';
import { cos, sin } from '../core/trigonometry.js';
import { checkSize } from './networkConfig.js';
import { type Tensor, tensorOf } from './planned.js';
import { type Condition, type PictureShape, TimedNetwork } from './timedNetwork.js';
import { pictureSize, type UnetConfig, unetConfig } from './unetConfig.js';
import { timeNumbers, unetPlan } from './unetPlan.js';

/** Standard deviation of the random frequencies of a time, in turns: diffusers' scale. */
const FOURIER_SCALE = 16;
const FREQUENCIES = 'time_proj.weight';

/** A U-Net, block for block and name for name diffusers' `UNet2DModel`. */
export class Unet extends TimedNetwork {
  /** Names the kind in files. */
  readonly kind = 'unet';
  /** The sizes it was made with, by diffusers' names. */
  readonly config: Readonly<UnetConfig>;
  /** The size of a picture. */
  readonly shape: Readonly<PictureShape>;
  /** Labels that it knows; 0 for none. */
  readonly labels: number;
  /** Whether times must be positive, since their logarithm is taken. */
  override readonly isTimePositive: boolean;
  /** Of the time embedding `fourier`, which are not trained: [channels of the finest level]. */
  #frequencies = new Float32Array(0);

  constructor(core: Core, config: UnetConfig) {
    const plan = unetPlan(core, config);
    checkSize(plan.count);
    super(plan);
    this.config = config;
    this.shape = { ...pictureSize(config), channels: config.in_channels };
    this.labels = config.num_class_embeds ?? 0;
    this.isTimePositive = config.time_embedding_type === 'fourier';
  }

  /** Sines and cosines of the time, as diffusers computes them, in float32; of a table of times, the nearest row. */
  conditionOf(time: number): Condition {
    const { time_embedding_type: type, num_train_timesteps: rows, flip_sin_to_cos, freq_shift } = this.config;
    if (type === 'learned') {
      const row = Math.round(time);
      integer('unet', 'time', row, 0, (rows as number) - 1);
      return { numbers: new Float32Array(0), level: row };
    }
    const numbers = new Float32Array(timeNumbers(this.config));
    const half = numbers.length / 2;
    const { fround } = Math;
    for (let i = 0; i < half; i++) {
      const angle =
        type === 'fourier'
          ? fround(fround(fround(fround(log(time)) * this.#frequencies[i]) * 2) * fround(Math.PI))
          : fround(fround(time) * fround(exp(fround((-log(10000) * i) / (half - freq_shift)))));
      // Of random frequencies, diffusers puts sines first, whatever the setting says.
      const isCosineFirst = type === 'positional' && flip_sin_to_cos;
      numbers[isCosineFirst ? half + i : i] = sin(angle);
      numbers[isCosineFirst ? i : half + i] = cos(angle);
    }
    return { numbers, level: 0 };
  }

  /** With random frequencies of the time, `UNet2DModel` divides its output by the time. */
  override outputFactor(time: number): number {
    return this.config.time_embedding_type === 'fourier' ? 1 / time : 1;
  }

  /** Its parameters by name, with the shapes that files have, as copies. */
  override tensors(): Record<string, Tensor> {
    const tensors = super.tensors();
    if (this.config.time_embedding_type === 'fourier')
      tensors[FREQUENCIES] = { shape: [this.#frequencies.length], data: this.#frequencies.slice() };
    return tensors;
  }

  /** Takes copies of parameters of these names and shapes. */
  override setTensors(tensors: Record<string, Tensor>): void {
    if (this.config.time_embedding_type === 'fourier')
      this.#frequencies = tensorOf(tensors, FREQUENCIES, [this.config.block_out_channels[0]]).slice();
    super.setTensors(tensors);
  }

  /** Draws initial values of all parameters, and the frequencies of the time, as PyTorch's modules do. */
  initialise(key: Key): void {
    const [first] = this.config.block_out_channels;
    if (this.config.time_embedding_type === 'fourier')
      this.#frequencies = normal(this.core, foldIn(key, 2 ** 32 - 1), [first]).map((z) => FOURIER_SCALE * z);
    this.setParameters(this.initial(key));
  }
}

/** Options of {@link unet}. */
export interface UnetOptions {
  /**
   * Channels of each level, from the finest; each level but the first has half the size of the one before.
   * Default: [16, 32, 32].
   */
  channels?: readonly number[];
  /** Residual blocks of a level on the way down. Default: 1. */
  blocks?: number;
  /** Groups of a normalisation, a divisor of all channels. Default: 8. */
  groups?: number;
  /** Attention in the middle, on all of these levels and in the middle, or nowhere. Default: 'middle'. */
  attention?: 'none' | 'middle' | readonly number[];
  /** Classes that the network is told, 0 for none. Default: 0. */
  classes?: number;
  /** Of the initial values; default: key(0). */
  key?: Key;
}

/**
 * A new U-Net over pictures of one size, with initial values as PyTorch's, drawn by `key` (default key(0)). Its class is
 * `UNet2DModel` of diffusers under names of this library: {@link saveUnet} writes its files.
 *
 * With `classes`, the network has one label more: the last one says that the class is unknown.
 *
 * @param core the core that `loadCore` gave
 * @param shape the size of a picture
 * @throws RangeError if a size is out of range, or the picture cannot be halved as often as there are levels
 */
export function unet(core: Core, shape: PictureShape, options: UnetOptions = {}): Unet {
  const {
    channels = [16, 32, 32],
    blocks = 1,
    groups = 8,
    attention = 'middle',
    classes = 0,
    key = keyOf(0),
  } = options;
  checkKey('unet', key);
  integer('unet', 'classes', classes, 0);
  if (typeof attention === 'string' && attention !== 'none' && attention !== 'middle')
    throw new TypeError(
      `unet: attention must be 'none', 'middle' or a list of levels, got ${show(attention)}`,
    );
  const levels = typeof attention === 'string' ? [] : attention;
  for (const [name, list] of Object.entries({ channels, attention: levels }))
    if (!Array.isArray(list)) throw new TypeError(`unet: ${name} must be a list, got ${show(list)}`);
  for (const level of levels) integer('unet', 'attention', level, 0, channels.length - 1);
  const has = (level: number) => levels.includes(level);
  const config = unetConfig({
    sample_size: [shape.height, shape.width],
    in_channels: shape.channels,
    out_channels: shape.channels,
    block_out_channels: [...channels],
    layers_per_block: blocks,
    norm_num_groups: groups,
    add_attention: attention !== 'none',
    down_block_types: channels.map((_, level) => (has(level) ? 'AttnDownBlock2D' : 'DownBlock2D')),
    up_block_types: channels.map((_, i) => (has(channels.length - 1 - i) ? 'AttnUpBlock2D' : 'UpBlock2D')),
    num_class_embeds: classes > 0 ? classes + 1 : null,
  });
  const network = new Unet(core, config);
  try {
    network.initialise(key);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}
