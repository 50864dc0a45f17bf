// The chapter on diffusion: a drop of colour there and back, in the worker, as a program, and in browsers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce } from '../../src/core/pieces.js';
import { type Core, geomspace, loadCore } from '../../src/index.js';
import { dropCode } from '../../src/page/chapters/diffusion/code.js';
import { initialState } from '../../src/page/state/state.js';
import { dropFilm } from '../../src/page/worker/drop.js';
import { browsers, isWanted, Tab } from './help.js';
import { useProgram } from './program.js';
import { useBrowser, usePage } from './site.js';

let core: Core;
beforeAll(async () => {
  core = await loadCore({ kernel: 'strict' });
});
afterAll(() => core.dispose());

const drop = { centre: [0.3, 0.65], sd: 0.03 } as const;
const [particles, moments] = [200, 31];
const variances = Array.from(geomspace(1e-3, 1, moments));
const film = (back: 'diffusion' | 'flow' | 'noise') =>
  atOnce(dropFilm(core, { drop, variances, particles, seed: 3, back }));
/** Root mean square distance of particles [n, 2] from where the drop fell, in each coordinate. */
const spread = (x: Float32Array) =>
  Math.sqrt(x.reduce((sum, v, i) => sum + (v - drop.centre[i % 2]) ** 2, 0) / x.length);

describe('a drop of colour', () => {
  const printed = useProgram('drop');
  it.each(['diffusion', 'flow'] as const)(
    'comes home by the %s, as wide as it was at the same moment',
    (back) => {
      const { forwards, backwards, entropies } = film(back);
      const at = (frames: Float32Array, k: number) =>
        frames.slice(2 * particles * k, 2 * particles * (k + 1));
      // 400 squares of Gaussian numbers: their root mean square is off by 3.5 %, the flow's steps by a little more.
      const width = Math.hypot(drop.sd, Math.sqrt(variances[0]));
      expect(Math.abs(spread(at(forwards, 0)) / width - 1)).toBeLessThan(0.15);
      expect(Math.abs(spread(at(backwards, moments - 1)) / width - 1)).toBeLessThan(0.2);
      expect(spread(at(backwards, 0))).toBeGreaterThan(0.28);
      // Entropy rises all the way there, from that of a Gaussian to the uniform one's, and falls all the way back.
      expect(entropies).toHaveLength(2 * moments);
      expect(entropies[0]).toBeCloseTo(1 + Math.log(2 * Math.PI * width ** 2), 3);
      expect(entropies[moments]).toBeCloseTo(0, 3);
      for (let i = 1; i < moments; i++) {
        expect(entropies[i]).toBeGreaterThan(entropies[i - 1]);
        expect(entropies[2 * moments - 1 - i]).toBe(entropies[i]);
      }
    },
  );

  it('stays mixed when it goes back by random steps alone', () => {
    const { backwards, entropies } = film('noise');
    expect(spread(backwards.slice(-2 * particles))).toBeGreaterThan(0.28);
    expect(Math.abs(entropies[2 * moments - 1])).toBeLessThan(1e-3);
  });

  it.each(['diffusion', 'flow', 'noise'] as const)(
    'is, by the copied program, the very one of the page: %s',
    (back) => {
      const state = { ...initialState(), kernel: 'strict' as const, seed: 3, dropBack: back };
      const code = dropCode(state, { sd: drop.sd, particles, least: 1e-3, most: 1, moments });
      const [there, home] = printed(code);
      const { forwards, backwards } = film(back);
      expect(there).toEqual([...forwards.slice(-2 * particles)]);
      expect(home).toEqual([...backwards.slice(-2 * particles)]);
    },
  );
});

describe.each(browsers)('the chapter on diffusion in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);

  it.runIf(wanted)('plays its film there and back, and a link leads to a moment of it', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#diffusion`);
    // The film plays when it is seen.
    await tab.figure('drop');
    await tab.see('.reading', /^Forwards: σ = /);
    await tab.moves();
    await tab.visit(`${site.origin}#diffusion&dropTime=1.85`);
    await tab.figure('drop');
    await tab.see('.reading', /^Backwards/);
    await tab.press('Play', '[data-figure="drop"]');
    await tab.see(
      '.reading',
      /^Backwards, random steps and the score: σ = 0\.0316.* (5|6|7|8|9)\d % are within/,
    );
    await tab.visit(`${site.origin}#diffusion&dropTime=1.5&dropBack=noise&dropX=0.2`);
    await tab.figure('drop');
    await tab.see('.reading', /^Backwards, random steps alone: σ = 0\.178, entropy 0 nats/);
    expect(await tab.page.$('[data-challenge="home"].met')).toBeNull();
    await tab.visit(`${site.origin}#diffusion&dropTime=2&dropX=0.06`);
    await tab.figure('drop');
    await tab.page.waitForSelector('[data-challenge="home"].met');
    expect(tab.problems).toEqual([]);
    await tab.page.close();
  });
});
