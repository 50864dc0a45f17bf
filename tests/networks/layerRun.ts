import { LANES } from '../../src/abi/panels.js';
import { BACKWARD, FINISH, FIXED_ROW, FORWARD, PACK_ROW, START } from '../../src/abi/plan.js';
import type { Core } from '../../src/core/load.js';
import type { FeatureMap } from '../../src/networks/featureMap.js';
import { toRows } from '../../src/networks/layers.js';
import { SamplingPlacement, TrainingPlacement } from '../../src/networks/placement.js';
import { Activation, Plan } from '../../src/networks/plan.js';
import { PlannedNetwork } from '../../src/networks/planned.js';
import { embedding } from '../../src/networks/valueLayers.js';
import type { Values } from '../reference/imageLayers.js';

/** Adds a layer to a plan, over inputs [size] in panels, and returns its output in rows. */
export type Build = (plan: Plan, inputs: Record<string, Activation>) => Activation;

/** What a layer is given, by name. */
export interface Given {
  /** Rows [n, ...] each. */
  inputs: Record<string, Values>;
  parameters?: Record<string, Values>;
  /** Samples' labels, [n]. */
  labels?: ArrayLike<number>;
}

/** What a layer gives. */
export interface LayerRun {
  /** Outputs of the batch, and of each sample alone: rows [n, size]. */
  y: Float32Array;
  alone: Float32Array;
  /** Of inputs and of parameters, by name, row-major. */
  gradients: Record<string, Float32Array>;
}

const GUARD = 0xabcdef01;

/** An input as a picture. */
export function picture(plan: Plan, x: Activation, [, height, width, channels]: number[]): FeatureMap {
  return { x: toRows(plan, x), height, width, channels };
}

/**
 * A plan of one layer, run over n samples forward and backward, and over each sample alone. An input is a trained table with a row for
 * each sample, so that its gradient comes out as a parameter's does. Memory is NaN wherever nothing was written.
 *
 * @param dy gradient at the outputs, rows [n, size], of n samples
 * @throws Error if anything was written behind the gradients or the plan's memory
 */
export function runLayer(core: Core, n: number, given: Given, build: Build, dy: ArrayLike<number>): LayerRun {
  const { memory, wasm } = core;
  const { inputs, parameters = {}, labels = [] } = given;
  const plan = new Plan(core, new Activation(1, 'rows'), (layers) => {
    const tables = Object.entries(inputs).map(([name, { data }]) => {
      const table = { name: `input.${name}`, rows: n, size: data.length / n, index: 'levels' } as const;
      return [name, embedding(layers, table)];
    });
    return build(layers, Object.fromEntries(tables));
  });
  const network = new PlannedNetwork(plan);
  const source = (name: string) => {
    const [, input] = /^input\.(.*)\.weight$/.exec(name) ?? [];
    return input ? { key: input, of: inputs[input] } : { key: name, of: parameters[name] };
  };
  network.setTensors(
    Object.fromEntries(
      plan.parameters.map(({ name, shape }) => [
        name,
        { shape: [...shape], data: Float32Array.from(source(name).of.data) },
      ]),
    ),
  );

  network.beginTraining();
  const panels = Math.ceil(n / LANES);
  const training = new TrainingPlacement(plan, panels);
  const sampling = new SamplingPlacement(plan);
  const count = Math.ceil(plan.count / 4) * 4;
  const taken: number[] = [];
  const take = (bytes: number) => {
    const at = memory.take(bytes + 4);
    memory.u32(at, Math.floor(bytes / 4)).fill(0xffffffff);
    memory.u32(at + bytes, 1)[0] = GUARD;
    taken.push(at);
    return { at, isIntact: () => memory.u32(at + bytes, 1)[0] === GUARD };
  };
  const externals = take(8 * LANES * panels);
  const [levels, labelsAt] = [externals.at, externals.at + 4 * LANES * panels];
  const gradient = take(4 * count);
  const forTraining = take(training.bytes);
  const forSampling = take(sampling.bytes);

  const all = training.place(forTraining.at, network, { levels, labels: labelsAt });
  memory.u32(levels, n).set(Array.from({ length: n }, (_, s) => s));
  memory.u32(labelsAt, labels.length).set(Array.from(labels));
  memory.f32(gradient.at, count).fill(0);
  const size = plan.output.size;
  wasm.walk(all.list, START, 0, 0, false);
  wasm.walk(all.list, FORWARD, n, 0, false);
  const y = memory.f32(all.output, n * size).slice();
  memory.f32(all.dOutput, n * size).set(Float32Array.from(dy));
  const gradients = gradient.at - network.pointer;
  wasm.walk(all.list, BACKWARD, n, gradients, true);
  wasm.walk(all.list, FINISH, 0, gradients, false);
  const named = network.named(memory.f32(gradient.at, plan.count).slice());

  const { once, row } = sampling.place(forSampling.at, network, { levels, labels: labelsAt });
  const alone = new Float32Array(n * size);
  for (const { list } of [once, row]) wasm.walk(list, PACK_ROW, 0, 0, false);
  for (let s = 0; s < n; s++) {
    memory.u32(levels, 1)[0] = s;
    if (labels.length > 0) memory.u32(labelsAt, 1)[0] = labels[s];
    for (const { list } of [once, row]) wasm.walk(list, FIXED_ROW, 1, 0, false);
    alone.set(memory.f32(row.output, size), s * size);
  }
  const broken = [externals, gradient, forTraining, forSampling].filter(({ isIntact }) => !isIntact());
  for (const at of taken) memory.give(at);
  network.dispose();
  if (broken.length > 0) throw new Error('a layer wrote beyond its memory');
  return {
    y,
    alone,
    gradients: Object.fromEntries(Object.entries(named).map(([name, { data }]) => [source(name).key, data])),
  };
}

/** n numbers between -1 and 1 that look random, in float32. */
export function noise(n: number, seed: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => {
    const value = Math.sin(12.9898 * (i + 1) + 78.233 * (seed + 1)) * 43758.5453;
    return 2 * (value - Math.floor(value)) - 1;
  });
}

/** An array of that shape, of {@link noise}. */
export function values(shape: number[], seed: number, f: (value: number) => number = (v) => v): Values {
  return {
    shape,
    data: noise(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ).map(f),
  };
}
