import { describe, expect, it } from 'vitest';
import {
  autocorrelation,
  bfmi,
  essBulk,
  essMean,
  essQuantile,
  essSd,
  essTail,
  integratedAutocorrelationTime,
  mcseMean,
  mcseQuantile,
  mcseSd,
  rhat,
  summary,
} from '../../src/index.js';
import { diagnosticsGolden, expectClose, storedChains } from './chains.js';

const { probabilities, lags } = diagnosticsGolden;
const BOUND = 1e-9;

describe.each(storedChains)('$name $shape: equal to ArviZ within a relative 1e-9', (stored) => {
  const { draws, chains, dim, length, coordinates } = stored;
  const shape = { chains, dim };
  const want = (name: 'rhat' | 'essBulk' | 'essTail' | 'essMean' | 'essSd' | 'mcseMean' | 'mcseSd') =>
    coordinates.map((coordinate) => coordinate[name]);

  it('rhat', () => expectClose(rhat(draws, shape), want('rhat'), BOUND));

  it('essBulk, essTail, essMean, essSd and essQuantile', () => {
    expectClose(essBulk(draws, shape), want('essBulk'), BOUND);
    expectClose(essTail(draws, shape), want('essTail'), BOUND);
    expectClose(essMean(draws, shape), want('essMean'), BOUND);
    expectClose(essSd(draws, shape), want('essSd'), BOUND);
    for (const [i, probability] of probabilities.entries()) {
      const quantiles = coordinates.map((coordinate) => coordinate.essQuantile[i]);
      expectClose(essQuantile(draws, { ...shape, probability }), quantiles, BOUND);
    }
  });

  it('mcseMean, mcseSd and mcseQuantile', () => {
    expectClose(mcseMean(draws, shape), want('mcseMean'), BOUND);
    expectClose(mcseSd(draws, shape), want('mcseSd'), BOUND);
    for (const [i, probability] of probabilities.entries()) {
      const errors = coordinates.map((coordinate) => coordinate.mcseQuantile[i]);
      expectClose(mcseQuantile(draws, { ...shape, probability }), errors, BOUND);
    }
  });

  it('integratedAutocorrelationTime is the draws of the halves over essMean', () => {
    const times = want('essMean').map((ess) => (2 * Math.floor(length / 2) * chains) / Number(ess));
    expectClose(integratedAutocorrelationTime(draws, shape), times, BOUND);
  });

  it('autocorrelation, within 1e-12', () => {
    const kept = Math.min(lags, length);
    const got = autocorrelation(draws, { ...shape, lags: kept - 1 });
    expect(got.length).toBe(kept * chains * dim);
    for (const [at, { autocorrelation: rho }] of coordinates.entries()) {
      for (let chain = 0; chain < chains; chain++) {
        const column = rho[chain].map((_, lag) => got[(lag * chains + chain) * dim + at]);
        expectClose(column, rho[chain], 0, 1e-12);
      }
    }
  });

  it('bfmi, of the first coordinate', () => {
    const energies = draws.filter((_, i) => i % dim === 0);
    expectClose(bfmi(energies, { chains }), coordinates[0].bfmi, BOUND);
  });

  it('summary has them all, a row a coordinate', () => {
    const rows = summary(draws, shape);
    expect(rows.map(({ name }) => name)).toEqual(coordinates.map((_, at) => `x[${at}]`));
    for (const [at, row] of rows.entries()) {
      for (const name of ['mean', 'sd', 'mcseMean', 'mcseSd', 'essBulk', 'essTail', 'rhat'] as const) {
        expectClose([row[name]], [coordinates[at][name]], BOUND);
      }
    }
  });
});
