// Formulas: their brackets and their font, which make them alike in every engine.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { browsers, dist, distText, isWanted, start } from './help.js';
import { usePage } from './site.js';

const { charactersOf, withEvenFormulas } = (await import(
  String(new URL('../../src/page/formulas.mjs', import.meta.url))
)) as { charactersOf(words: string): string; withEvenFormulas(words: string): string };

const o = (text: string) => `<mo>${text}</mo>`;
const i = (text: string) => `<mi>${text}</mi>`;

describe('brackets', () => {
  it('stretch around what is high, in a row with it, and stand still around letters', () => {
    const still = (text: string) => `<mo stretchy="false">${text}</mo>`;
    const half = `<mfrac>${i('x')}${i('y')}</mfrac>`;
    const given = `<math>${o('[')}${i('p')}${o('(')}${i('x')}${o('|')}${half}${o(')')}${o(']')}</math>`;
    expect(withEvenFormulas(`<p>(a)</p>${given}`)).toBe(
      `<p>(a)</p><math><mrow>${o('[')}${i('p')}<mrow>${o('(')}${i('x')}${still('|')}${half}${o(')')}</mrow>${o(']')}</mrow></math>`,
    );
    expect(withEvenFormulas(`<math>${o('‖')}<mrow>${o('(')}${i('x')}${o(')')}</mrow>${o('‖')}</math>`)).toBe(
      `<math>${still('‖')}<mrow>${still('(')}${i('x')}${still(')')}</mrow>${still('‖')}</math>`,
    );
  });

  it('of hats are accents', () => {
    expect(withEvenFormulas(`<math><mover>${i('x')}${o('^')}</mover></math>`)).toBe(
      `<math><mover accent="true">${i('x')}<mo stretchy="false">^</mo></mover></math>`,
    );
  });

  it.each([
    [`<math>${o('(')}${i('x')}</math>`, /is not closed/],
    [`<math>${i('x')}${o(')')}</math>`, /nothing opens \)/],
    [`<math><mrow>${o('(')}</mrow>${o(')')}</math>`, /is not closed/],
  ])('without a partner are refused: %s', (words, message) => {
    expect(() => withEvenFormulas(words)).toThrow(message);
  });

  it('stretch in three formulas of the page at least', () => {
    const rows = [...distText('page/index.html').matchAll(/<mrow><mo>[([‖]<\/mo>/g)];
    expect(rows.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the font of formulas', () => {
  it('has the letters of formulas, plain and as variables, and is less than 25 KB', () => {
    expect(charactersOf(`q<math><msqrt>${i('h')}</msqrt>${i('&#x3b7;')}${o('&lt;')}${i('Q')}</math>`)).toBe(
      'hη<Q√ℎ𝜂𝑄',
    );
    expect(readFileSync(dist('page/math.woff2')).length).toBeLessThan(25 * 1024);
    expect(distText('scorefield.html')).toContain('src:url(data:font/woff2;base64,');
  });

  const areThere = browsers.every(({ path }) => isWanted(path));
  // The words alone: figures that are made would take time and change no formula.
  const words = distText('page/index.html')
    .replace(/<script[\s\S]*?<\/script>/g, '')
    // Chapters wait for the script of the first one.
    .replace('class="waiting"', '');
  const site = usePage((path) => (path === '/words.html' ? { type: 'text/html', text: words } : undefined));

  it.runIf(areThere)(
    'is used in both browsers: formulas are as wide within a tenth, and their places as high within 2 pixels',
    async () => {
      const measured = await Promise.all(
        browsers.map(async ({ name, path }) => {
          const browser = await start(name, path);
          try {
            const page = await browser.newPage();
            await page.setViewport({ width: 1280, height: 900 });
            await page.goto(`${site.origin}words.html`);
            return await page.evaluate(async () => {
              await document.fonts.ready;
              const isLoaded = document.fonts.check('20px "STIX Two Math"', '𝑥');
              const faces = [...document.fonts].map(({ family, status }) => `${family}: ${status}`);
              const sizes = [...document.querySelectorAll('math')].map((formula) => {
                // Where two formulas share a place, it breaks between them where both do not fit.
                const place = formula.parentElement as HTMLElement;
                const isAlone = place.children.length === 1;
                return [
                  formula.getBoundingClientRect().width,
                  isAlone ? place.getBoundingClientRect().height : 0,
                ];
              });
              return { isLoaded, faces, sizes };
            });
          } finally {
            await browser.close();
          }
        }),
      );
      for (const { isLoaded, faces, sizes } of measured) {
        expect(isLoaded).toBe(true);
        expect(faces.map((face) => face.replaceAll('"', ''))).toEqual(['STIX Two Math: loaded']);
        expect(sizes.length).toBeGreaterThan(20);
      }
      const [one, other] = measured.map(({ sizes }) => sizes);
      expect(one).toHaveLength(other.length);
      one.forEach(([width, height], at) => {
        expect(Math.abs(width / other[at][0] - 1), `width of formula ${at}`).toBeLessThan(0.1);
        expect(Math.abs(height - other[at][1]), `height of formula ${at}`).toBeLessThan(2);
      });
    },
    // Two browsers are started.
    120_000,
  );
});
