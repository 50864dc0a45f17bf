import { describe, expect, it } from 'vitest';
import {
  collect,
  dataScores,
  fromFunction,
  key,
  logLikelihood,
  mixtureScores,
  normal,
  pointSet,
  probabilityFlow,
  varianceExploding,
  variancePreserving,
} from '../../src/index.js';
import { forEachCore, worst } from '../cores.js';
import { type DiffusionGolden, golden } from '../golden.js';

const file = golden<DiffusionGolden>('diffusion');
const PROCESSES = {
  exploding: varianceExploding(file.exploding),
  preserving: variancePreserving(file.preserving),
};
const absolute = (a: number, b: number) => Math.abs(a - b);
const relative = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));

forEachCore('the probability flow', (core) => {
  const family = mixtureScores(core, file.mixture);

  describe.each(['exploding', 'preserving'] as const)('%s', (name) => {
    const process = PROCESSES[name];
    const { logProb, exact, flow } = file[name];

    it("logLikelihood of 128 steps is within 1.2e-5 relative of diffrax's, of 64 within twice its stepError more", async () => {
      const x = Float32Array.from(file.x.flat());
      // That ends in independent Gaussians.
      const { moments } = family;
      const fine = await logLikelihood(family, x, { process, moments, steps: 128 });
      expect(worst(fine.logProb, logProb, relative)).toBeLessThan(1.2e-5);
      const got = await logLikelihood(family, x, { process, moments });
      logProb.forEach((want, i) => {
        const error = Math.abs(got.logProb[i] - want);
        expect(error).toBeLessThan(1.2e-5 * (1 + Math.abs(want)) + 2 * got.stepError[i]);
      });
    });

    it("logLikelihood is the mixture's own log-density within 2e-4, by the end taken for Gaussian", async () => {
      const got = await logLikelihood(family, Float32Array.from(file.x.flat()), { process });
      expect(worst(got.logProb, exact, relative)).toBeLessThan(2e-4);
      using own = family.at(process.sigma(process.tMin) / process.alpha(process.tMin));
      const u = Float32Array.from(file.x.flat(), (v) => v / process.alpha(process.tMin));
      const shift = 2 * Math.log(process.alpha(process.tMin));
      expect(
        worst(
          own.logProb(u).map((v) => v - shift),
          exact,
          relative,
        ),
      ).toBeLessThan(3e-6);
    });

    it("probabilityFlow of 300 steps ends within 2e-4 of diffrax's", async () => {
      const init = Float32Array.from(file.z.flat(), (v) => v * process.sigma(1));
      const options = {
        key: key(0),
        process,
        chains: file.z.length,
        init,
        denoise: false,
        solver: 'heun',
      } as const;
      const { x } = await collect(probabilityFlow(family, { ...options, steps: 300 }));
      expect(worst(x, flow.flat(), absolute)).toBeLessThan(2e-4);
      // Heun's method is of second order: a third of the steps, nine times the error.
      const { x: coarse } = await collect(probabilityFlow(family, { ...options, steps: 33 }));
      expect(worst(coarse, flow.flat(), absolute)).toBeGreaterThan(4e-4);
    });

    it('the likelihood integrates to one on a grid, within 2e-4', async () => {
      const side = 41;
      const cell = 7 / side;
      const grid = Float32Array.from({ length: 2 * side * side }, (_, i) => {
        const place = i % 2 === 0 ? Math.floor(i / 2 / side) : Math.floor(i / 2) % side;
        return -3.5 + (place + 0.5) * cell;
      });
      const got = await logLikelihood(family, grid, { process, steps: 40 });
      const sum = got.logProb.reduce((all, v) => all + Math.exp(v), 0) * cell * cell;
      expect(Math.abs(sum - 1)).toBeLessThan(2e-4);
    });
  });

  it('of a wide, slanted mixture is its own within 6e-5; independent Gaussians at the end are off by more than 1e-3', async () => {
    const slanted = mixtureScores(core, {
      means: [
        [-3, -3],
        [3, 3],
      ],
      sds: [
        [2, 2],
        [2, 2],
      ],
    });
    const process = varianceExploding({ sigmaMin: 0.1, sigmaMax: 50 });
    const x = normal(core, key(5), [60, 2]).map((v) => 4 * v);
    using own = slanted.at(0.1);
    const exact = own.logProb(x);
    const got = await logLikelihood(slanted, x, { process });
    expect(worst(got.logProb, exact, relative)).toBeLessThan(6e-5);
    const { moments } = slanted;
    const apart = await logLikelihood(slanted, x, { process, moments });
    expect(worst(apart.logProb, exact, relative)).toBeGreaterThan(1e-3);
    // So it does of points.
    const points = normal(core, key(6), [40, 2]);
    const weights = normal(core, key(7), [40]).map(Math.exp);
    points.forEach((v, i) => {
      points[i] = i % 2 === 0 ? 4 * v : 4 * v + points[i - 1];
    });
    const data = dataScores(core, pointSet({ dim: 2, points, weights }));
    using smoothed = data.at(2);
    const near = varianceExploding({ sigmaMin: 2, sigmaMax: 50 });
    const at = x.subarray(0, 40);
    const errors = [data.moments, undefined].map(async (given) => {
      const { logProb } = await logLikelihood(data, at, { process: near, moments: given });
      return worst(logProb, smoothed.logProb(at), relative);
    });
    const [diagonal, whole] = await Promise.all(errors);
    expect(whole).toBeLessThan(diagonal / 5);
  });

  it('over a Gaussian is exact within 4e-6: the Gaussian at the end is no approximation there', async () => {
    const sigma = 0.1;
    const gaussian = mixtureScores(core, { means: [[0.3, -2, 1]], sds: [[0.5, 1, 2]] });
    using own = gaussian.at(sigma);
    const x = normal(core, key(4), [50, 3]).map((v) => 2 * v);
    const process = varianceExploding({ sigmaMin: sigma, sigmaMax: 20 });
    const got = await logLikelihood(gaussian, x, { process });
    expect(worst(got.logProb, own.logProb(x), relative)).toBeLessThan(4e-6);
    // Of a wrong score it is not.
    const wrong = {
      ...{ core, dim: 3, moments: gaussian.moments },
      at: (s: number) => gaussian.at(1.05 * s),
    };
    const off = await logLikelihood(wrong, x, { process });
    expect(worst(off.logProb, own.logProb(x), relative)).toBeGreaterThan(1e-2);
  });

  it('of a data set is its log-density under the noise, within 2e-4', async () => {
    const data = pointSet({ dim: 2, points: normal(core, key(8), [30, 2]) });
    const exact = dataScores(core, data);
    using own = exact.at(0.2);
    const x = normal(core, key(9), [40, 2]);
    const process = varianceExploding({ sigmaMin: 0.2, sigmaMax: 50 });
    const got = await logLikelihood(exact, x, { process });
    expect(worst(got.logProb, own.logProb(x), relative)).toBeLessThan(2e-4);
  });

  it('bad arguments give one line that names them; an aborted signal its reason', async () => {
    const process = PROCESSES.exploding;
    const x = Float32Array.of(1, 2);
    const message = (change: object, points = x) =>
      logLikelihood(family, points, { process, ...change }).then(
        () => 'none',
        (error) => error.message,
      );
    expect(await message({ steps: 3 })).toBe('logLikelihood: steps must be even, got 3');
    expect(await message({ steps: 0 })).toBe('logLikelihood: steps must be an integer of at least 2, got 0');
    expect(await message({ process: 3 })).toMatch(
      /^logLikelihood: process must be made by varianceExploding/,
    );
    expect(await message({}, Float32Array.of(1))).toMatch(
      /^logLikelihood: x must hold points of 2 coordinates/,
    );
    expect(await message({}, Float32Array.of(1, Number.NaN))).toBe(
      'logLikelihood: x must be finite, got NaN at index 1',
    );
    expect(await message({ moments: { mean: [0], variance: [1, 1] } })).toBe(
      'logLikelihood: moments.mean must hold 2 numbers, got an array of 1',
    );
    expect(await message({ moments: { mean: [0, 0], variance: [1, -1] } })).toBe(
      'logLikelihood: moments.variance must be finite and >= 0, got -1 at index 1',
    );
    expect(await message({ signal: AbortSignal.abort(new Error('enough')) })).toBe('enough');
    const none = fromFunction(core, 2, () => {});
    await expect(logLikelihood(none as never, x, { process })).rejects.toThrow(
      'logLikelihood: family must have a method at(sigma), got [object Object]',
    );
  });
});
