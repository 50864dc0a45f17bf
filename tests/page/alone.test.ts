// The single file, and engines that lack something.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { browsers, dist, distText, isWanted, Tab } from './help.js';
import { askForStillness, useBrowser, usePage } from './site.js';

const site = usePage((path) => {
  // The engine says it cannot compile the binary with relaxed SIMD, as one without it does.
  if (path === '/strict/worker.js') {
    const stub =
      'const ask = WebAssembly.validate; let first; WebAssembly.validate = (bytes) => (first ??= bytes) !== bytes && ask(bytes);';
    return { type: 'text/javascript', text: `${stub}${distText('page/worker.js')}` };
  }
  if (path === '/none/worker.js') {
    return {
      type: 'text/javascript',
      text: `WebAssembly.validate = () => false;${distText('page/worker.js')}`,
    };
  }
  const [, file] = /^\/(?:strict|none)\/(.*)$/.exec(path) ?? [];
  if (file === undefined) return undefined;
  if (/\.(wasm|woff2)$/.test(file)) {
    const type = file.endsWith('.wasm') ? 'application/wasm' : 'font/woff2';
    return { type, text: '', bytes: readFileSync(dist(`page/${file}`)) };
  }
  const type = file.endsWith('.js') ? 'text/javascript' : file.endsWith('.css') ? 'text/css' : 'text/html';
  return { type, text: distText(`page/${file || 'index.html'}`) };
});
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(browsers)('without its folder, in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const own = useBrowser(name, path);

  it.runIf(wanted)('one file opens from the disk, moves, trains, and asks for nothing', async () => {
    const tab = await Tab.open(own.browser, `${pathToFileURL(dist('scorefield.html'))}#density`);
    await tab.moves();
    await tab.visit(
      `${pathToFileURL(dist('scorefield.html'))}#learning&features=16&width=16&levels=9&batch=16&steps=20`,
    );
    await tab.press('Train');
    await tab.see('', /Trained: 20 steps/);
    expect(tab.requests).toEqual([]);
    expect(await tab.violations()).toEqual([]);
    expect(tab.problems).toEqual([]);
    await tab.page.close();
  });

  it.runIf(wanted)(
    'an engine without relaxed SIMD runs the strict kernel; one without SIMD gets a message',
    async () => {
      const tab = await Tab.open(own.browser, `${site.origin}strict/#density`);
      await tab.moves();
      expect(await tab.page.evaluate(() => document.documentElement.dataset.kernel)).toBe('strict');
      await tab.visit(`${site.origin}none/#density`);
      await tab.see('', /This browser cannot run the page: .* no WebAssembly SIMD/);
      await tab.page.close();
    },
  );

  it.runIf(wanted)('a GIF is filmed where the engine has no encoder', async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#density&particles=100`, (page) =>
      page.evaluateOnNewDocument(() => {
        Reflect.deleteProperty(globalThis, 'VideoEncoder');
      }),
    );
    await tab.moves();
    const film = await tab.saved(() => tab.press('Film'));
    expect(film.name).toBe('density.gif');
    expect(new TextDecoder().decode(film.bytes.slice(0, 6))).toBe('GIF89a');
    expect(film.bytes.at(-1)).toBe(0x3b);
    await tab.page.close();
  });

  it.runIf(wanted)(
    'who asked for less movement sees figures that stand still until they are started',
    async () => {
      const tab = await Tab.open(own.browser, 'about:blank');
      await tab.page.evaluateOnNewDocument(askForStillness);
      await tab.visit(`${site.origin}#density`);
      await tab.see('.reading', /Particles nearest/);
      await wait(300);
      const still = await tab.pixels();
      await wait(300);
      expect(await tab.pixels()).toBe(still);
      await tab.press('Play');
      await tab.moves();
      await tab.page.close();
    },
  );
});

describe('dist/scorefield.html', () => {
  const html = distText('scorefield.html');

  it('allows its script and its style by their hashes, and no other', () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, script] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? [];
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
    expect(policy).toContain(`script-src ${hash(script)} 'wasm-unsafe-eval';`);
    expect(policy).toContain(`style-src ${hash(style)};`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:/);
    const markup = html.replace(script, '').replace(style, '');
    expect(markup.match(/ (src|href)="(?!data:,|#)[^"]*/g)).toBe(null);
    expect(markup.match(/<[a-z][^>]* (on[a-z]+|style)=/g)).toBe(null);
  });
});
