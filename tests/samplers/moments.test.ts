import { describe, expect, it } from 'vitest';
import { fromFunction, key, langevin, mixture, type Score } from '../../src/index.js';
import { drain, forEachCore } from '../cores.js';
import { erf } from '../reference.js';

// With score -x / s^2 a step multiplies x by a = 1 - eta / (2 s^2) and adds noise of variance eta. A stationary
// variance v satisfies v = a^2 v + eta, so
//
//   v = eta / (1 - a^2) = s^2 / (1 - eta / (4 s^2)),
//
// above s^2 because the discretisation is not corrected, and consecutive positions have covariance a v.
const stationary = (s: number, eta: number) => s ** 2 / (1 - eta / (4 * s ** 2));

const CHAINS = 8192;

forEachCore('langevin in the long run', (core) => {
  /** The last two positions of independent chains, forgetful of their start. */
  async function lastTwo(
    score: Score,
    stepSize: number,
    steps: number,
  ): Promise<[Float32Array, Float32Array]> {
    const options = { key: key(31), steps, stepSize, chains: CHAINS, thin: 1 };
    const rows: Float32Array[] = [];
    for (const { path } of await drain(langevin(score, options))) {
      const row = CHAINS * score.dim;
      for (let i = 0; i < path.length; i += row) rows.push(path.subarray(i, i + row));
    }
    return [rows[steps - 2], rows[steps - 1]];
  }

  /** Distance of a mean of independent draws from what is expected, in its own standard errors. */
  function standardErrors(draws: ArrayLike<number>, expected: number): number {
    const all = Array.from(draws);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const variance = all.reduce((a, b) => a + (b - mean) ** 2, 0) / (all.length - 1);
    return (mean - expected) / Math.sqrt(variance / all.length);
  }

  describe.each([
    { s: 1, eta: 0.8, steps: 40 },
    { s: 1, eta: 0.1, steps: 250 },
    { s: 0.5, eta: 0.2, steps: 60 },
  ])('a Gaussian of sd $s, step size $eta', ({ s, eta, steps }) => {
    it('variance s^2 / (1 - eta / 4 s^2) and covariance of neighbours, at 5 standard errors', async () => {
      using density = mixture(core, { means: [[0, 0]], sds: [[s, s]] });
      const [before, x] = await lastTwo(density, eta, steps);
      const v = stationary(s, eta);
      expect(Math.abs(standardErrors(x, 0))).toBeLessThan(5);
      expect(
        Math.abs(
          standardErrors(
            x.map((u) => u * u),
            v,
          ),
        ),
      ).toBeLessThan(5);
      const a = 1 - eta / (2 * s ** 2);
      expect(
        Math.abs(
          standardErrors(
            x.map((u, i) => u * before[i]),
            a * v,
          ),
        ),
      ).toBeLessThan(5);
    });

    it('the same check fails for wrong samplers: drift without its half, noise without its root', async () => {
      const v = stationary(s, eta);
      using drift = fromFunction(core, 2, (x, out) => out.set(x.map((u) => (-2 * u) / s ** 2)));
      const [, withoutHalf] = await lastTwo(drift, eta, steps);
      expect(
        Math.abs(
          standardErrors(
            withoutHalf.map((u) => u * u),
            v,
          ),
        ),
      ).toBeGreaterThan(5);
      // Step size eta^2 adds noise eta z; the score makes up for the drift.
      using noise = fromFunction(core, 2, (x, out) => out.set(x.map((u) => -u / eta / s ** 2)));
      const [, withoutRoot] = await lastTwo(noise, eta ** 2, steps);
      expect(
        Math.abs(
          standardErrors(
            withoutRoot.map((u) => u * u),
            v,
          ),
        ),
      ).toBeGreaterThan(5);
    });
  });

  it('visits the modes of a mixture by their weights, at 5 standard errors', async () => {
    const modes = { means: [[-1], [1]], sds: [[0.5], [0.5]] };
    const below = (1 + erf(1 / 0.5 / Math.SQRT2)) / 2;
    const share = (weight: number) => weight * (1 - below) + (1 - weight) * below;
    using density = mixture(core, { ...modes, weights: [1, 3] });
    const [, x] = await lastTwo(density, 0.02, 1500);
    const right = x.map((u) => (u > 0 ? 1 : 0));
    expect(Math.abs(standardErrors(right, share(0.25)))).toBeLessThan(5);
    expect(Math.abs(standardErrors(right, share(0.3)))).toBeGreaterThan(5);
    // And within them: the second moment, 1 + 0.25 but for the discretisation.
    expect(
      Math.abs(
        standardErrors(
          x.map((u) => u * u),
          1.25,
        ),
      ),
    ).toBeLessThan(5);
  });
});
