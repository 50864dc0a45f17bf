import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/index.js';
import { worst } from '../cores.js';

/** A posterior of bench/posteriors, which has no types. */
interface Posterior {
  name: string;
  dim: number;
  logDensity(x: Float64Array, gradient: Float64Array): number;
  parameters(x: ArrayLike<number>): number[];
}

const folder = new URL('../../bench/posteriors/', import.meta.url);
const load = (file: string) => import(new URL(file, folder).href);
const { posteriors }: { posteriors: Posterior[] } = await load('index.mjs');
const { reference, measuredStan } = await load('data.mjs');
const { densityOf, samplePosterior } = await load('sample.mjs');
const stan = measuredStan();
const named = (part: string) => posteriors.find(({ name }) => name.includes(part))!;

/** The points at which run_stan.py asks Stan for gradients. */
const point = (dim: number, trial: number) =>
  Float64Array.from({ length: dim }, (_, i) => Math.sin(1 + 1.7 * i + 2.3 * trial) / 2);

const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(1, Math.abs(b));

/** The model without the logarithm of the slope of its maps from coordinates, all logistic. */
const withoutJacobian = (model: Posterior): Posterior => ({
  ...model,
  logDensity(x, gradient) {
    const logDensity = model.logDensity(x, gradient);
    // log p (1 - p) of p = 1 / (1 + exp(-v)), which stays finite far away.
    const slopes = x.map((v, d) => {
      gradient[d] += Math.tanh(v / 2);
      return -Math.abs(v) - 2 * Math.log1p(Math.exp(-Math.abs(v)));
    });
    return logDensity - slopes.reduce((sum, v) => sum + v);
  },
});

describe.each(posteriors)('the posterior $name', (model) => {
  const gradient = new Float64Array(model.dim);

  it('has a gradient that is its slope by finite differences, within 1e-6', () => {
    for (let trial = 0; trial < 3; trial++) {
      const x = point(model.dim, trial);
      const slopes = x.map((_, d) => {
        const [above, below] = [1e-5, -1e-5].map((h) =>
          model.logDensity(
            x.map((v, i) => (i === d ? v + h : v)),
            gradient,
          ),
        );
        return (above - below) / 2e-5;
      });
      model.logDensity(x, gradient);
      expect(worst(gradient, slopes, relative)).toBeLessThan(1e-6);
    }
  });

  // Stan solves the differential equation within 1e-3 of an animal, which moves the gradient far from the posterior.
  const within = model.name.endsWith('lotka_volterra') ? 1e-2 : 1e-9;

  it(`has the gradient and the log-density of Stan, within ${within}`, () => {
    const known = stan[model.name];
    const x = Float64Array.from(known.point as number[]);
    const here = model.logDensity(x, gradient);
    expect(worst(gradient, known.gradient, relative)).toBeLessThan(within);
    const difference = model.logDensity(point(model.dim, 1), gradient) - here;
    expect(relative(difference, known.difference)).toBeLessThan(within);
  });

  it('has a reference for each of its parameters', () => {
    const { dim, names, means, errors } = reference[model.name];
    expect(dim).toBe(model.dim);
    const count = model.parameters(new Float64Array(dim)).length;
    expect([names.length, means.length, errors.length]).toEqual([count, count, count]);
  });
});

it('solves the differential equation so that a difference of log-densities is that of SciPy, within 1e-6', () => {
  const { dim, name, logDensity } = named('lotka_volterra');
  const gradient = new Float64Array(dim);
  const [mean, far] = [reference[name].means.map((value: number) => Math.log(value)), stan[name].point].map(
    (x) => logDensity(Float64Array.from(x), gradient),
  );
  // solve_ivp of SciPy 1.17.1 with method DOP853, rtol and atol 1e-12.
  expect(relative(mean - far, 997.5984549896359)).toBeLessThan(1e-6);
});

describe('samplePosterior', () => {
  let core: library.Core;
  beforeAll(async () => {
    core = await library.loadCore({ kernel: 'strict' });
    return () => core.dispose();
  });
  const options = { key: library.key(1), draws: 500 };

  it('meets the reference means of eight schools', async () => {
    const found = await samplePosterior(library, core, named('eight_schools'), options);
    expect(found.z).toBeLessThan(4);
    expect(found.rhat).toBeLessThan(1.02);
    expect(found.divergences).toBeLessThan(20);
    expect(found.draws).toBe(2000);
  });

  it('meets those of two rates, and not without their Jacobian', async () => {
    const right = await samplePosterior(library, core, named('Rate_2'), options);
    expect(right.z).toBeLessThan(4);
    const wrong = await samplePosterior(library, core, withoutJacobian(named('Rate_2')), options);
    expect(wrong.rhat).toBeLessThan(1.02);
    expect(wrong.z).toBeGreaterThan(6);
  });

  it('evaluates all points of an array, in any order of scores and log-densities', () => {
    const model = named('garch');
    const density = densityOf(library, core, model);
    const x = Float32Array.from({ length: 3 * model.dim }, (_, i) => Math.sin(i));
    const gradient = new Float64Array(model.dim);
    const rows = [0, 1, 2].map((row) =>
      Float64Array.from(x.subarray(row * model.dim, (row + 1) * model.dim)),
    );
    const logs = rows.map((row) => Math.fround(model.logDensity(row, gradient)));
    const scores = rows.flatMap((row) => {
      model.logDensity(row, gradient);
      return [...gradient].map(Math.fround);
    });
    expect([...density.logProb(x)]).toEqual(logs);
    expect([...density.score(x)]).toEqual(scores);
    expect([...density.logProb(x)]).toEqual(logs);
  });
});

describe('bench/posteriors.mjs', () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const run = (...options: string[]) =>
    promisify(execFile)(process.execPath, ['bench/posteriors.mjs', ...options], { cwd });

  it('prints a table, and a line for each parameter when asked', async () => {
    const { stdout } = await run('--only', 'Rate_2,M0', '--draws', '800', '--all');
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => line.startsWith('| '))).toHaveLength(4);
    expect(lines[0]).toMatch(/^M0_data-M0_model omega: \S+ ± \S+, reference 0\.4238\S+, z \S+$/);
  });

  it('ends with 1 when chains are too short to agree', async () => {
    const failed = await run('--only', 'Rate_2', '--draws', '8').catch((error) => error);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^Not within \|z\| < 4, R-hat < 1\.01, .*: Rate_2_data-Rate_2_model$/m);
  });

  it('has every file of data and every model in its list', () => {
    const data = new Set(posteriors.map(({ name }) => `${name.split('-')[0]}.json`));
    expect(readdirSync(new URL('data', folder)).sort()).toEqual([...data].sort());
    expect(Object.keys(reference).sort()).toEqual(posteriors.map(({ name }) => name).sort());
  });
});
