// Figures of steps and of denoising: a fuzzy line, other noise, what a step is worth; and links that carry their dials.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { langevinEfficiency, langevinVariance } from '../../src/apps/langevinStep.js';
import { atOnce } from '../../src/core/pieces.js';
import { type Core, key, loadCore, normal } from '../../src/index.js';
import {
  at,
  drawnLine,
  expectedError,
  lineError,
  longestAxis,
  ridgeLine,
} from '../../src/page/chapters/denoising/fuzzyLine.js';
import { MEMORY, Way } from '../../src/page/chapters/steps/way.js';
import { initialState, names, readState, writeState } from '../../src/page/state/state.js';
import { noiseView } from '../../src/page/worker/noiseModel.js';
import { Session } from '../../src/page/worker/session.js';
import { Swarm } from '../../src/page/worker/swarm.js';
import { browsers, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

let core: Core;
beforeAll(async () => {
  core = await loadCore({ kernel: 'strict' });
});
afterAll(() => core.dispose());

describe('a fuzzy line', () => {
  const [rows, columns, n, noise] = [4000, 12, 5, 1.2];
  const lines = () => {
    const normals = normal(core, key(6), [rows, columns]);
    return Array.from({ length: rows }, (_, row) => drawnLine(normals, { row, columns, n, noise }));
  };

  it.each([0.1, 1.2, 4])(
    'fitted with noise %f is off by what the formula says, in the mean of 4,000 lines',
    (sigma) => {
      const mean = lines().reduce(
        (sum, { line, points }) => sum + lineError(ridgeLine(points, sigma), line) / rows,
        0,
      );
      // Errors spread about as wide as their mean: 4 / sqrt(4000) is 6 %.
      expect(Math.abs(mean / expectedError(n, noise, sigma) - 1)).toBeLessThan(0.07);
    },
  );

  it('has its least error at the true noise, whatever the number of points', () => {
    for (const count of [2, 3, 40])
      for (const factor of [0.5, 0.9, 1.1, 2])
        expect(expectedError(count, noise, factor * noise)).toBeGreaterThan(
          expectedError(count, noise, noise),
        );
  });

  it('is, fitted with noise s, where a small change of it makes the penalised sum no less', () => {
    const { points } = lines()[3];
    const sum = (intercept: number, slope: number) =>
      points.y.reduce((total, y, i) => total + (y - at({ intercept, slope }, points.x[i])) ** 2, 0) +
      0.8 ** 2 * (intercept ** 2 + slope ** 2);
    const { intercept, slope } = ridgeLine(points, 0.8);
    for (const [a, b] of [
      [0.01, 0],
      [-0.01, 0],
      [0, 0.01],
      [0, -0.01],
    ])
      expect(sum(intercept + a, slope + b)).toBeGreaterThan(sum(intercept, slope));
  });

  it('has a longest axis that no turned line through its middle is nearer to', () => {
    const { points } = lines()[8];
    const { middle, angle, across } = longestAxis(points);
    const squares = (turned: number) =>
      points.x.reduce((sum, x, i) => {
        const away = Math.cos(turned) * (points.y[i] - middle[1]) - Math.sin(turned) * (x - middle[0]);
        return sum + away ** 2 / n;
      }, 0);
    expect(squares(angle)).toBeCloseTo(across ** 2, 10);
    for (const turn of [-0.05, 0.05, 1.5]) expect(squares(angle + turn)).toBeGreaterThan(squares(angle));
    expect(longestAxis({ x: [0, 1], y: [0, 1] }).across).toBeLessThan(1e-7);
  });
});

it.each(['poisson', 'gaussian', 'laplace', 'gamma'] as const)(
  'numbers under %s noise: errors fall from y alone by the formula and the fitted prior to the best',
  (kind) => {
    const { y, density, risks, columns, best, raw } = atOnce(noiseView(core, { kind, n: 1000, seed: 0 }));
    expect(risks.formula).toBeLessThan(0.85 * risks.raw);
    expect(risks.fitted).toBeLessThan(risks.formula);
    expect(risks.best).toBeLessThan(1.02 * risks.fitted);
    // Regression on the clean numbers ends near the best, and a little below it on the numbers that it has seen.
    expect(risks.columns).toBeGreaterThan(0.85 * risks.best);
    expect(risks.columns).toBeLessThan(1.05 * risks.best);
    const mass = density.reduce((sum, p) => sum + p, 0) * (y[1] - y[0]);
    expect(mass).toBeLessThan(1 + 1e-6);
    expect(mass).toBeGreaterThan(0.97);
    expect([density, columns, best, raw].map(({ length }) => length)).toEqual(Array(4).fill(y.length));
    const means = [...columns.keys()].filter((i) => !Number.isNaN(columns[i]));
    expect(means.length).toBeGreaterThan(12);
  },
);

describe('a step', () => {
  it('is worth as many draws as its excess of variance, and particles show both', () => {
    for (const eta of [0.05, 0.8, 3])
      expect(langevinEfficiency(eta, 1)).toBeCloseTo(langevinVariance(eta, 1) - 1, 12);
    const eta = 0.8;
    const way = new Way();
    let x = normal(core, key(0), [2000]).map((z) => Math.sqrt(langevinVariance(eta, 1)) * z);
    for (let frame = 0; frame < MEMORY + 30; frame++) {
      way.see(x);
      const z = normal(core, key(frame + 1), [2000]);
      x = x.map((v, i) => (1 - eta / 2) * v + Math.sqrt(eta) * z[i]);
    }
    expect(way.count).toBe(MEMORY);
    expect(Math.abs(way.worth / langevinEfficiency(eta, 1) - 1)).toBeLessThan(0.03);
    expect(Math.abs(way.variance / langevinVariance(eta, 1) - 1)).toBeLessThan(0.03);
    way.forget();
    expect(way.count).toBe(0);
  });

  it('with scales is the step of the scaled coordinates, bit for bit', async () => {
    const session = new Session(core, undefined);
    const open = () => new Swarm(session, { chains: 50, seed: 2, start: { centre: [0, 0], spread: 1 } });
    const [plain, scaled] = [open(), open()];
    const score = { kind: 'mixture' as const, means: [[0, 0]], sds: [[1, 1]] };
    scaled.x = scaled.x.map((v, i) => v * [1, 0.25][i % 2]);
    const moves = { score, stepSize: 0.5, steps: 3 };
    const x = await plain.advance(moves);
    const y = await scaled.advance({ ...moves, scales: [1, 0.25] });
    expect([...y]).toEqual([...x].map((v, i) => v * [1, 0.25][i % 2]));
    plain.close();
    scaled.close();
  });
});

it('a link carries every dial of the chapters of theory', () => {
  const dials = {
    ...{
      factor: 3,
      apart: 2.5,
      leftShare: 0.3,
      lineNoise: 0.4,
      ratio: 7,
      narrowStep: 0.5,
      precondition: true,
    },
    ...{ leftWeight: 0.7, blurNoise: 0.3, dimensions: 784, guessNoise: 1, fuzz: 1, penalty: 1.1, onLine: 9 },
    ...{
      lineSeed: 4,
      noiseModel: 'gamma' as const,
      dropTime: 1.5,
      dropX: 0.2,
      dropY: 0.8,
      dropBack: 'flow' as const,
    },
  } as const;
  const state = { ...initialState(), ...dials };
  expect(readState(writeState(state))).toEqual(state);
  for (const name of Object.keys(dials)) expect(names).toContain(name);
});

describe.each(browsers)('figures of steps and denoising in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);

  it.runIf(wanted)('open as a link says, follow their dials, and write them into the address', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#steps&ratio=10&narrowStep=0.5`);
    const { page } = tab;
    const slide = (field: string, share: number) =>
      page.$eval(
        `input[id^="control-${field}-"]`,
        (element, place) => {
          const input = element as HTMLInputElement;
          input.value = String(Math.round(place * Number(input.max)));
          input.dispatchEvent(new Event('input', { bubbles: true }));
        },
        share,
      );
    await tab.see('.reading', /forgets its start in about 400 steps/);
    // The page still scrolls to its chapter, so that a place on the screen is another one when the driver has come there.
    await page.$eval('[data-figure="step-size"] .toggle input', (box) => (box as HTMLInputElement).click());
    await tab.see('.reading', /forgets its start in about 4 steps/);
    await tab.see('.numbers', /wide11\.14(0\.|1)/);
    await tab.visit(`${site.origin}#denoising&onLine=3&fuzz=1`);
    await tab.figure('fuzzy');
    await tab.see('.reading', /^Fitted with σ = 0\.3, .* at the true σ = 1, is 0\.408/);
    expect(await page.$('[data-challenge="penalty"].met')).toBeNull();
    await slide('penalty', 0.565);
    await page.waitForSelector('[data-challenge="penalty"].met');
    await page.waitForFunction(() => /fuzz=1&penalty=0\.998\b/.test(location.hash));
    await tab.figure('noise-models');
    const first = await tab.see('.reading', /^Mean squared error: y alone 4\.37, formula 3\.3, .* best 1\.8/);
    await page.select('select[id^="control-noiseModel"]', 'laplace');
    await tab.see('.reading', /^Mean squared error: y alone 2\./);
    expect(first).not.toContain('NaN');
    expect(tab.problems).toEqual([]);
    expect(await tab.violations()).toEqual([]);
    await page.close();
  });
});
