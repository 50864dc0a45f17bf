import { expect, it } from 'vitest';
import { makeCalls } from '../../src/core/job.js';
import {
  type EnergyNetwork,
  energyNetwork,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
} from '../../src/index.js';
import { scoreCoefficients } from '../../src/networks/learnedDenoiser.js';
import { LikelihoodObjective } from '../../src/training/likelihood.js';
import { forEachCore, sameBits } from '../cores.js';
import { energyGolden, goldenDifference, goldenEnergy } from '../networks/energyGolden.js';
import { noise } from '../networks/layerRun.js';
import { energyOf } from '../reference/energy.js';

interface Batch {
  data: ArrayLike<number>;
  nodes: ArrayLike<number>;
  /** Size of a node's cell. */
  cell: number;
}

const capOf = (sigma: number) => -Math.log(2 * Math.PI * sigma ** 2);

/** One call of the kernel over a batch: the loss and its gradients. */
function likelihood(denoiser: LearnedDenoiser<EnergyNetwork>, sigma: number, batch: Batch, panels = 1) {
  const { core, network } = denoiser;
  const { memory } = core;
  const { point, out, in: scale, time } = scoreCoefficients(denoiser.config, sigma);
  const { numbers } = network.conditionOf(time);
  const scalar = network.scalar();
  const form = { curvature: -point, gain: out / scale, scale, numbers, cap: capOf(sigma) };
  const objective = new LikelihoodObjective(scalar, form, { panels, rooms: 1 });
  const rows = [...pairs(batch.data), ...pairs(batch.nodes)];
  const words = new Uint32Array(rows.length * objective.pointWords);
  const count = batch.data.length / 2;
  rows.forEach((row, i) => {
    const isNode = i >= count;
    const weight = isNode ? batch.cell : 1 / count;
    objective.write(words.subarray(i * objective.pointWords), row, weight, isNode);
  });
  const at = memory.take(4 * words.length + 64);
  const gradient = memory.take(4 * network.count + 32);
  const lossAt = memory.take(8);
  memory.u32(at, words.length).set(words);
  memory.f32(gradient, network.count).fill(Number.NaN);
  makeCalls(core.wasm, [objective.call(at, rows.length, gradient, lossAt)]);
  const flat = memory.f32(gradient, network.count).slice();
  const [loss] = memory.f64(lossAt, 1);
  objective.dispose();
  scalar.dispose();
  for (const taken of [at, gradient, lossAt]) memory.give(taken);
  const named = Object.entries(network.named(flat)).map(([name, { data }]) => [name, data] as const);
  return { loss, flat, gradients: Object.fromEntries(named) };
}

function pairs(rows: ArrayLike<number>): [number, number][] {
  return Array.from({ length: rows.length / 2 }, (_, i) => [rows[2 * i], rows[2 * i + 1]]);
}

/** The loss in float64, with other tensors. */
function twin(
  denoiser: LearnedDenoiser<EnergyNetwork>,
  tensors: Parameters<typeof energyOf>[0],
  sigma: number,
  { data, nodes, cell }: Batch,
): number {
  const { skip, out, in: scale, time } = denoiser.coefficients(sigma);
  const cap = capOf(sigma);
  const logDensity = ([a, b]: [number, number]) => {
    const { phi } = energyOf(tensors, [scale * a, scale * b], time);
    return ((-(1 - skip) * (a * a + b * b)) / 2 + (out / scale) * phi) / sigma ** 2;
  };
  const mean = pairs(data).reduce((sum, y) => sum + logDensity(y), 0) / (data.length / 2);
  return pairs(nodes).reduce((sum, y) => {
    const E = logDensity(y);
    return sum + cell * (E < cap ? Math.exp(E) : Math.exp(cap) * (1 + E - cap));
  }, -mean);
}

forEachCore('likelihood by quadrature', (core) => {
  it("JAX's network, nodes below the cap and above: loss within 2e-6 of JAX's, gradients within 1e-5 of a root mean square", () => {
    const { network, denoiser, x, nodes } = goldenEnergy(core);
    const cap = capOf(0.4);
    expect(energyGolden.logDensity.some((E) => E > cap) && energyGolden.logDensity.some((E) => E < cap)).toBe(
      true,
    );
    const { loss, gradients } = likelihood(denoiser, 0.4, { data: x, nodes, cell: 0.3 });
    expect(Math.abs(loss / energyGolden.likelihood.loss - 1)).toBeLessThan(2e-6);
    expect(goldenDifference(gradients, energyGolden.likelihood.gradients)).toBeLessThan(1e-5);
    network.dispose();
  });

  it('many blocks: loss within 2e-6 of the twin, gradients within 2e-5 of the largest from differences, and whatever was in memory', () => {
    using network = energyNetwork(
      core,
      { height: 1, width: 1, channels: 2 },
      { hidden: 7, depth: 3, features: 4, key: key(3) },
    );
    const denoiser = learnedDenoiser(network, { sigmaData: 0.4 });
    const batch = { data: noise(2 * 19, 1), nodes: noise(2 * 30, 2), cell: 0.1 };
    const { loss, gradients, flat } = likelihood(denoiser, 0.2, batch);
    const tensors = network.tensors();
    expect(Math.abs(loss - twin(denoiser, tensors, 0.2, batch)) / Math.abs(loss)).toBeLessThan(2e-6);
    const scale = Math.max(...Object.values(gradients).flatMap((data) => Array.from(data, Math.abs)));
    for (const [name, data] of Object.entries(gradients)) {
      for (const entry of new Set([0, data.length >> 1, data.length - 1])) {
        const moved = (by: number) => {
          const changed = Float64Array.from(tensors[name].data);
          changed[entry] += by;
          return twin(
            denoiser,
            { ...tensors, [name]: { shape: tensors[name].shape, data: changed } },
            0.2,
            batch,
          );
        };
        const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        expect(Math.abs(data[entry] - difference) / scale, `${name}[${entry}]`).toBeLessThan(2e-5);
      }
    }
    expect(sameBits(likelihood(denoiser, 0.2, batch).flat, flat)).toBe(true);
  });
});
