import { describe, expect, it } from 'vitest';
import { fullLength } from '../../src/plots/drawing/arrows.js';
import { fieldFigure, gridPoints, shortNumber } from '../../src/plots/index.js';
import { parsed, rotations, SOUND, UNSOUND, uniformArrows, words } from './help.js';

const lim = [0, 1] as const;

describe('fieldFigure', () => {
  it('draws the panels with their titles, three a row, each with n by n arrows', async () => {
    const panels = Array.from({ length: 4 }, (_, i) => ({
      title: `level ${3 * i}: sigma = ${shortNumber(1e-4 * 2.6 ** i)}`,
      ...uniformArrows(2, [1, i]),
    }));
    const svg = fieldFigure({ panels, xlim: lim, ylim: lim, side: 150, title: 'Scores' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(rotations(svg)).toHaveLength(16);
    const titles = words(svg).filter((text) => text.startsWith('level'));
    expect(titles).toEqual([
      'level 0: sigma = 0.0001',
      'level 3: sigma = 0.00026',
      'level 6: sigma = 0.00068',
      'level 9: sigma = 0.0018',
    ]);
    const tops = Array.from(parsed(svg).querySelectorAll('text'))
      .filter((text) => text.textContent?.startsWith('level'))
      .map((text) => Number(text.getAttribute('y')));
    expect(tops[0]).toBe(tops[2]);
    expect(tops[3]).toBeGreaterThan(tops[2] + 150);
    await expect(svg).toMatchFileSnapshot('snapshots/field.svg');
  });

  it('is the right way round: a score along the row axis points down, along the column axis to the right', () => {
    const rotation = (vector: [number, number]) =>
      rotations(
        fieldFigure({ panels: [{ title: 'a', ...uniformArrows(2, vector) }], xlim: lim, ylim: lim }),
      )[0];
    expect(rotation([1, 0])).toBe(180);
    expect(rotation([-1, 0])).toBe(0);
    expect(rotation([0, 1])).toBe(90);
    expect(rotation([0, -1])).toBe(-90);
  });

  it('puts row 0 on top and column 0 on the left', () => {
    // the only arrow with a length is at row 0, column 1
    const x = gridPoints({ xlim: lim, ylim: lim, n: 2 });
    const score = Float32Array.from(x, (_, i) =>
      x[2 * (i >> 1)] === 0 && x[2 * (i >> 1) + 1] === 1 ? 1 : 0,
    );
    const svg = fieldFigure({ panels: [{ title: 'a', n: 2, x, score }], xlim: lim, ylim: lim, side: 120 });
    const arrow = /translate\(([\d.]+),([\d.]+)\) rotate/.exec(svg)!;
    // the frame's corner is at (56, 6), an inset of a twelfth inside it
    expect([Number(arrow[1]), Number(arrow[2])]).toEqual([56 + 110, 6 + 10]);
  });

  it('scales each panel by itself, so that arrows never reach the next grid point', () => {
    const lengths = (factor: number) => {
      const { x, n } = uniformArrows(5, [0, 0]);
      const score = x.map((v) => factor * (v - 0.3));
      const svg = fieldFigure({ panels: [{ title: 'a', n, x, score }], xlim: lim, ylim: lim, side: 100 });
      return Array.from(svg.matchAll(/rotate\([^)]*\) translate\(0,([\d.]+)\)/g), (m) => 2 * Number(m[1]));
    };
    expect(Math.max(...lengths(1))).toBeLessThan(20);
    expect(lengths(1e-9)).toEqual(lengths(1e9));
  });

  it('draws lengths by the root: an arrow a quarter as strong is half as long, and darker', () => {
    const x = gridPoints({ xlim: lim, ylim: lim, n: 2 });
    const score = Float32Array.of(0, 4, 0, 4, 0, 4, 0, 1);
    const svg = fieldFigure({ panels: [{ title: 'a', n: 2, x, score }], xlim: lim, ylim: lim, side: 120 });
    const lengths = Array.from(svg.matchAll(/rotate\([^)]*\) translate\(0,([\d.]+)\)/g), (m) => Number(m[1]));
    expect(lengths[3] / lengths[0]).toBeCloseTo(0.5, 2);
    const fills = Array.from(svg.matchAll(/fill="(#\w+)" transform="translate[^"]*rotate/g), (m) => m[1]);
    expect(new Set(fills).size).toBe(2);
  });

  it('draws a density under the arrows, and none that is flat', () => {
    const ground = { n: 5, values: Float64Array.from({ length: 25 }, (_, k) => (k === 12 ? 1 : 0)) };
    const panel = { title: 'a', ...uniformArrows(2, [1, 0]) };
    const regions = (values: Float64Array) =>
      fieldFigure({ panels: [{ ...panel, ground: { n: 5, values } }], xlim: lim, ylim: lim }).match(/Z"\/>/g)
        ?.length ?? 0;
    expect(regions(ground.values)).toBeGreaterThan(2);
    expect(regions(new Float64Array(25))).toBe(0);
    expect(() =>
      fieldFigure({ panels: [{ ...panel, ground: { n: 5, values: [1] } }], xlim: lim, ylim: lim }),
    ).toThrow(new RangeError('fieldFigure: panels[0].ground.values must have 25 values, got 1'));
  });

  it('cuts arrows that are far longer than the rest', () => {
    expect(fullLength(Float64Array.of(1, 2, 3))).toBe(3);
    expect(fullLength(Float64Array.from({ length: 100 }, (_, i) => (i === 0 ? 1e6 : 1)))).toBe(1.5);
    expect(fullLength(Float64Array.from({ length: 100 }, (_, i) => (i === 0 ? 7 : 0)))).toBe(7);
    expect(fullLength(new Float64Array(4))).toBe(0);
  });

  it('draws a zero field and a single arrow', () => {
    const svg = fieldFigure({
      panels: [
        { title: 'zero', ...uniformArrows(3, [0, 0]) },
        { title: 'one', n: 1, x: [0.5, 0.5], score: [0, 2] },
      ],
      xlim: lim,
      ylim: lim,
    });
    expect(svg).not.toMatch(UNSOUND);
    expect(parsed(svg).querySelectorAll('circle')).toHaveLength(9);
    expect(rotations(svg)).toEqual([90]);
  });

  it('names the function and the argument when the input is wrong', () => {
    const good = { title: 'a', ...uniformArrows(2, [1, 0]) };
    expect(() => fieldFigure({ panels: [], xlim: lim, ylim: lim })).toThrow(
      new RangeError('fieldFigure: panels must hold at least one panel'),
    );
    expect(() => fieldFigure({ panels: [good, { ...good, x: [0] }], xlim: lim, ylim: lim })).toThrow(
      new RangeError('fieldFigure: panels[1].x must have 8 values, got 1'),
    );
    expect(() => fieldFigure({ panels: [good], xlim: lim, ylim: lim, columns: 0 })).toThrow(
      new RangeError('fieldFigure: columns must be an integer of at least 1, got 0'),
    );
  });
});
