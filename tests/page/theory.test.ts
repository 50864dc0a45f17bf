// Chapters of theory: their closed forms against the library's own, and their figures in browsers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chiDensity } from '../../src/apps/chiDensity.js';
import { builtInImage, type Core, key, langevin, loadCore, mixture } from '../../src/index.js';
import {
  lineMoments,
  lineScore,
  logDensity,
  noisy,
  spaced,
  spectrum,
} from '../../src/page/chapters/shared/lineMixture.js';
import { norms } from '../../src/page/worker/normals.js';
import { type RaceEvent, race } from '../../src/page/worker/race.js';
import { Session } from '../../src/page/worker/session.js';
import { browsers, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});
afterAll(() => core.dispose());

const hills = { means: [-1.2, 0.9, 2], sds: [0.25, 0.35, 0.1], weights: [0.45, 0.35, 0.2] };

describe('curves of a mixture on the line', () => {
  it("are the library's mixture within 1e-5 of the log-density and 1e-4 of the score", () => {
    const { means, sds, weights } = noisy(hills, 0.3);
    const score = mixture(core, {
      means: means.map((mean) => [mean]),
      sds: sds.map((sd) => [sd]),
      weights,
    });
    const x = Float32Array.from(spaced(-3, 3, 41));
    const [logs, slopes] = [score.logProb(x), score.score(x)];
    x.forEach((at, i) => {
      expect(logDensity(noisy(hills, 0.3), at)).toBeCloseTo(logs[i], 5);
      expect(Math.abs(lineScore(noisy(hills, 0.3), at) - slopes[i])).toBeLessThan(1e-4);
    });
    score.dispose();
  });

  it('have the moments and the waves that sums over the line give, within 1e-6', () => {
    const x = spaced(-6, 6, 4801);
    const p = x.map((at) => Math.exp(logDensity(hills, at)) * (x[1] - x[0]));
    const sum = (of: (at: number) => number) => x.reduce((total, at, i) => total + p[i] * of(at), 0);
    const { mean, variance } = lineMoments(hills);
    expect(sum(() => 1)).toBeCloseTo(1, 6);
    expect(sum((at) => at)).toBeCloseTo(mean, 6);
    expect(sum((at) => (at - mean) ** 2)).toBeCloseTo(variance, 6);
    for (const k of [0, 0.7, 3]) {
      const size = Math.hypot(
        sum((at) => Math.cos(k * at)),
        sum((at) => Math.sin(k * at)),
      );
      expect(spectrum(hills, k)).toBeCloseTo(size, 6);
    }
  });
});

it.each([1, 2, 7, 784])(
  'the density of norms in %i dimensions adds up to 1, with a mean square of d',
  (d) => {
    const r = spaced(0, Math.sqrt(d) + 8, 8001);
    const sum = (of: (at: number) => number) =>
      r.reduce((total, at) => total + of(at) * chiDensity(d, at), 0) * (r[1] - r[0]);
    // At d = 1 the density does not vanish at 0, where a sum of columns misses half a column.
    expect(sum(() => 1)).toBeCloseTo(1, d === 1 ? 2 : 5);
    expect(sum((at) => at * at) / d).toBeCloseTo(1, 5);
    // 2,000 draws: the mean of the squares is off by a factor of sqrt(2 / 2000 d), here at most 4 times that.
    const drawn = norms(core, { n: 2000, dim: d, seed: 1 });
    const mean = drawn.reduce((total, norm) => total + norm * norm, 0) / 2000;
    expect(Math.abs(mean / d - 1)).toBeLessThan(4 * Math.sqrt(2 / (2000 * d)));
  },
);

describe('samplers side by side', () => {
  it('start at one place, use as many scores as told, and end where each sampler alone would', async () => {
    const session = new Session(core, undefined);
    session.setImage(builtInImage('five'));
    const events: RaceEvent[] = [];
    const args = { chains: 20, seed: 3, sigmas: [0.4, 0.2, 0.1, 0.05], scores: 40, frames: 4 };
    const samplers = ['langevin', 'hmc', 'annealedLangevin', 'reverseDiffusion', 'probabilityFlow'] as const;
    const context = {
      emit: (event: unknown) => events.push(event as RaceEvent),
      signal: new AbortController().signal,
    };
    await race(session, { ...args, samplers }, context);
    expect(events.map(({ scores }) => scores)).toEqual([0, 10, 20, 30, 40]);
    for (const { x } of events) {
      expect(x.map(({ length }) => length)).toEqual([40, 40, 40, 40, 40]);
      expect(x.every((one) => one.every(Number.isFinite))).toBe(true);
    }
    const [first] = events;
    expect(first.x[1]).toEqual(first.x[0]);
    for (let i = 0; i < samplers.length; i++) expect(events[4].x[i]).not.toEqual(first.x[i]);
    const alone: RaceEvent[] = [];
    await race(
      session,
      { ...args, samplers: ['probabilityFlow'] },
      { ...context, emit: (event) => alone.push(event as RaceEvent) },
    );
    expect(alone[4].x[0]).toEqual(events[4].x[4]);
  });
});

it('steps of a Gaussian end with the variance that the article says: s² / (1 − η / 4s²)', async () => {
  const score = mixture(core, { means: [[0, 0]], sds: [[1, 0.25]] });
  const stepSize = 2 * 0.25 ** 2;
  const init = new Float32Array(2 * 4000);
  let last: Float32Array = init;
  for await (const { x } of langevin(score, { key: key(7), steps: 400, stepSize, chains: 4000, init }))
    last = x;
  let sum = 0;
  for (let i = 1; i < last.length; i += 2) sum += last[i] ** 2 / 4000;
  const predicted = 0.25 ** 2 / (1 - stepSize / (4 * 0.25 ** 2));
  // The mean of 4,000 squares is off by a factor of sqrt(2 / 4000) = 0.022.
  expect(Math.abs(sum / predicted - 1)).toBeLessThan(4 * 0.022);
  score.dispose();
});

describe.each(browsers)('chapters of theory in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);

  it.runIf(wanted)(
    'draw their figures, read what is moved, and meet their challenges',
    async () => {
      const tab = await Tab.open(own.browser, `${site.origin}#line`);
      const { page } = tab;
      const move = (id: string, label: string, share: number) =>
        page.evaluate(
          (figure, text, place) => {
            const labels = [...document.querySelectorAll(`[data-figure="${figure}"] label`)];
            const found = labels.find((element) => element.textContent?.startsWith(text)) as HTMLLabelElement;
            const input = document.getElementById(found.htmlFor) as HTMLInputElement;
            input.value = String(Math.round(place * Number(input.max)));
            input.dispatchEvent(new Event('input', { bubbles: true }));
          },
          id,
          label,
          share,
        );
      const reads = (id: string, pattern: RegExp) =>
        page.waitForFunction(
          (figure, source) =>
            new RegExp(source).test(document.querySelector(`[data-figure="${figure}"]`)?.textContent ?? ''),
          { timeout: 30_000 },
          id,
          pattern.source,
        );
      await reads('line', /The area under c p is 1;/);
      await move('line', 'Factor c', 1);
      await reads('line', /The area under c p is 10;/);
      await tab.visit(`${site.origin}#steps`);
      await reads('step-size', /forgets its start in about 640 steps/);
      expect(await page.$('[data-challenge="wide"].met')).toBeNull();
      await move('step-size', 'Step size', 0.5);
      await page.waitForSelector('[data-challenge="wide"].met');
      await move('step-size', 'Step size', 1);
      await reads('step-size', /flew off/);
      await tab.visit(`${site.origin}#blur`);
      await reads('fourier', /Waves shorter than 0\.80/);
      await tab.visit(`${site.origin}#dimensions`);
      await reads('norms', /√d = 1\.41/);
      await move('norms', 'Dimensions', 1);
      await reads('norms', /√d = 31\.6/);
      await tab.visit(`${site.origin}#denoising`);
      await reads(
        'regression',
        /Mean squared error: y itself 0\.3\d+, the straight line 0\.2\d+, Tweedie 0\.1/,
      );
      await tab.visit(`${site.origin}#race`);
      await page.evaluate(() => document.querySelector('[data-figure="race"]')?.scrollIntoView());
      await reads('race', /100 of 100 scores/);
      expect(tab.problems).toEqual([]);
      expect(await tab.violations()).toEqual([]);
      await page.close();
    },
    120_000,
  );
});
