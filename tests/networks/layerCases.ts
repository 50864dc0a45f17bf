import { conv } from '../../src/networks/convolution.js';
import { bias, dense, nextKeyOf, toRows } from '../../src/networks/layers.js';
import { attention, concatenate, groupNorm, upsample } from '../../src/networks/pictureLayers.js';
import type { Plan } from '../../src/networks/plan.js';
import { add, broadcast, embedding, silu } from '../../src/networks/valueLayers.js';
import type { Values } from '../reference/imageLayers.js';
import * as twin from '../reference/imageLayers.js';
import { type Build, type Given, picture, values } from './layerRun.js';

/** A layer of the library beside its twin. */
export interface LayerCase {
  given: Given;
  build: Build;
  /** The twin's output of other values under the names of inputs and parameters. */
  twin(of: Record<string, Values>): Values;
}

/** Values in another shape. */
const shaped = (shape: number[], { data }: Values): Values => ({ shape, data });

export interface ConvCase {
  x: Values;
  weight: Values;
  bias: Values;
  step?: number;
  pad?: number;
  shift?: Values;
  isLinear?: boolean;
}

export function convCase({ x, weight, bias: b, step = 1, pad, shift, isLinear }: ConvCase): LayerCase {
  const [, height, width] = x.shape;
  const [outputs, channels] = weight.shape;
  const side = (weight.shape[2] ?? 1) as 1 | 3;
  const before = pad ?? side >> 1;
  const behind = (size: number) => (Math.ceil(size / step) - 1) * step + side - size - before;
  return {
    given: { inputs: { x, ...(shift && { shift }) }, parameters: { 'conv.weight': weight, 'conv.bias': b } },
    build: (plan, inputs) => {
      const map = picture(plan, inputs.x, x.shape);
      const added = inputs.shift && { shift: toRows(plan, inputs.shift) };
      return conv(plan, map, { name: 'conv', outputs, side, step, pad, isLinear, ...added }).x;
    },
    twin: (of) => {
      const kernel = shaped([outputs, channels, side, side], of['conv.weight']);
      const padding: twin.Padding = [before, behind(height), before, behind(width)];
      const y = twin.conv2d(of.x, kernel, of['conv.bias'], { stride: step, padding });
      if (!of.shift) return y;
      const pixels = y.shape[1] * y.shape[2];
      const data = Float64Array.from(y.data, (value, i) => {
        const sample = Math.floor(i / (pixels * outputs));
        return value + of.shift.data[sample * outputs + (i % outputs)];
      });
      return { shape: y.shape, data };
    },
  };
}

export function groupNormCase(
  { x, weight, bias: b }: Record<'x' | 'weight' | 'bias', Values>,
  { groups, eps, silu: isSilu }: { groups: number; eps: number; silu: boolean },
): LayerCase {
  return {
    given: { inputs: { x }, parameters: { 'norm.weight': weight, 'norm.bias': b } },
    build: (plan, inputs) =>
      groupNorm(plan, picture(plan, inputs.x, x.shape), {
        ...{ name: 'norm', groups, epsilon: eps, silu: isSilu },
      }).x,
    twin: (of) => {
      const y = twin.groupNorm(of.x, of['norm.weight'], of['norm.bias'], { groups, eps });
      return isSilu ? twin.silu(y) : y;
    },
  };
}

export function upsampleCase(x: Values): LayerCase {
  return {
    given: { inputs: { x } },
    build: (plan, inputs) => upsample(plan, picture(plan, inputs.x, x.shape)).x,
    twin: (of) => twin.upsample(of.x),
  };
}

/** In rows, or in panels. */
export function siluCase(x: Values, form: 'rows' | 'panels'): LayerCase {
  return {
    given: { inputs: { x } },
    build: (plan, inputs) =>
      form === 'rows' ? silu(plan, toRows(plan, inputs.x)) : toRows(plan, silu(plan, inputs.x)),
    twin: (of) => twin.silu(of.x),
  };
}

/** q, k and v are [n, tokens, channels]. */
export function attentionCase(inputs: Record<'q' | 'k' | 'v', Values>, heads: number): LayerCase {
  const [n, tokens, channels] = inputs.q.shape;
  return {
    given: { inputs },
    build: (plan, of) => {
      const map = (name: string) => picture(plan, of[name], [n, 1, tokens, channels]);
      return attention(plan, { q: map('q'), k: map('k'), v: map('v'), heads }).x;
    },
    twin: (of) => twin.attentionCore(of.q, of.k, of.v, { heads }),
  };
}

export function concatenateCase(a: Values, b: Values): LayerCase {
  const [n, height, width, first] = a.shape;
  const second = b.shape[3];
  return {
    given: { inputs: { a, b } },
    build: (plan, of) => concatenate(plan, picture(plan, of.a, a.shape), picture(plan, of.b, b.shape)).x,
    twin: (of) => {
      const data = Float64Array.from({ length: n * height * width * (first + second) }, (_, i) => {
        const [pixel, c] = [Math.floor(i / (first + second)), i % (first + second)];
        return c < first ? of.a.data[pixel * first + c] : of.b.data[pixel * second + c - first];
      });
      return { shape: [n, height, width, first + second], data };
    },
  };
}

/** y + x, in rows or in panels; in panels x is broadcast first. */
export function addCase(y: Values, x: Values, form: 'rows' | 'panels'): LayerCase {
  return {
    given: { inputs: { y, x } },
    build: (plan, of) =>
      form === 'rows'
        ? add(plan, toRows(plan, of.y), toRows(plan, of.x))
        : toRows(plan, add(plan, of.y, broadcast(plan, of.x))),
    twin: (of) => ({ shape: y.shape, data: Array.from(of.y.data, (value, i) => value + of.x.data[i]) }),
  };
}

export function denseCase({ x, weight, bias: b }: Record<'x' | 'weight' | 'bias', Values>): LayerCase {
  const linear = (plan: Plan) => ({ name: 'dense', outputs: weight.shape[0], keyOf: nextKeyOf(plan) });
  return {
    given: { inputs: { x }, parameters: { 'dense.weight': weight, 'dense.bias': b } },
    build: (plan, of) => toRows(plan, bias(plan, dense(plan, of.x, linear(plan)))),
    twin: (of) => twin.dense(of.x, of['dense.weight'], of['dense.bias']),
  };
}

export function embeddingCase(labels: ArrayLike<number>, weight: Values): LayerCase {
  const [rows, size] = weight.shape;
  return {
    given: { inputs: {}, parameters: { 'table.weight': weight }, labels },
    build: (plan) => toRows(plan, embedding(plan, { name: 'table', rows, size, index: 'labels' })),
    twin: (of) => twin.embedding({ shape: [labels.length], data: labels }, of['table.weight']),
  };
}

/** Sizes of a case of random shape. */
export interface Sizes {
  n: number;
  height: number;
  width: number;
  channels: number;
  outputs: number;
  seed: number;
}

export const imageValues = ({ n, height, width, channels, seed }: Sizes): Values =>
  values([n, height, width, channels], seed);
