// What objectives cost, and a density learned by its likelihood and by denoising: what the worker computes, what the copied
// program prints, and the figures.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '../../src/core/pieces.js';
import { builtInImage, curl, key, loadCore, network } from '../../src/index.js';
import { energyCode } from '../../src/page/chapters/learning/energyCode.js';
import { withUsedNames } from '../../src/page/save/usedNames.js';
import { initialState, readState, writeState } from '../../src/page/state/state.js';
import { type EnergiesEvent, energies, turns } from '../../src/page/worker/energies.js';
import { middles } from '../../src/page/worker/grid.js';
import { type ObjectiveCostsEvent, objectiveCosts } from '../../src/page/worker/objectiveCosts.js';
import { Session } from '../../src/page/worker/session.js';
import { browsers, dist, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

const program = dist(`energy-${process.pid}.mjs`);
const grid = { xlim: [-0.5, 1.5], ylim: [-0.5, 1.5], n: 64 } as const;
let session: Session;
beforeAll(async () => {
  session = new Session(await loadCore({ kernel: 'strict' }));
  session.setImage(builtInImage('moons'));
});
afterAll(() => {
  session.core.dispose();
  rmSync(program, { force: true });
});

const emitted = async (steps: number, signal = new AbortController().signal) => {
  const events: EnergiesEvent[] = [];
  const emit = (event: unknown) => events.push(event as EnergiesEvent);
  const result = await energies(session, { sigma: 0.1, seed: 3, steps, grid }, { emit, signal });
  return { events, result };
};

describe('densities of the worker', () => {
  it('are normalised where they are seen, begin alike, and end where the copied program ends, bit for bit', async () => {
    const { events, result } = await emitted(30);
    expect(events.map(({ steps }) => steps)).toEqual([0, 5, 10, 20, 30]);
    const area = (2 / 64) ** 2;
    for (const { truth, learned } of events)
      for (const heights of [truth, ...learned])
        expect(heights.reduce((sum, height) => sum + area * height, 0)).toBeCloseTo(1, 3);
    const [first, last] = [events[0], events[4]];
    // The likelihood has its constant set before the first step, which changes no normalised density.
    expect(first.distances[0]).toBeCloseTo(first.distances[1], 3);
    expect(last.distances[0]).toBeLessThan(first.distances[0] / 3);
    // Least squares sees no place without data: most of the density is there yet.
    expect(last.distances[1]).toBeGreaterThan(2 * last.distances[0]);
    // And yet it is the better score, where the noisy picture is.
    expect(result.errors[1]).toBeLessThan(result.errors[0]);
    expect(result.errors[1]).toBeLessThan(0.8);
    for (const own of result.curls) expect(own).toBeLessThan(1e-4);
    const state = { ...initialState(), kernel: 'strict' as const, picture: 'moons' as const, seed: 3 };
    const code = withUsedNames(energyCode({ ...state, energyNoise: 0.1 }, grid));
    writeFileSync(program, code.replace('"steps":300', '"steps":30'));
    const lines = execFileSync(process.execPath, [program], { encoding: 'utf8', cwd: dist('') });
    const [likelihood, denoising] = last.distances;
    expect(lines.trim().split('\n')).toEqual([`likelihood ${likelihood}`, `denoising ${denoising}`]);
  });

  it('stop when they are asked to', async () => {
    const stop = new AbortController();
    stop.abort();
    const { used } = session.core.memory;
    await expect(emitted(30, stop.signal)).rejects.toThrow('abort');
    expect(session.core.memory.used).toBe(used);
  });

  it('a free network has curl, which is computed in pieces; one that is forgotten meanwhile is freed', () => {
    const { used } = session.core.memory;
    const config = { features: 16, width: 16, levels: 3, sigmaMin: 0.05, sigmaMax: 0.2 };
    session.replaceNetwork(network(session.core, config, { key: key(1) }), 0);
    const look = { sigma: 0.1, seed: 0, grid: { ...grid, n: 8 } };
    const { map, median } = atOnce(turns(session, { ...look, level: 1 }));
    expect(median).toBeGreaterThan(0.01);
    const score = session.openScore({ kind: 'network', level: 1 });
    expect(map).toEqual(Float32Array.from(curl(score.score, middles(look.grid), { step: 1e-3 })));
    score.release();
    const work = turns(session, { ...look, level: 1 });
    let pieces = 0;
    while (!work.next().done) pieces++;
    expect(pieces).toBe(1 + Math.ceil(500 / 64));
    const left = turns(session, { ...look, level: 1 });
    left.next();
    session.forgetNetwork();
    expect(session.core.memory.used).toBeGreaterThan(used);
    left.return({ map, median });
    expect(session.core.memory.used).toBe(used);
  });
});

it('objectives take the passes that they say, which only the implicit one has more of in more dimensions', async () => {
  const events: ObjectiveCostsEvent[] = [];
  const emit = (event: unknown) => events.push(event as ObjectiveCostsEvent);
  const objectives = ['denoising', 'implicit', 'sliced'] as const;
  const context = { emit, signal: new AbortController().signal };
  await objectiveCosts(session, { objectives, dims: [1, 4], steps: 20, seed: 0 }, context);
  expect(events.map(({ dim }) => dim)).toEqual([1, 4]);
  expect(events.map(({ measures }) => measures.map(({ passes }) => passes))).toEqual([
    [1, 2, 2],
    [1, 5, 2],
  ]);
  for (const { measures } of events)
    for (const { multiplyAdds, passes, stepMs, divergence } of measures) {
      expect(multiplyAdds).toBe(passes * measures[0].multiplyAdds);
      expect(stepMs).toBeGreaterThan(0);
      expect(divergence).toBeLessThan(2);
    }
});

it('the noise of the density is carried by links', () => {
  const link = writeState({ ...initialState(), chapter: 'learning', energyNoise: 0.2 });
  expect(link).toBe('learning&energyNoise=0.2');
  expect(readState(`${link}0`).energyNoise).toBe(0.2);
  expect(readState('learning&energyNoise=9').energyNoise).toBe(initialState().energyNoise);
});

describe.each(browsers)('objectives and densities in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);

  it.runIf(wanted)(
    'objectives tell what they cost; a density is learned by itself in both ways, and the challenge met at much noise',
    async () => {
      const tab = await Tab.open(own.browser, `${site.origin}#learning&energyNoise=0.2&objective=sliced`);
      const says = async (id: string, pattern: RegExp) => {
        await tab.figure(id);
        const text = await tab.page.waitForFunction(
          (selector, source) => {
            const figure = document.querySelector(selector) as Element;
            // Figures that are made above it move it away.
            const { top, bottom } = figure.getBoundingClientRect();
            if (bottom < 100 || top > innerHeight - 100) figure.scrollIntoView();
            return new RegExp(source).exec(figure.textContent ?? '')?.[0];
          },
          { timeout: 60_000, polling: 50 },
          `[data-figure="${id}"]`,
          pattern.source,
        );
        return String(await text.jsonValue());
      };
      await says('objectives', /Points of 1 coordinate.* ms by sliced, with 2 passes/);
      const saved = async (id: string) => {
        const press = () =>
          tab.page.$$eval(`[data-figure="${id}"] .save button`, (buttons) =>
            (buttons.find(({ textContent }) => textContent === 'SVG') as HTMLElement).click(),
          );
        const text = new TextDecoder().decode((await tab.saved(press)).bytes);
        return [...text.matchAll(/<text[^>]*>([^<]*)/g)].map(([, words]) => words).join(' ');
      };
      expect(await saved('objectives')).toMatch(
        /noisy place y .* ms a step .* another objective \(sliced\)\./,
      );
      const text = await says('energy', /After 300 of 300 .* free score, at noise .*\d\./);
      const [, likelihood, denoising] =
        /variation ([\d.]+) by likelihood, ([\d.]+) by denoising/.exec(text) ?? [];
      expect(Number(likelihood)).toBeLessThan(0.1);
      expect(Number(denoising)).toBeLessThan(Number(likelihood));
      await tab.page.waitForSelector('[data-challenge="energy"].met');
      expect(await saved('energy')).toMatch(
        /total variation .* By likelihood: off by 0\.\d+ .* Density at σ = 0\.2, 0 to/,
      );
      const shades = await tab.page.$$eval(
        `[data-figure="energy"] .figure canvas[role="img"]`,
        (grounds) => new Set(grounds.map((ground) => (ground as HTMLCanvasElement).toDataURL())).size,
      );
      expect(shades).toBe(4);
      expect(tab.problems).toEqual([]);
      expect(await tab.violations()).toEqual([]);
      await tab.page.close();
    },
  );
});
