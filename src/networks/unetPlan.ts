// A U-Net as a plan, block for block and name for name diffusers' `UNet2DModel`: residual blocks of two convolutions, halved on
// the way down and doubled on the way up, where each joins what the way down left at its size (Ronneberger and others,
// "U-Net: convolutional networks for biomedical image segmentation", 2015; Ho and others, "Denoising diffusion probabilistic
// models", 2020, appendix B).
import type { Core } from '../core/instantiate.js';
import { conv } from './convolution.js';
import type { FeatureMap } from './featureMap.js';
import { bias, dense, fork, nextKeyOf, toRows } from './layers.js';
import { attention, concatenate, groupNorm, upsample } from './pictureLayers.js';
import { Activation, Plan } from './plan.js';
import { pictureSize, type UnetConfig } from './unetConfig.js';
import { add, embedding, recentre, silu } from './valueLayers.js';

/** Numbers that describe a time to the network: none where a trained table does. */
export function timeNumbers({ time_embedding_type: type, block_out_channels: [first] }: UnetConfig): number {
  if (type === 'learned') return 0;
  return type === 'fourier' ? 2 * first : first;
}

/** The plan of a U-Net: rows [height][width][channels] in and out. Its noise input, where it has one, is the time's numbers. */
export function unetPlan(core: Core, config: UnetConfig): Plan {
  const { height, width } = pictureSize(config);
  const input = new Activation(height * width * config.in_channels, 'rows');
  const numbers = timeNumbers(config);
  const noise = numbers > 0 ? new Activation(numbers) : undefined;
  return new Plan(core, input, (plan) => new UnetBuilder(plan, config, noise).build(), noise);
}

/** Adds the blocks to a plan. Names are those of PyTorch's modules. */
class UnetBuilder {
  readonly #plan: Plan;
  readonly #config: UnetConfig;
  /** SiLU of the embedded time and label, from which each residual block takes its shift. */
  #embedded: Activation;
  /** Residual blocks still to come. */
  #blocksLeft: number;
  /** What the way down leaves for the way up. */
  readonly #skips: FeatureMap[] = [];

  constructor(plan: Plan, config: UnetConfig, noise?: Activation) {
    this.#plan = plan;
    this.#config = config;
    const { block_out_channels, layers_per_block, mid_block_type } = config;
    this.#blocksLeft =
      block_out_channels.length * (2 * layers_per_block + 1) + (mid_block_type === null ? 0 : 2);
    this.#embedded = this.#embed(noise);
  }

  build(): Activation {
    const { input } = this.#plan;
    const { in_channels, out_channels, block_out_channels: channels, center_input_sample } = this.#config;
    const { height, width } = pictureSize(this.#config);
    const x = center_input_sample ? recentre(this.#plan, input) : input;
    let map: FeatureMap = { x, height, width, channels: in_channels };
    map = this.#leave(this.#conv('conv_in', map, channels[0]));
    channels.forEach((outputs, level) => {
      map = this.#down(level, map, outputs);
    });
    map = this.#middle(map);
    channels.forEach((_, i) => {
      map = this.#up(i, map);
    });
    map = this.#norm('conv_norm_out', map, true);
    return this.#conv('conv_out', map, out_channels).x;
  }

  /** The time's numbers, through two linear layers, and the label's row of a table, then SiLU. */
  #embed(noise?: Activation): Activation {
    const {
      block_out_channels: channels,
      time_embedding_dim,
      num_class_embeds,
      num_train_timesteps,
    } = this.#config;
    const size = time_embedding_dim ?? 4 * channels[0];
    const numbers =
      noise ??
      embedding(this.#plan, {
        name: 'time_proj',
        rows: num_train_timesteps as number,
        size: channels[0],
        index: 'levels',
      });
    const hidden = silu(this.#plan, this.#linear('time_embedding.linear_1', numbers, size));
    const time = this.#linear('time_embedding.linear_2', hidden, size);
    if (num_class_embeds !== null) {
      const label = { name: 'class_embedding', rows: num_class_embeds, size, index: 'labels' } as const;
      add(this.#plan, time, embedding(this.#plan, label));
    }
    return silu(this.#plan, time);
  }

  #down(level: number, map: FeatureMap, outputs: number): FeatureMap {
    const {
      down_block_types: types,
      layers_per_block,
      block_out_channels,
      downsample_padding: pad,
    } = this.#config;
    const name = `down_blocks.${level}`;
    let y = map;
    for (let i = 0; i < layers_per_block; i++) {
      y = this.#residual(`${name}.resnets.${i}`, y, outputs);
      if (types[level] === 'AttnDownBlock2D') y = this.#attention(`${name}.attentions.${i}`, y);
      y = this.#leave(y);
    }
    if (level === block_out_channels.length - 1) return y;
    const halved = { name: `${name}.downsamplers.0.conv`, outputs, side: 3, step: 2, pad } as const;
    return this.#leave(conv(this.#plan, y, halved));
  }

  #middle(map: FeatureMap): FeatureMap {
    const { mid_block_type, add_attention, attn_norm_num_groups } = this.#config;
    if (mid_block_type === null) return map;
    let y = this.#residual('mid_block.resnets.0', map, map.channels);
    if (add_attention) y = this.#attention('mid_block.attentions.0', y, attn_norm_num_groups ?? undefined);
    return this.#residual('mid_block.resnets.1', y, map.channels);
  }

  /** Block i of the way up, from the coarsest level. */
  #up(i: number, map: FeatureMap): FeatureMap {
    const { up_block_types: types, layers_per_block, block_out_channels } = this.#config;
    const name = `up_blocks.${i}`;
    const level = block_out_channels.length - 1 - i;
    let y = map;
    for (let layer = 0; layer <= layers_per_block; layer++) {
      const joined = concatenate(this.#plan, y, this.#skips.pop() as FeatureMap);
      y = this.#residual(`${name}.resnets.${layer}`, joined, block_out_channels[level]);
      if (types[i] === 'AttnUpBlock2D') y = this.#attention(`${name}.attentions.${layer}`, y);
    }
    if (level === 0) return y;
    return this.#conv(`${name}.upsamplers.0.conv`, upsample(this.#plan, y), y.channels);
  }

  /** x' + conv(SiLU(norm(conv(SiLU(norm(x))) + shift))), x' being x, or a 1x1 convolution of it where channels change. */
  #residual(name: string, map: FeatureMap, outputs: number): FeatureMap {
    const [around, through] = this.#fork(map);
    const shift = this.#shift(`${name}.time_emb_proj`, outputs);
    const first = conv(this.#plan, this.#norm(`${name}.norm1`, through, true), {
      ...{ name: `${name}.conv1`, outputs, side: 3, shift },
    });
    const second = this.#conv(`${name}.conv2`, this.#norm(`${name}.norm2`, first, true), outputs);
    const shortcut = { name: `${name}.conv_shortcut`, outputs, side: 1 } as const;
    const x = map.channels === outputs ? around : conv(this.#plan, around, shortcut);
    return { ...second, x: add(this.#plan, second.x, x.x) };
  }

  /** x + out(attention(q, k, v)) of norm(x). */
  #attention(name: string, map: FeatureMap, groups?: number): FeatureMap {
    const [around, through] = this.#fork(map);
    const [q, rest] = this.#fork(this.#norm(`${name}.group_norm`, through, false, groups));
    const [k, v] = this.#fork(rest);
    const linear = (of: string, x: FeatureMap) =>
      conv(this.#plan, x, { name: `${name}.${of}`, outputs: map.channels, side: 1, isLinear: true });
    const heads = map.channels / (this.#config.attention_head_dim ?? map.channels);
    const mixed = attention(this.#plan, {
      q: linear('to_q', q),
      k: linear('to_k', k),
      v: linear('to_v', v),
      heads,
    });
    const y = linear('to_out.0', mixed);
    return { ...y, x: add(this.#plan, y.x, around.x) };
  }

  /** The shift of each channel that the time and the label ask for: rows [outputs]. */
  #shift(name: string, outputs: number): Activation {
    this.#blocksLeft--;
    let own = this.#embedded;
    if (this.#blocksLeft > 0) [own, this.#embedded] = fork(this.#plan, this.#embedded);
    return toRows(this.#plan, this.#linear(name, own, outputs));
  }

  /** Keeps a copy for the way up. */
  #leave(map: FeatureMap): FeatureMap {
    const [own, kept] = this.#fork(map);
    this.#skips.push(kept);
    return own;
  }

  #fork(map: FeatureMap): [FeatureMap, FeatureMap] {
    const [x, y] = fork(this.#plan, map.x);
    return [
      { ...map, x },
      { ...map, x: y },
    ];
  }

  #conv(name: string, map: FeatureMap, outputs: number): FeatureMap {
    return conv(this.#plan, map, { name, outputs, side: 3 });
  }

  #norm(name: string, map: FeatureMap, silu: boolean, groups = this.#config.norm_num_groups): FeatureMap {
    return groupNorm(this.#plan, map, { name, groups, epsilon: this.#config.norm_eps, silu });
  }

  #linear(name: string, x: Activation, outputs: number): Activation {
    return bias(this.#plan, dense(this.#plan, x, { name, outputs, keyOf: nextKeyOf(this.#plan) }));
  }
}
