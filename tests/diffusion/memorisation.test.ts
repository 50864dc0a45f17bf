import { expect, it } from 'vitest';
import {
  collect,
  dataScores,
  key,
  memorisation,
  mixtureScores,
  momentsOf,
  network,
  networkScores,
  normal,
  pointSet,
  probabilityFlow,
  train,
  varianceExploding,
} from '../../src/index.js';
import { drain, forEachCore } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

forEachCore('memorisation', (core) => {
  it('finds the nearest and the second nearest point of each sample', () => {
    const data = pointSet({ dim: 2, points: [0, 0, 3, 0, 0, 4, 1, 1], weights: [1, 1, 1, 0] });
    const report = memorisation(Float32Array.of(0, 0.5, 1.5, 0, 0, 4), data);
    expect([...report.nearest]).toEqual([0, 0, 2]);
    expect([...report.distance]).toEqual([0.5, 1.5, 0]);
    expect([...report.second]).toEqual([Math.sqrt(9.25), 1.5, 4]);
    expect(report.copied).toBe(2 / 3);
    expect(report.meanDistance).toBeCloseTo(2 / 3, 12);
    expect(memorisation(Float32Array.of(9), pointSet({ dim: 1, points: [1] })).copied).toBe(1);
  });

  it('all samples of the exact score are copies; of the distribution behind the data few are', async () => {
    const truth = { means: [[0, 0, 0]], sds: [[1, 1, 1]] };
    const data = pointSet({ dim: 3, points: normal(core, key(4), [50, 3]) });
    const options = { key: key(5), chains: 200, process: varianceExploding(), steps: 40 };
    const exact = memorisation((await collect(probabilityFlow(dataScores(core, data), options))).x, data);
    expect(exact.copied).toBe(1);
    expect(exact.meanDistance).toBeLessThan(1e-3);
    const fresh = memorisation((await collect(probabilityFlow(mixtureScores(core, truth), options))).x, data);
    expect(fresh.copied).toBeLessThan(0.2);
    expect(fresh.meanDistance).toBeGreaterThan(0.2);
  });

  it('a learned network copies less than the exact score does, and stays near the data', async () => {
    const data = pointSet({ dim: 2, points: normal(core, key(1), [30, 2]).map((v) => 0.5 + 0.25 * v) });
    const levels = { levels: 8, sigmaMin: 0.01, sigmaMax: 1 };
    using net = network(core, { features: 16, width: 32, depth: 2, output: 'noise', ...levels });
    await drain(train(net, data, { steps: 300, batch: 32, learningRate: 5e-3, schedule: 'cosine' }));
    const process = varianceExploding({ sigmaMin: net.sigmas[0], sigmaMax: net.sigmas[7] });
    const options = { key: key(2), chains: 500, process, steps: 40, moments: momentsOf(data) };
    const [learned, exact] = [networkScores(net), dataScores(core, data)].map(async (family) =>
      memorisation((await collect(probabilityFlow(family, options))).x, data),
    );
    expect((await exact).copied).toBeGreaterThan(0.9);
    expect((await learned).copied).toBeLessThan(0.6);
    expect((await learned).meanDistance).toBeLessThan(0.15);
  });

  it('bad arguments give one line that names them', () => {
    const data = pointSet({ dim: 2, points: [0, 0] });
    expect(oneLine(() => memorisation(new Float32Array(0), data))).toBe(
      'memorisation: samples must hold one or more points, got none',
    );
    expect(oneLine(() => memorisation(new Float32Array(3), data))).toMatch(
      /^memorisation: samples must hold points of 2/,
    );
    const none = { dim: 1, points: new Float32Array(1), logits: Float32Array.of(-Infinity) };
    expect(oneLine(() => memorisation(new Float32Array(1), none))).toMatch(
      /^memorisation: data must have a point/,
    );
  });
});
