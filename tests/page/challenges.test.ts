// Challenges of the chapters on steps and on sampling; those of the others are met where their figures are tested.
import { describe, expect, it } from 'vitest';
import { browsers, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

describe.each(browsers.slice(0, 1))('challenges in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);
  const isMet = async (tab: Tab, challenge: string) =>
    (await tab.page.$(`[data-challenge="${challenge}"].met`)) !== null;
  const meets = (tab: Tab, challenge: string) =>
    tab.page.waitForSelector(`[data-challenge="${challenge}"].met`, { timeout: 60_000 });

  it.runIf(wanted)('weigh: particles find the weights by annealing, and not by themselves', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#steps`);
    await tab.figure('weights');
    await tab.moves(1);
    await tab.see('.reading', /^On the left hill: (4|5)\d %/);
    expect(await isMet(tab, 'weigh')).toBe(false);
    await tab.press('Start from noise, and anneal');
    await tab.see('.reading', /^Noise σ = /);
    await meets(tab, 'weigh');
    await tab.page.close();
  });

  it.runIf(wanted)('close: 50,000 samples of a score that is exact, by a sampler that goes far', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#sampling&from=exact&chains=1000&draws=50`);
    await tab.figure('sampling');
    // Of exact draws the words say so much.
    await tab.see(
      '.reading',
      /^50 steps, 50,000 samples .* exact draws would have 0\.0(46[5-9]|47[0-4])/,
      60_000,
    );
    expect(await isMet(tab, 'close')).toBe(false);
    await tab.page.select('#chapter-sampling select[id^="control-sampler"]', 'hmc');
    await meets(tab, 'close');
    // Few cells make any sampler look good.
    await tab.visit(`${site.origin}#sampling&from=exact&chains=1000&draws=50&sampler=hmc&bins=10`);
    await tab.figure('sampling');
    await tab.see('.reading', /^50 steps, 50,000 samples · total variation 0\.0[0-4]/, 60_000);
    expect(await isMet(tab, 'close')).toBe(false);
    await tab.page.close();
  });
});
