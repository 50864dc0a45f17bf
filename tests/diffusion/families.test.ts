import { describe, expect, it } from 'vitest';
import {
  dataScores,
  empirical,
  key,
  mixture,
  mixtureScores,
  momentsOf,
  network,
  networkScores,
  normal,
  pointSet,
  scaleScore,
  straightPaths,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { forEachCore, sameBits, spreadLevels, twinTensors, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import * as twin from '../reference.js';

const relative = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));
const MIXTURE = {
  means: [
    [0, 1],
    [0.5, -0.25],
  ],
  sds: [
    [0.3, 1],
    [0.05, 0.5],
  ],
  weights: [1, 3],
};

forEachCore('families of scores', (core) => {
  const x = normal(core, key(1), [23, 2]);

  it('of a mixture: a numerical convolution with the noise, within 2e-6', () => {
    const line = { means: [[0.3], [-1]], sds: [[0.2], [0.5]], weights: [0.4, 0.6] };
    const family = mixtureScores(core, line);
    for (const sigma of [0.1, 0.7, 3]) {
      using smooth = family.at(sigma);
      const at = Float32Array.of(-2, -0.5, 0, 0.31, 1.7);
      const [logProb, score] = [smooth.logProb(at), smooth.score(at)];
      // The trapezoidal rule over eight standard deviations of the noise or of the mixture, which converges exponentially.
      const [low, high, n] = [-9, 9, 4000];
      at.forEach((y, i) => {
        let [p, slope] = [0, 0];
        for (let j = 0; j <= n; j++) {
          const clean = low + (j * (high - low)) / n;
          const noise = Math.exp(-(((y - clean) / sigma) ** 2) / 2) / (sigma * Math.sqrt(2 * Math.PI));
          const mass = Math.exp(twin.mixtureLogProb(line, [clean])) * noise * ((high - low) / n);
          p += mass;
          slope -= (mass * (y - clean)) / sigma ** 2;
        }
        expect(relative(logProb[i], Math.log(p))).toBeLessThan(2e-6);
        expect(relative(score[i], slope / p)).toBeLessThan(2e-6);
      });
    }
  });

  it('of a mixture: two noises compose as their squares add, and none is the mixture itself', () => {
    const once = mixtureScores(core, {
      ...MIXTURE,
      sds: MIXTURE.sds.map((row) => row.map((sd) => Math.hypot(sd, 0.3))),
    });
    using twice = once.at(0.4);
    using whole = mixtureScores(core, MIXTURE).at(0.5);
    expect(worst(twice.score(x), whole.score(x), relative)).toBeLessThan(2e-6);
    using clean = mixtureScores(core, MIXTURE).at(0);
    using own = mixture(core, MIXTURE);
    expect(worst(clean.score(x), own.score(x), relative)).toBeLessThan(2e-6);
  });

  it('of a data set: empirical, to the bit; in the other view within 3e-6 of the twin', () => {
    const data = pointSet({ dim: 2, points: normal(core, key(2), [30, 2]) });
    const family = dataScores(core, data);
    using score = family.at(0.3);
    using same = empirical(core, data, 0.3);
    expect(sameBits(score.score(x), same.score(x))).toBe(true);
    // alpha x0 + sigma noise: shrunk points, and the other view scaled.
    const [alpha, sigma] = [0.6, 0.24];
    using shrunk = empirical(core, data, sigma, { alpha });
    using scaled = scaleScore(family.at(sigma / alpha), alpha);
    const points = data.points.map((v) => alpha * v);
    const want = Array.from({ length: 23 }, (_, i) =>
      twin.empiricalScore({ ...data, points }, sigma, [...x.subarray(2 * i, 2 * i + 2)]),
    ).flat();
    expect(worst(shrunk.score(x), want, relative)).toBeLessThan(3e-6);
    expect(worst(scaled.score(x), want, relative)).toBeLessThan(3e-6);
  });

  it.each(['score', 'noise'] as const)(
    'of a network with output %s: its levels to the bit; between them alpha and beta by log sigma, within 2e-6',
    (output) => {
      using net = network(core, { features: 7, width: 9, depth: 2, levels: 4, sigmaMin: 0.05, output });
      spreadLevels(net);
      const family = networkScores(net);
      net.sigmas.forEach((sigma, level) => {
        using one = family.at(sigma);
        using other = net.at(level);
        expect(sameBits(one.score(x), other.score(x))).toBe(true);
        expect(sameBits(one.score(x.subarray(0, 2)), other.score(x.subarray(0, 2)))).toBe(true);
      });
      const params = twin.paramsFrom(twinTensors(net));
      const [below, above] = [net.sigmas[1], net.sigmas[2]];
      const sigma = below ** 0.75 * above ** 0.25;
      const mix = (v: number[]) => 0.75 * v[1] + 0.25 * v[2];
      const middle = { ...params, alpha: [mix(params.alpha)], beta: [mix(params.beta)] };
      using score = family.at(sigma);
      for (const n of [1, 23]) {
        const want = Array.from({ length: n }, (_, i) =>
          twin
            .networkScore(middle, 0, [...x.subarray(2 * i, 2 * i + 2)])
            .map((s) => (output === 'noise' ? s / sigma : s)),
        ).flat();
        expect(worst(score.score(x.subarray(0, 2 * n)), want, relative)).toBeLessThan(2e-6);
      }
      // It follows the network.
      const before = score.score(x);
      net.setParameters(net.parameters().map((v) => 0.9 * v));
      expect(sameBits(score.score(x), before)).toBe(false);
      for (const outside of [0.0499, 1.001]) {
        expect(oneLine(() => family.at(outside))).toMatch(
          /^networkScores.at: sigma must be one the network has learned, from 0.0\d+ to (1|0.99)/,
        );
      }
    },
  );

  it('know the moments of their distribution', () => {
    const weights = [1, 0, 2, 5];
    const points = [0, 1, 9, 9, 2, -1, -3, 0.5];
    const { mean, variance } = momentsOf(pointSet({ dim: 2, points, weights }));
    for (const d of [0, 1]) {
      const average = (of: (v: number) => number) =>
        weights.reduce((sum, w, i) => sum + (w / 8) * of(points[2 * i + d]), 0);
      const m = average((v) => v);
      expect(mean[d]).toBeCloseTo(m, 6);
      expect(variance[d]).toBeCloseTo(
        average((v) => (v - m) ** 2),
        5,
      );
    }
    const { moments } = mixtureScores(core, MIXTURE);
    expect(moments?.mean[0]).toBeCloseTo(0.375, 12);
    expect(moments?.variance[0]).toBeCloseTo(0.25 * 0.09 + 0.75 * 0.0025 + 0.25 * 0.75 * 0.25, 12);
  });

  it('bad arguments give one line that names them, and take no memory', () => {
    const { used } = core.memory;
    expect(oneLine(() => mixtureScores(core, { means: [[0]], sds: [[0]] }))).toMatch(/^mixture: sds/);
    const family = mixtureScores(core, MIXTURE);
    expect(oneLine(() => family.at(-1))).toBe(
      'mixtureScores.at: sigma must be a positive finite number, got -1',
    );
    expect(oneLine(() => family.at(1e30))).toMatch(
      /^mixtureScores.at: sigma must be 0 or from 1e-18 to 1e18/,
    );
    const data = pointSet({ dim: 2, points: [0, 0] });
    expect(oneLine(() => dataScores(core, data).at(0))).toMatch(/^empirical: sigma must be/);
    expect(oneLine(() => empirical(core, data, 1, { alpha: 0 }))).toMatch(/^empirical: alpha must be/);
    using score = family.at(1);
    expect(oneLine(() => scaleScore(score, 0))).toMatch(/^scaleScore: alpha must be/);
    score.dispose();
    expect(core.memory.used).toBe(used);
  });
});

describe('processes', () => {
  it.each([
    ['exploding', varianceExploding({ sigmaMin: 0.02, sigmaMax: 30 })],
    ['preserving', variancePreserving()],
    ['straight paths', straightPaths()],
  ])('%s: drift and diffusion are those of alpha and sigma, differences within 1e-6', (_, process) => {
    for (const t of [0.01, 0.3, 0.77, 0.99]) {
      const h = 1e-5;
      const slope = (f: (t: number) => number) => (f(t + h) - f(t - h)) / (2 * h);
      // d alpha / dt = f alpha, d sigma^2 / dt = 2 f sigma^2 + g^2.
      expect(relative(slope(process.alpha), process.drift(t) * process.alpha(t))).toBeLessThan(1e-6);
      const variance = slope((u) => process.sigma(u) ** 2);
      const want = 2 * process.drift(t) * process.sigma(t) ** 2 + process.diffusion(t) ** 2;
      expect(relative(variance, want)).toBeLessThan(1e-6);
      expect(process.timeOf(process.sigma(t) / process.alpha(t))).toBeCloseTo(t, 9);
    }
  });

  it('the preserving one keeps the variance of data that have one', () => {
    const process = variancePreserving();
    for (const t of [0, 0.1, 0.5, 1]) {
      expect(process.alpha(t) ** 2 + process.sigma(t) ** 2).toBeCloseTo(1, 12);
    }
  });

  it('bad numbers give one line that names them', () => {
    expect(oneLine(() => varianceExploding({ sigmaMin: 2, sigmaMax: 1 }))).toBe(
      'varianceExploding: sigmaMin must be below sigmaMax, got 2 and 1',
    );
    expect(oneLine(() => varianceExploding({ sigmaMin: -1 }))).toMatch(
      /^varianceExploding: sigmaMin must be/,
    );
    expect(oneLine(() => variancePreserving({ betaMax: 0.05 }))).toMatch(
      /^variancePreserving: betaMin must be/,
    );
    expect(oneLine(() => straightPaths({ tMin: 0.5, tMax: 0.4 }))).toBe(
      'straightPaths: tMin must be below tMax, got 0.5 and 0.4',
    );
    expect(oneLine(() => straightPaths({ tMax: 1 }))).toBe('straightPaths: tMax must be below 1, got 1');
    expect(oneLine(() => variancePreserving({ tMin: 1 }))).toBe(
      'variancePreserving: tMin must be below 1, got 1',
    );
  });
});
