// Layers of pictures beside convolutions: functions that each add operations and parameters to a plan and return the output, as those of
// `layers.ts` do. Parameters have PyTorch's names, shapes and initial values.
import { LANES } from '../abi/panels.js';
import {
  ATTENTION,
  AttentionField,
  CONCATENATE,
  ConcatenateField,
  GROUP_NORM,
  GroupNormField,
  UPSAMPLE,
  UpsampleField,
} from '../abi/plan.js';
import { type FeatureMap, featureMap } from './featureMap.js';
import { type Plan, Workspace } from './plan.js';

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
    tangents: 'own',
    fields: GroupNormField,
    operands: {
      ...{ PIXELS: height * width, CHANNELS: channels, GROUPS: groups, EPSILON: floatBits(epsilon) },
      ...{ SILU: silu ? 1 : 0, X: x, Y: y.x, DX: x.gradient, DY: y.x.gradient },
      ...{ GAMMA: constant('weight', 1), BETA: constant('bias', 0) },
      MOMENTS: new Workspace('kept', (panels) => 4 * panels * LANES * 2 * channels + 16),
      ...(silu && { SLOPE: new Workspace('kept', (panels) => 4 * panels * LANES * x.size + 32) }),
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
    tangents: 'as samples',
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
    tangents: 'as samples',
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
    tangents: 'own',
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
