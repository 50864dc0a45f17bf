import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  builtInImage,
  collect,
  empirical,
  geomspace,
  imageDistribution,
  key,
  langevin,
  loadCore,
  readNpy,
  split,
  writeNpy,
} from '../../src/index.js';
import { burnInOf, isChain, samplerNames, stepOf } from '../../src/page/worker/samplerMenu.js';
import { browsers, dist, isWanted, Tab } from './help.js';
import { copiedCode, expectQuiet, SMALL, useBrowser, usePage } from './site.js';

const site = usePage();

describe.each(browsers)('sampling in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);
  let tab: Tab;
  beforeAll(async () => {
    if (wanted) tab = await Tab.open(own.browser, site.origin);
  }, 120_000);

  it.runIf(wanted)(
    'sampling: the histogram of a link is that of Node, bit for bit, and its code gives it again',
    async () => {
      const link = `${site.origin}#sampling&kernel=strict&from=exact&seed=7&chains=24&draws=300&bins=20&level=20&picture=moons`;
      await tab.visit(link);
      await tab.press('Draw samples');
      const reading = await tab.see('.reading', /^300 steps/);
      const core = await loadCore({ kernel: 'strict' });
      const data = imageDistribution(builtInImage('moons'));
      const score = empirical(core, data, geomspace(1e-4, 1, 30)[20]);
      const histogram = { bins: 20, xlim: [0, 1], ylim: [0, 1] } as const;
      const [burnInKey, runKey] = split(key(7));
      const options = { stepSize: stepOf(2, geomspace(1e-4, 1, 30)[20]), chains: 24 };
      const burnIn = { key: burnInKey, steps: burnInOf(300), init: Float32Array.of(0.5, 0.5) };
      const { x: init } = await collect(langevin(score, { ...options, ...burnIn }));
      const state = await collect(
        langevin(score, { ...options, key: runKey, steps: 300, init, histogram, thin: 1 }),
      );
      const { bytes } = await tab.saved(() => tab.press('Save the samples'));
      const saved = readNpy(bytes);
      expect(saved.shape).toEqual([300, 24, 2]);
      expect(saved.data).toEqual(state.path);

      await tab.visit(link);
      await tab.press('Draw samples');
      expect(await tab.see('.reading', /^300 steps/)).toBe(reading);
      // Opened again, the same samples lie in the same cells.
      await tab.open('Open samples', site.write('samples.npy', bytes));
      const distance = /total variation [\d.]+/.exec(reading)?.[0] ?? '';
      expect(await tab.see('.reading', /^300 steps, 7,200 samples/)).toContain(distance);
      // Opened during a run, they are not mixed with its own.
      await tab.visit(link.replace('draws=300', 'draws=400000'));
      await tab.press('Draw samples');
      await tab.see('.reading', /^\d/);
      await tab.open('Open samples', site.write('samples.npy', bytes));
      await tab.see('.reading', /^300 steps, 7,200/);
      const { bytes: opened } = await tab.saved(() => tab.press('Save the samples'));
      expect(readNpy(opened).shape).toEqual([300, 24, 2]);
      await tab.visit(link);
      await tab.open('Open samples', site.write('odd.npy', writeNpy(new Float32Array(9), [3, 3])));
      await tab.see('', /odd\.npy: must hold points of 2 coordinates/);

      const code = await copiedCode(tab);
      const program = join(dist(''), `page-${name}-${process.pid}.mjs`);
      writeFileSync(
        program,
        code.replace(/console\.log\((.*), total/, 'console.log(JSON.stringify([...$1]), total'),
      );
      try {
        const printed = execFileSync(process.execPath, [program], { encoding: 'utf8' });
        expect(JSON.parse(printed.slice(0, printed.indexOf(']') + 1))).toEqual([
          ...(state.histogram?.counts ?? []),
        ]);
        expect(distance).toBe(
          `total variation ${Number(printed.slice(printed.indexOf(']') + 1)).toFixed(4)}`,
        );
      } finally {
        rmSync(program);
      }
    },
  );

  // In Firefox one of chains and one from noise: tests/browser.test.ts compares every sampler's bits there.
  const samplers = name === 'chrome' ? samplerNames : (['mala', 'reverseDiffusion'] as const);
  it.runIf(wanted)(`sampling: ${samplers.length} samplers by name lead to the picture`, async () => {
    for (const sampler of samplers) {
      await tab.visit(
        `${site.origin}#sampling&from=exact&sampler=${sampler}&chains=200&draws=100&bins=10&level=22`,
      );
      await tab.press('Draw samples');
      await tab.page.waitForFunction(
        () =>
          [...document.querySelectorAll('#chapter-sampling button')].some(
            (button) => button.textContent === 'Stop' && (button as HTMLButtonElement).disabled,
          ),
        { polling: 50 },
      );
      const [, distance] =
        /total variation ([\d.]+)/.exec(await tab.see('.reading', /samples · total/)) ?? [];
      // 200 samples of the truth are about 0.15 from it; chains that stayed at their start would be above 0.9.
      expect(Number(distance), sampler).toBeLessThan(0.3);
      const isFromNoise = !isChain(sampler);
      const { bytes } = await tab.saved(() => tab.press('Save the samples'));
      expect(readNpy(bytes).shape).toEqual(isFromNoise ? [1, 5000, 2] : [100, 200, 2]);
    }
    await tab.visit(`${site.origin}#learning&${SMALL}&steps=2`);
    await tab.press('Train');
    await tab.see('', /Trained: 2 steps/);
    await tab.chapter('sampling');
    await tab.page.select('#chapter-sampling select[id^="control-sampler"]', 'nuts');
    await tab.press('Draw samples');
    // Over a learned score it accepts by the line integral.
    await tab.see('.reading', /samples · total/);
  });

  it.runIf(wanted)('asked nobody else for anything, broke no policy, and logged nothing', () =>
    expectQuiet(tab, site.origin),
  );
});
