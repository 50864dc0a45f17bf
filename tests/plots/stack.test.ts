import { expect, it } from 'vitest';
import { chartFigure, stackFigures } from '../../src/plots/index.js';
import { parsed, SOUND, UNSOUND, words } from './help.js';

const figure = (title: string, width: number) =>
  chartFigure({
    panels: [{ x: { name: 'x' }, y: { name: 'y' }, series: [{ x: [0, 1], y: [1, 2] }] }],
    title,
    width,
  });

it('puts figures one below the other, as wide as the widest and as high as all', () => {
  const svg = stackFigures([figure('above', 300), figure('below', 420)], { title: 'Both' });
  expect(svg).toMatch(SOUND);
  expect(svg).not.toMatch(UNSOUND);
  expect(words(svg)).toEqual(expect.arrayContaining(['Both', 'above', 'below']));
  const size = (text: string) => ['width', 'height'].map((name) => Number(parsed(text).getAttribute(name)));
  const [[, first], [width, second]] = [size(figure('above', 300)), size(figure('below', 420))];
  expect(size(svg)).toEqual([width, 32 + first + second]);
  const inner = Array.from(parsed(svg).querySelectorAll('svg[role]'));
  expect(inner).toHaveLength(0);
  // Only the whole has a title for screen readers.
  expect(svg.match(/<title>/g)).toHaveLength(1);
  expect(stackFigures([figure('one', 300)])).toContain('<title>one</title>');
});

it('writes a caption below them all', () => {
  const bare = stackFigures([figure('one', 300)]);
  const svg = stackFigures([figure('one', 300)], { caption: 'small words' });
  const height = (text: string) => Number(parsed(text).getAttribute('height'));
  expect(words(svg)).toContain('small words');
  expect(height(svg)).toBe(height(bare) + 26);
});

it('names what is wrong', () => {
  expect(() => stackFigures([])).toThrow('stackFigures: figures must hold at least one figure, got none');
  expect(() => stackFigures(['<p>'])).toThrow(
    'stackFigures: figures[0] must be an SVG document of this library',
  );
});
