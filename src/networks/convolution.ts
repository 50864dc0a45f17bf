// Convolutions of pictures, with PyTorch's names, shapes and initial values.
import { LANES } from '../abi/panels.js';
import { CONV, ConvField, WINOGRAD, WinogradField } from '../abi/plan.js';
import { type ConvSizes, takesWinograd } from './convChoice.js';
import { type FeatureMap, featureMap } from './featureMap.js';
import { linearInitial, nextKeyOf } from './layers.js';
import {
  type Activation,
  type Gradient,
  type Operation,
  type Parameter,
  type Plan,
  Workspace,
} from './plan.js';

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

/** A convolution with bias. With `step` 2 the output has half the size, rounded up. */
export function conv(plan: Plan, map: FeatureMap, options: ConvOptions): FeatureMap {
  const { name, outputs, side, step = 1, pad = side >> 1, shift, isLinear = false } = options;
  const { x, height, width, channels } = map;
  const y = featureMap(Math.ceil(height / step), Math.ceil(width / step), outputs);
  const taps = side * side;
  const keyOf = nextKeyOf(plan);
  const shape = isLinear ? [outputs, channels] : [outputs, channels, side, side];
  const axes = isLinear ? [1, 0] : [2, 3, 1, 0];
  const W = plan.parameter(`${name}.weight`, shape, linearInitial(taps * channels, keyOf, 0, shape), axes);
  const BIAS = plan.parameter(`${name}.bias`, [outputs], linearInitial(taps * channels, keyOf, 1, [outputs]));
  const given = {
    ...{ HEIGHT: height, WIDTH: width, CHANNELS: channels, OUT_CHANNELS: outputs },
    ...{ X: x, Y: y.x, DY: y.x.gradient, W, BIAS, ...(x.isTrained && { DX: x.gradient }) },
    ...(shift && { SHIFT: shift, DSHIFT: shift.gradient }),
  };
  const sizes = { height, width, channels, outputs, side, step, pad };
  const about: About = {
    reads: shift ? [x, shift] : [x],
    writes: [y.x],
    form: 'rows',
    backwardReads: ['X'],
    multiplyAdds: y.height * y.width * taps * channels * outputs,
  };
  if (takesWinograd(sizes)) addWinograd(plan, sizes, given, about);
  else addDirect(plan, sizes, y, given, about);
  return y;
}

/** Operands that both ways of computing a convolution have. */
interface Given {
  HEIGHT: number;
  WIDTH: number;
  CHANNELS: number;
  OUT_CHANNELS: number;
  X: Activation;
  Y: Activation;
  DY: Gradient;
  W: Parameter;
  BIAS: Parameter;
  DX?: Gradient;
  SHIFT?: Activation;
  DSHIFT?: Gradient;
}

/** What an operation says beside its operands. */
type About = Pick<Operation<'X'>, 'reads' | 'writes' | 'form' | 'backwardReads' | 'multiplyAdds'>;

/** Adds the convolution as a product of patches and the kernel. */
function addDirect(
  plan: Plan,
  { height, width, channels, outputs, side, step, pad }: ConvSizes,
  y: FeatureMap,
  given: Given,
  about: About,
): void {
  const { wasm } = plan.core;
  const padded = (size: number) => (size - 1) * step + side;
  const picture = Math.max(
    padded(y.height) * padded(y.width) * channels,
    (height + side - 1) * (width + side - 1) * outputs,
    step > 1 ? (y.height + 2 * side) * (y.width + 2 * side) * outputs : 0,
  );
  const work = 4 * (picture + wasm.packedColumns(outputs) + wasm.packedColumns(channels) + 2 * LANES);
  plan.operation({
    ...about,
    code: CONV,
    tangents: 'own',
    fields: ConvField,
    operands: {
      ...given,
      ...{ OUT_HEIGHT: y.height, OUT_WIDTH: y.width, SIDE: side, STEP: step, PAD: pad },
      STRIPS: plan.buffer(wasm.kernelBytes(side, channels, outputs)),
      PLACES: plan.buffer(4 * y.height * y.width),
      ...(given.DX && {
        BACK_STRIPS: plan.trainingBuffer(wasm.kernelBytes(side, outputs, channels)),
        BACK_PLACES: plan.trainingBuffer(4 * height * width),
      }),
      WORK: new Workspace('working', () => work),
    },
  });
}

/**
 * For each number of a kernel, what its 36 transforms cost a leaf in multiply-adds: they are read for the first time, and those
 * of the gradient emptied, added to and transformed back. Leaves of four 28 x 28 pictures take 8 % longer than half of eight.
 */
const TRANSFORM_MULTIPLY_ADDS = 1300;

/** Adds the convolution by Winograd's transforms. */
function addWinograd(plan: Plan, { channels, outputs }: ConvSizes, given: Given, about: About): void {
  const { wasm } = plan.core;
  const work = wasm.winogradWorkBytes(channels, outputs);
  plan.operation({
    ...about,
    code: WINOGRAD,
    tangents: 'own',
    fields: WinogradField,
    operands: {
      ...given,
      KERNEL: plan.buffer(wasm.winogradKernelBytes(channels, outputs)),
      ...(given.DX && { BACK_KERNEL: plan.trainingBuffer(wasm.winogradKernelBytes(outputs, channels)) }),
      WORK: new Workspace('working', () => work),
      DU: new Workspace('scratch', () => wasm.winogradKernelBytes(channels, outputs)),
    },
    leafMultiplyAdds: TRANSFORM_MULTIPLY_ADDS * 9 * channels * outputs,
  });
}
