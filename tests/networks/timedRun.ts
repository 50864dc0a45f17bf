import { LANES } from '../../src/abi/panels.js';
import { BACKWARD, FINISH, FORWARD, START } from '../../src/abi/plan.js';
import { TrainingPlacement } from '../../src/networks/placement.js';
import type { TimedNetwork } from '../../src/networks/timedNetwork.js';

/** What a network is given: rows x [n, dim], times and labels [n]. */
export interface TimedBatch {
  x: Float32Array;
  times: ArrayLike<number>;
  labels?: ArrayLike<number>;
}

/** Outputs of the plan, rows [n, size], and every gradient by name, row-major. */
export interface TimedRun {
  y: Float32Array;
  gradients: Record<string, Float32Array>;
}

/**
 * One block of a training's forward and backward passes. Memory is NaN wherever nothing was written, but for the noise's numbers.
 *
 * @param dyOf the gradient at the plan's outputs, of these
 */
export function runTimed(
  network: TimedNetwork,
  { x, times, labels = [] }: TimedBatch,
  dyOf: (y: Float32Array) => ArrayLike<number>,
): TimedRun {
  const { core, plan } = network;
  network.beginTraining();
  const { memory, wasm } = core;
  const n = times.length;
  const panels = Math.ceil(n / LANES);
  const placement = new TrainingPlacement(plan, panels);
  const externals = memory.take(8 * LANES * panels);
  const gradient = memory.take(4 * plan.count + 16);
  const at = memory.take(placement.bytes);
  memory.u32(at, placement.bytes / 4).fill(0xffffffff);
  memory.f32(gradient, plan.count).fill(0);
  const labelsAt = externals + 4 * LANES * panels;
  const placed = placement.place(at, network, { levels: externals, labels: labelsAt });
  memory.f32(placed.input, n * network.dim).set(x);
  memory.f32(placed.noise, (panels * placed.noiseStride) / 4).fill(0);
  for (let s = 0; s < n; s++) {
    const { numbers, level } = network.conditionOf(times[s]);
    memory.u32(externals, n)[s] = level;
    memory.u32(labelsAt, n)[s] = labels[s] ?? 0;
    const panel = placed.noise + Math.floor(s / LANES) * placed.noiseStride;
    numbers.forEach((value, i) => {
      memory.f32(panel, LANES * numbers.length)[LANES * i + (s % LANES)] = value;
    });
  }
  wasm.walk(placed.list, START, 0, 0, false);
  wasm.walk(placed.list, FORWARD, n, 0, false);
  const size = n * plan.output.size;
  const y = memory.f32(placed.output, size).slice();
  memory.f32(placed.dOutput, size).set(Float32Array.from(dyOf(y)));
  wasm.walk(placed.list, BACKWARD, n, gradient - network.pointer, true);
  wasm.walk(placed.list, FINISH, 0, gradient - network.pointer, false);
  const named = network.named(memory.f32(gradient, plan.count).slice());
  for (const taken of [externals, gradient, at]) memory.give(taken);
  return {
    y,
    gradients: Object.fromEntries(Object.entries(named).map(([name, { data }]) => [name, data])),
  };
}
