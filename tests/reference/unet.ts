// diffusers' `UNet2DModel` in float64, from the layers of imageLayers.ts.
import type { UnetConfig } from '../../src/networks/unetConfig.js';
import { attentionCore, conv2d, dense, groupNorm, silu, upsample, type Values } from './imageLayers.js';

/** Parameters under PyTorch's names. */
export type Parameters = Record<string, Values>;

const plus = (a: Values, b: Values): Values => ({
  shape: a.shape,
  data: Float64Array.from(a.data, (value, i) => value + b.data[i]),
});

/** The channels of a, then those of b, of each pixel. */
function concatenate(a: Values, b: Values): Values {
  const [n, height, width, first] = a.shape;
  const channels = first + b.shape[3];
  const data = Float64Array.from({ length: n * height * width * channels }, (_, i) => {
    const [pixel, c] = [Math.floor(i / channels), i % channels];
    return c < first ? a.data[pixel * first + c] : b.data[pixel * (channels - first) + c - first];
  });
  return { shape: [n, height, width, channels], data };
}

/**
 * The output of pictures x [n, h, w, c], whose times are described by `numbers` [n, size of the finest level], before it is divided by
 * the time; labels [n] where the configuration knows classes.
 */
export function unet(
  config: UnetConfig,
  parameters: Parameters,
  { x, numbers, labels }: { x: Values; numbers: Values; labels?: ArrayLike<number> },
): Values {
  const { norm_num_groups, norm_eps: eps, downsample_padding: pad, layers_per_block } = config;
  const levels = config.block_out_channels.length;
  const linear = (name: string, v: Values) =>
    dense(v, parameters[`${name}.weight`], parameters[`${name}.bias`]);
  const norm = (name: string, v: Values, groups = norm_num_groups) =>
    groupNorm(v, parameters[`${name}.weight`], parameters[`${name}.bias`], { groups, eps });
  const conv = (name: string, v: Values, stride = 1, before = 1) => {
    const side = parameters[`${name}.weight`].shape[2];
    return conv2d(v, parameters[`${name}.weight`], parameters[`${name}.bias`], {
      ...{ stride, padding: side === 1 ? [0, 0, 0, 0] : [before, 1, before, 1] },
    });
  };

  let embedded = linear('time_embedding.linear_2', silu(linear('time_embedding.linear_1', numbers)));
  if (labels) {
    const table = parameters['class_embedding.weight'];
    const width = table.shape[1];
    const row = (i: number) => table.data[labels[Math.floor(i / width)] * width + (i % width)];
    embedded = { ...embedded, data: Float64Array.from(embedded.data, (value, i) => value + row(i)) };
  }
  embedded = silu(embedded);

  const residual = (name: string, v: Values): Values => {
    const first = conv(`${name}.conv1`, silu(norm(`${name}.norm1`, v)));
    const shift = linear(`${name}.time_emb_proj`, embedded);
    const [, height, width, channels] = first.shape;
    const shifted = Float64Array.from(first.data, (value, i) => {
      const sample = Math.floor(i / (height * width * channels));
      return value + shift.data[sample * channels + (i % channels)];
    });
    const second = conv(`${name}.conv2`, silu(norm(`${name}.norm2`, { shape: first.shape, data: shifted })));
    return plus(second, parameters[`${name}.conv_shortcut.weight`] ? conv(`${name}.conv_shortcut`, v) : v);
  };
  const attention = (name: string, v: Values, groups?: number): Values => {
    const [n, height, width, channels] = v.shape;
    const pixels = {
      shape: [n * height * width, channels],
      data: norm(`${name}.group_norm`, v, groups).data,
    };
    const tokens = (of: string) => ({
      shape: [n, height * width, channels],
      data: linear(`${name}.${of}`, pixels).data,
    });
    const heads = channels / (config.attention_head_dim ?? channels);
    const mixed = attentionCore(tokens('to_q'), tokens('to_k'), tokens('to_v'), { heads });
    return plus(v, linear(`${name}.to_out.0`, { shape: pixels.shape, data: mixed.data }));
  };

  let h = config.center_input_sample ? { ...x, data: Float64Array.from(x.data, (v) => 2 * v - 1) } : x;
  h = conv('conv_in', h);
  const skips = [h];
  for (let level = 0; level < levels; level++) {
    const name = `down_blocks.${level}`;
    for (let i = 0; i < layers_per_block; i++) {
      h = residual(`${name}.resnets.${i}`, h);
      if (config.down_block_types[level] === 'AttnDownBlock2D') h = attention(`${name}.attentions.${i}`, h);
      skips.push(h);
    }
    if (level < levels - 1) {
      h = conv(`${name}.downsamplers.0.conv`, h, 2, pad);
      skips.push(h);
    }
  }
  if (config.mid_block_type !== null) {
    h = residual('mid_block.resnets.0', h);
    if (config.add_attention)
      h = attention('mid_block.attentions.0', h, config.attn_norm_num_groups ?? undefined);
    h = residual('mid_block.resnets.1', h);
  }
  for (let i = 0; i < levels; i++) {
    const name = `up_blocks.${i}`;
    for (let layer = 0; layer <= layers_per_block; layer++) {
      h = residual(`${name}.resnets.${layer}`, concatenate(h, skips.pop() as Values));
      if (config.up_block_types[i] === 'AttnUpBlock2D') h = attention(`${name}.attentions.${layer}`, h);
    }
    if (i < levels - 1) h = conv(`${name}.upsamplers.0.conv`, upsample(h));
  }
  return conv('conv_out', silu(norm('conv_norm_out', h)));
}
