// Layers of pictures: functions that each add operations and parameters to a plan and return the output, as those of
// `layers.ts` do. Parameters have PyTorch's names, shapes and initial values.
import { LANES } from '../abi/panels.js';
import {
  ATTENTION,
  AttentionField,
  CONCATENATE,
  CONV,
  ConcatenateField,
  ConvField,
  GROUP_NORM,
  GroupNormField,
  UPSAMPLE,
  UpsampleField,
  WINOGRAD,
  WinogradField,
} from '../abi/plan.js';
import { linearInitial, nextKeyOf } from './layers.js';
import { Activation, type Plan, Workspace } from './plan.js';

/** Pictures as an activation: rows [height][width][channels]. */
export interface FeatureMap {
  x: Activation;
  height: number;
  width: number;
  channels: number;
}

/** A feature map that no operation has written yet. */
function featureMap(height: number, width: number, channels: number): FeatureMap {
  return { x: new Activation(height * width * channels, 'rows'), height, width, channels };
}

export interface ConvOptions {
  /** Its parameters are `name.weight` [outputs, inputs, side, side] and `name.bias` [outputs]. */
  name: string;
  /** Output channels. */
  outputs: number;
  /** Pixels of a side of the kernel. */
  side: 1 | 3;
  /** Input pixels from one output pixel to the next. Default: 1. */
  step?: number;
  /** Zeros above and to the left; those below and to the right are as many as the output's size asks for. Default: side >> 1. */
  pad?: number;
  /** Added to each channel of a sample: rows [outputs]. */
  shift?: Activation;
  /** Whether the weight has shape [outputs, inputs], as a linear layer's of each pixel. Default: false. */
  isLinear?: boolean;
}

/** Channels of a picture's pixel, at most, that Winograd's transforms can take: a piece of the smallest size fills a line. */
const MOST_WINOGRAD_CHANNELS = 1024;

/**
 * Whether Winograd's F(4x4, 3x3) computes a convolution: it takes 36 products for the 144 of a tile of 16 pixels, whole vectors
 * of channels only, and loses to the direct product where pictures fill little of their tiles.
 */
function isWinograd(
  { height, width, channels }: FeatureMap,
  { outputs, side, step = 1, pad = 1 }: ConvOptions,
) {
  return (
    side === 3 &&
    step === 1 &&
    pad === 1 &&
    channels % LANES === 0 &&
    outputs % LANES === 0 &&
    Math.max(channels, outputs) <= MOST_WINOGRAD_CHANNELS &&
    Math.min(height, width) > 2
  );
}

/**
 * For each number of a kernel, what its 36 transforms cost a leaf in multiply-adds: they are read for the first time, and those
 * of the gradient emptied, added to and transformed back. Leaves of four 28 x 28 pictures take 8 % longer than half of eight.
 */
const TRANSFORM_MULTIPLY_ADDS = 1300;

/** A convolution with bias. With `step` 2 the output has half the size, rounded up. */
export function conv(plan: Plan, map: FeatureMap, options: ConvOptions): FeatureMap {
  const { name, outputs, side, step = 1, pad = side >> 1, shift, isLinear = false } = options;
  const { wasm } = plan.core;
  const { x, height, width, channels } = map;
  const y = featureMap(Math.ceil(height / step), Math.ceil(width / step), outputs);
  const taps = side * side;
  const keyOf = nextKeyOf(plan);
  const shape = isLinear ? [outputs, channels] : [outputs, channels, side, side];
  const axes = isLinear ? [1, 0] : [2, 3, 1, 0];
  const W = plan.parameter(`${name}.weight`, shape, linearInitial(taps * channels, keyOf, 0, shape), axes);
  const BIAS = plan.parameter(`${name}.bias`, [outputs], linearInitial(taps * channels, keyOf, 1, [outputs]));
  const common = {
    ...{ HEIGHT: height, WIDTH: width, CHANNELS: channels, OUT_CHANNELS: outputs },
    ...{ X: x, Y: y.x, DY: y.x.gradient, W, BIAS, ...(x.isTrained && { DX: x.gradient }) },
    ...(shift && { SHIFT: shift, DSHIFT: shift.gradient }),
  };
  const about = {
    reads: shift ? [x, shift] : [x],
    writes: [y.x],
    form: 'rows',
    multiplyAdds: y.height * y.width * taps * channels * outputs,
  } as const;
  if (isWinograd(map, options)) {
    const work = wasm.winogradWorkBytes(channels, outputs);
    plan.operation({
      code: WINOGRAD,
      fields: WinogradField,
      operands: {
        ...common,
        KERNEL: plan.buffer(wasm.winogradKernelBytes(channels, outputs)),
        ...(x.isTrained && { BACK_KERNEL: plan.buffer(wasm.winogradKernelBytes(outputs, channels)) }),
        WORK: new Workspace('working', () => work),
      },
      backwardReads: ['X'],
      leafMultiplyAdds: TRANSFORM_MULTIPLY_ADDS * taps * channels * outputs,
      ...about,
    });
    return y;
  }
  const padded = (size: number) => (size - 1) * step + side;
  const picture = Math.max(
    padded(y.height) * padded(y.width) * channels,
    (height + side - 1) * (width + side - 1) * outputs,
    step > 1 ? (y.height + 2 * side) * (y.width + 2 * side) * outputs : 0,
  );
  const work = 4 * (picture + wasm.packedColumns(outputs) + wasm.packedColumns(channels) + 2 * LANES);
  plan.operation({
    code: CONV,
    fields: ConvField,
    operands: {
      ...common,
      ...{ OUT_HEIGHT: y.height, OUT_WIDTH: y.width, SIDE: side, STEP: step, PAD: pad },
      STRIPS: plan.buffer(wasm.kernelBytes(side, channels, outputs)),
      PLACES: plan.buffer(4 * y.height * y.width),
      ...(x.isTrained && {
        BACK_STRIPS: plan.buffer(wasm.kernelBytes(side, outputs, channels)),
        BACK_PLACES: plan.buffer(4 * height * width),
      }),
      WORK: new Workspace('working', () => work),
    },
    backwardReads: ['X'],
    ...about,
  });
  return y;
}

export interface GroupNormOptions {
  /** Its parameters are `name.weight` and `name.bias`, [channels] both. */
  name: string;
  groups: number;
  epsilon: number;
  /** Whether SiLU follows. */
  silu: boolean;
}

/** Group normalisation, with SiLU behind it or without. */
export function groupNorm(plan: Plan, map: FeatureMap, options: GroupNormOptions): FeatureMap {
  const { name, groups, epsilon, silu } = options;
  const { x, height, width, channels } = map;
  const y = featureMap(height, width, channels);
  const work = plan.core.wasm.groupNormBytes(channels);
  const constant = (parameter: string, value: number) =>
    plan.parameter(`${name}.${parameter}`, [channels], () => new Float32Array(channels).fill(value));
  plan.operation({
    code: GROUP_NORM,
    fields: GroupNormField,
    operands: {
      ...{ PIXELS: height * width, CHANNELS: channels, GROUPS: groups, EPSILON: floatBits(epsilon) },
      ...{ SILU: silu ? 1 : 0, X: x, Y: y.x, DX: x.gradient, DY: y.x.gradient },
      ...{ GAMMA: constant('weight', 1), BETA: constant('bias', 0) },
      MOMENTS: new Workspace('kept', (panels) => 4 * panels * LANES * 2 * channels + 16),
      WORK: new Workspace('working', () => work),
    },
    reads: [x],
    writes: [y.x],
    form: 'rows',
    backwardReads: ['X'],
  });
  return y;
}

/** Each pixel four times, in twice the height and width. */
export function upsample(plan: Plan, { x, height, width, channels }: FeatureMap): FeatureMap {
  const y = featureMap(2 * height, 2 * width, channels);
  plan.operation({
    code: UPSAMPLE,
    fields: UpsampleField,
    operands: {
      ...{ HEIGHT: height, WIDTH: width, CHANNELS: channels },
      ...{ X: x, Y: y.x, DX: x.gradient, DY: y.x.gradient },
    },
    reads: [x],
    writes: [y.x],
    form: 'rows',
  });
  return y;
}

/** The channels of a, then those of b. */
export function concatenate(plan: Plan, a: FeatureMap, b: FeatureMap): FeatureMap {
  const y = featureMap(a.height, a.width, a.channels + b.channels);
  plan.operation({
    code: CONCATENATE,
    fields: ConcatenateField,
    operands: {
      ...{
        PIXELS: a.height * a.width,
        A_CHANNELS: a.channels,
        B_CHANNELS: b.channels,
        A: a.x,
        B: b.x,
        Y: y.x,
      },
      ...{ DA: a.x.gradient, DB: b.x.gradient, DY: y.x.gradient },
    },
    reads: [a.x, b.x],
    writes: [y.x],
    form: 'rows',
  });
  return y;
}

/**
 * Self-attention of pixels by heads: softmax(q k^T / sqrt(channels of a head)) v.
 *
 * @throws RangeError if the weights of a head, a number for each pair of pixels, are more than WebAssembly can address
 */
export function attention(
  plan: Plan,
  { q, k, v, heads }: { q: FeatureMap; k: FeatureMap; v: FeatureMap; heads: number },
): FeatureMap {
  const { height, width, channels } = q;
  const pixels = height * width;
  const depth = channels / heads;
  const y = featureMap(height, width, channels);
  const head = 4 * pixels * LANES * Math.ceil(pixels / LANES);
  const work = plan.core.wasm.attentionBytes(pixels, depth);
  // WebAssembly's sizes are signed: the first beyond 2 GiB come out negative, larger ones as if they were small.
  if (head >= 2 ** 31 || work < 0) {
    throw new RangeError(
      `unet: attention over ${height} x ${width} pixels needs more than 2 GiB; have it on coarser levels alone`,
    );
  }
  plan.operation({
    code: ATTENTION,
    fields: AttentionField,
    operands: {
      ...{ PIXELS: pixels, HEADS: heads, DEPTH: depth, SCALE: floatBits(1 / Math.sqrt(depth)) },
      ...{ Q: q.x, K: k.x, V: v.x, Y: y.x },
      ...{ DQ: q.x.gradient, DK: k.x.gradient, DV: v.x.gradient, DY: y.x.gradient },
      WEIGHTS: new Workspace('kept', (panels) => panels * LANES * heads * head),
      WORK: new Workspace('working', () => work),
    },
    reads: [q.x, k.x, v.x],
    writes: [y.x],
    form: 'rows',
    backwardReads: ['Q', 'K', 'V'],
    multiplyAdds: 2 * pixels * pixels * channels,
  });
  return y;
}

/** The word that holds a float32: records hold words. */
function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}
