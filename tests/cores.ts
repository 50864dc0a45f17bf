import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { describe, vi } from 'vitest';
import { makeCalls } from '../src/core/job.js';
import { type Core, type CoreOptions, type Kernel, loadCore } from '../src/core/load.js';
import type { Layout, Network, Tensor } from '../src/index.js';
import { panelsOf } from '../src/training/leaves.js';
import { DenoisingObjective, type LevelNetwork } from '../src/training/objective.js';
import { oneLine } from './formats/oneLine.js';
import type { SummaryGolden, TensorsGolden } from './golden.js';
import * as twin from './reference.js';

/** One core for each binary that this engine runs. */
const cores = await Promise.all((['strict', 'relaxed'] as const).map((kernel) => loadCore({ kernel })));
if (Number(process.versions.node.split('.')[0]) >= 26) {
  setFlagsFromString('--experimental-wasm-revectorize');
  cores.push(await loadCore({ binary: readFileSync(new URL('../dist/wide.wasm', import.meta.url)) }));
}

/** Does work as in a page that is not isolated from others: threads that are started in it share no memory. */
export async function apart<T>(work: () => Promise<T>): Promise<T> {
  vi.stubGlobal('crossOriginIsolated', false);
  try {
    return await work();
  } finally {
    vi.unstubAllGlobals();
  }
}

/** Loads a core whose threads work together in one of both ways. */
export const WAYS = {
  'share a memory': loadCore,
  'send copies': (options?: CoreOptions) => apart(() => loadCore(options)),
};

/** Any sizes of a small network, for properties that hold for all. */
export const smallSizes = {
  dim: fc.integer({ min: 1, max: 5 }),
  features: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  depth: fc.integer({ min: 0, max: 3 }),
  levels: fc.integer({ min: 1, max: 4 }),
};

/** Runs one suite over every binary. */
export function forEachCore(name: string, suite: (core: Core, kernel: Kernel) => void): void {
  describe.each(cores.map((core) => ({ kernel: core.kernel, core })))(
    `${name} ($kernel)`,
    ({ core, kernel }) => {
      suite(core, kernel);
    },
  );
}

/** Distance of two float32 numbers in units in the last place. */
export function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const bits = new Int32Array(Float32Array.of(a, b).buffer);
  const ordered = (word: number) => (word < 0 ? -(word & 0x7fffffff) : word);
  return Math.abs(ordered(bits[0]) - ordered(bits[1]));
}

/** Largest of f over two arrays of equal length. */
export function worst(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  f: (a: number, b: number) => number,
): number {
  if (a.length !== b.length) throw new Error(`lengths differ: ${a.length} and ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const value = f(a[i], b[i]);
    if (Number.isNaN(value)) return Number.NaN;
    most = Math.max(most, value);
  }
  return most;
}

/** Largest absolute difference over the largest magnitude of b. */
export function relativeToLargest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const scale = Array.from(b).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return worst(a, b, (x, y) => Math.abs(x - y)) / (scale || 1);
}

/** Whether two arrays hold the same bytes: zeros of both signs and NaN too. */
export function sameBits(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

/** Everything a generator yields. */
export async function drain<T>(generator: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of generator) all.push(value);
  return all;
}

/** The message of the Error that a generator throws, after making sure that it throws one, of a single line. */
export async function failure(generator: AsyncIterable<unknown>): Promise<string> {
  try {
    await drain(generator);
  } catch (error) {
    return oneLine(() => {
      throw error;
    });
  }
  throw new Error('expected an Error, got none');
}

/** The name in this library of a tensor of the golden files and the twin. */
export function tensorName(name: string): string {
  const layer = /^([Wb])(\d+)$/.exec(name);
  if (!layer) return `rf_layer.${name}`;
  return `mlp.layers.${layer[2]}.${layer[1] === 'W' ? 'weight' : 'bias'}`;
}

/** The network's tensors under the twin's names. */
export function twinTensors(net: Network): twin.Tensors {
  const named = Object.entries(net.tensors()).map(([name, { shape, data }]) => {
    const [, layer, kind] = /^mlp\.layers\.(\d+)\.(weight|bias)$/.exec(name) ?? [];
    return [layer ? `${kind === 'weight' ? 'W' : 'b'}${layer}` : name.split('.')[1], { shape, values: data }];
  });
  return Object.fromEntries(named);
}

/** The network as the twin has it. */
export function twinOf(net: Network): twin.Params {
  return twin.paramsFrom(twinTensors(net), net.config.encoding === 'averaged' ? net.sigmas : undefined);
}

/** Sets tensors of the golden files. */
export function setGolden(net: Network, tensors: TensorsGolden): void {
  const named = Object.entries(tensors).map(([name, { shape, values }]) => [
    tensorName(name),
    { shape, data: Float32Array.from(values) },
  ]);
  net.setTensors(Object.fromEntries(named));
}

/** Gives every level an alpha and a beta of its own: new networks have 1 and 0. */
export function spreadLevels(net: Network): void {
  const tensors = net.tensors();
  tensors['rf_layer.alpha'].data.forEach((_, l, alpha) => {
    alpha[l] = 1.3 * Math.cos(1 + 2 * l);
    tensors['rf_layer.beta'].data[l] = 0.7 * Math.sin(3 + l);
  });
  net.setTensors(tensors);
}

const GUARD = 0xabcdef01;

/**
 * One call of the kernel that trains: the loss of points x [B, D], one noise key a point, and its gradients, flat and
 * by name. Throws if anything was written beyond the objective's memory or the gradient.
 */
export function dsmGradient(
  net: LevelNetwork,
  x: Float32Array,
  keys: ArrayLike<number>[],
  layout: Layout = 'original',
  objective: 'score' | 'denoiser' = 'score',
): { loss: number; flat: Float32Array; gradients: Record<string, Tensor> } {
  const { wasm, memory } = net.core;
  const denoising = new DenoisingObjective(net, {
    batch: keys.length,
    layout,
    objective,
    panels: panelsOf(net.plan),
  });
  const { pointWords } = denoising;
  const arena = memory.take(4 * (pointWords * keys.length + net.count + 1) + 16);
  const gradient = arena + 4 * pointWords * keys.length;
  const lossAt = memory.take(8);
  keys.forEach((key, i) => {
    const at = arena + 4 * pointWords * i;
    memory.f32(at, pointWords - 2).set(x.subarray(i * (pointWords - 2), (i + 1) * (pointWords - 2)));
    memory.u32(at + 4 * (pointWords - 2), 2).set([key[0], key[1]]);
  });
  // Allocations follow one another, so that the objective's memory ends where `arena` or `guard` begins.
  const guard = memory.take(64);
  memory.u32(guard, 16).fill(GUARD);
  memory.u32(gradient + 4 * net.count, 1)[0] = GUARD;
  makeCalls(wasm, [denoising.call(arena, keys.length, gradient, lossAt)]);
  if (![...memory.u32(guard, 16), ...memory.u32(gradient + 4 * net.count, 1)].every((word) => word === GUARD))
    throw new Error('denoisingGradient wrote beyond its memory');
  const flat = memory.f32(gradient, net.count).slice();
  const [loss] = memory.f64(lossAt, 1);
  denoising.dispose();
  memory.give(arena);
  memory.give(lossAt);
  memory.give(guard);
  return { loss, flat, gradients: net.named(flat) };
}

/**
 * How far an array is from the summary of one in a golden file: the largest error of the entries that it names, of the
 * sum, and of the norm, relative to the largest entry, the sum of magnitudes, and the norm.
 */
export function summaryError(got: ArrayLike<number>, want: SummaryGolden): number {
  const all = Array.from(got);
  const entries = relativeToLargest(
    want.at.map((i) => all[i]),
    want.values,
  );
  const sum = Math.abs(all.reduce((a, b) => a + b, 0) - want.sum) / (want.absSum || 1);
  const norm = Math.abs(Math.sqrt(all.reduce((a, b) => a + b * b, 0)) - want.norm) / (want.norm || 1);
  return worst([entries, sum, norm], [0, 0, 0], (a) => a);
}
