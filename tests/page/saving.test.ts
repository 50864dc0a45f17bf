// Saved pictures of figures with charts: what they draw, their words, and their files.
import { decode } from 'fast-png';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { evenMarks, logMarks } from '../../src/page/chapters/shared/axes.js';
import { paintChart } from '../../src/page/chapters/shared/curvePicture.js';
import type { Colours } from '../../src/page/figure/colours.js';
import { SvgPen } from '../../src/page/figure/svg.js';
import { browsers, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

describe('marks of an axis', () => {
  it('are even steps of 1, 2 or 5 times a power of ten, at most one more than asked for', () => {
    expect(evenMarks(-4, 4, 5)).toEqual([-4, -2, 0, 2, 4]);
    expect(evenMarks(0, 0.53, 6)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(evenMarks(-12.7, 0.3, 4)).toEqual([-10, -5, 0]);
    expect(evenMarks(1, 1.3, 3)).toEqual([1, 1.1, 1.2, 1.3]);
  });

  it('are powers of ten, and 2 and 5 times them over less than 300', () => {
    expect(logMarks(0.05, 3)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(logMarks(1e-4, 10)).toEqual([1e-4, 1e-3, 0.01, 0.1, 1, 10]);
  });
});

describe('a chart as it is saved', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('leaves out what a logarithmic axis cannot show, and ends its curves at its edges', () => {
    const measureText = (text: string) => ({ width: 6 * text.length });
    vi.stubGlobal('document', { createElement: () => ({ getContext: () => ({ measureText }) }) });
    const pen = new SvgPen(200, 120);
    const colours = { ink: '#000', muted: '#888', accent: '#00f' } as Colours;
    const picture = {
      x: [1, 2, 3, 4, 5],
      curves: [{ drawn: { name: 'a', term: 'a', colour: 'accent' } as const, values: [1, 0, null, 1, 1000] }],
      limits: { x: [1, 5], y: [0.1, 10] },
      log: { y: true },
      height: 100,
    } as const;
    paintChart(pen, picture, 200, colours);
    const [, path] = /<path d="([^"]*)" fill="none" stroke="#00f"/.exec(pen.finish('')) ?? [];
    // From 1 to 1000 there are three powers of ten, of which the chart has room for the first.
    const [from, to] = [...String(path).matchAll(/([-\d.]+),([-\d.]+)/g)].map((at) =>
      at.slice(1).map(Number),
    );
    const right = (x: number) => 48 + ((200 - 14 - 48) * (x - 1)) / 4;
    expect(from[0]).toBeCloseTo(right(4), 0);
    expect(from[1]).toBeCloseTo((10 + 76) / 2, 0);
    expect(to[0]).toBeCloseTo(right(4 + 1 / 3), 0);
    expect(to[1]).toBeCloseTo(10, 0);
    expect(path).not.toMatch(/NaN|Infinity/);
  });
});

/** Chapter, figure, name of its files, and what a picture of it says: its caption, names of curves, marks. */
const SAVED: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['line', 'line', 'line', ['3 apart', 'σ = 0, factor c = 1', 'log c p(x)', '-10']],
  ['steps', 'step-size', 'step-size', ['widths 1 and 0.25', 'step size in narrow variances (log)', '0.001']],
  ['steps', 'weights', 'weights', ['both axes from −3 to 3']],
  ['blur', 'fourier', 'blur', ['noise σ = 0.15', 'factor exp(−σ²k²/2)', 'waves in a distance of 2π']],
  ['dimensions', 'norms', 'dimensions', ['d = 2', '2,000 points']],
  ['denoising', 'regression', 'regression', ['noise σ = 0.6', 'best straight line', 'Tweedie 0.1']],
  [
    'denoising',
    'fuzzy',
    'fuzzy-line',
    ['3 points about a line', 'true line', 'error (log)', 'the nearest line is another'],
  ],
  ['denoising', 'noise-models', 'noise-models', ['noise (Poisson', 'best, which knows the prior']],
  // Two rows of three.
  ['race', 'race', 'samplers', ['underdamped Langevin', '800 particles by each sampler']],
];

describe.each(browsers)('saved pictures in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const site = usePage();
  const own = useBrowser(name, path);

  it.runIf(wanted)(
    'have charts, names and captions, as PNG and as SVG of the same shape',
    async () => {
      const tab = await Tab.open(own.browser, `${site.origin}#line`);
      // One figure in the second browser: all are drawn by the same two pens.
      for (const [chapter, figure, file, words] of name === 'chrome' ? SAVED : SAVED.slice(0, 1)) {
        const place = `[data-figure="${figure}"]`;
        if (tab.current !== chapter) await tab.chapter(chapter);
        await tab.figure(figure);
        // Charts are laid out, and what the caption reads is there.
        if (figure !== 'weights') await tab.see(`${place} .reading`, /\d/);
        const press = (label: string) =>
          tab.saved(() =>
            tab.page.$$eval(
              `${place} .save button`,
              (buttons, text) =>
                (buttons.find(({ textContent }) => textContent === text) as HTMLElement).click(),
              label,
            ),
          );
        const svg = await press('SVG');
        expect(svg.name).toBe(`${file}.svg`);
        const text = new TextDecoder().decode(svg.bytes);
        const [, width, height] = (/viewBox="0 0 (\d+) (\d+)"/.exec(text) ?? []).map(Number);
        const shown = await tab.page.evaluate(
          (source) => {
            const { documentElement } = new DOMParser().parseFromString(source, 'image/svg+xml');
            const texts = [...documentElement.querySelectorAll('text')];
            return { name: documentElement.localName, words: texts.map((one) => one.textContent).join(' ') };
            // The page's policy lets no style of pixels in, which a file has.
          },
          text.replaceAll(/ style="[^"]*"/g, ''),
        );
        expect(shown.name).toBe('svg');
        for (const word of words) expect(shown.words).toContain(word);
        const png = decode((await press('PNG')).bytes);
        expect([png.width, png.height], figure).toEqual([2 * width, 2 * height]);
        if (figure === 'race') expect([width, height]).toEqual([3 * 480, 2 * (480 + 40) + 40]);
        // Curves end where their chart does: none is drawn over what stands above or below.
        for (const [, inner, body] of text.matchAll(
          /<svg y="[^>]*viewBox="0 0 \d+ (\d+)"[^>]*>(.*?)<\/svg>/g,
        ))
          for (const [, path] of body.matchAll(/<path d="([^"]*)" fill="none"/g))
            for (const [, down] of path.matchAll(/[ML][-\d.]+,([-\d.]+)/g)) {
              expect(Number(down)).toBeGreaterThanOrEqual(0);
              expect(Number(down)).toBeLessThanOrEqual(Number(inner));
            }
      }
      expect(await tab.violations()).toEqual([]);
      await tab.page.close();
    },
    60_000,
  );
});
