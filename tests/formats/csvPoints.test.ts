import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsvPoints } from '../../src/formats/csvPoints.js';
import { oneLine } from './oneLine.js';

const rows = (text: string) => {
  const { dim, points } = readCsvPoints(text);
  return Array.from({ length: points.length / dim }, (_, i) => [...points.subarray(i * dim, (i + 1) * dim)]);
};

describe('readCsvPoints', () => {
  it('returns any float32 numbers, with any separator and end of line, with a header or without', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    const points = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }))
      .chain(([dim, n]) =>
        fc.tuple(fc.constant(dim), fc.array(float, { minLength: dim * n, maxLength: dim * n })),
      );
    const separators = fc.constantFrom(',', ';', '\t', ' ', ', ', ' ; ');
    fc.assert(
      fc.property(
        points,
        separators,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (drawn, separator, end, header) => {
          const [dim, values] = drawn;
          // Points that begin with 0, 1, 2 without a header may be read as pandas' numbers of columns.
          fc.pre(header || values.slice(0, dim).some((value, d) => value !== d));
          const lines = header ? [Array.from({ length: dim }, (_, d) => `x${d}`).join(separator)] : [];
          for (let i = 0; i < values.length; i += dim) lines.push(values.slice(i, i + dim).join(separator));
          const bytes = new TextEncoder().encode(lines.join(end) + end);
          const read = readCsvPoints(bytes);
          expect(read.dim).toBe(dim);
          // text has one zero
          expect([...read.points].map((x) => x + 0)).toEqual(values.map((x) => x + 0));
          expect(read.logits).toEqual(new Float32Array(values.length / dim));
        },
      ),
    );
  });

  it('reads what numpy.savetxt, pandas and spreadsheets write', () => {
    expect(rows('# x,y\n1.257302210933932962e-01,-1\n-5,+3.5e1\n')).toEqual([
      [Math.fround(0.125730221), -1],
      [-5, 35],
    ]);
    expect(rows('# x y\n1;2\n.5;-3.')).toEqual([
      [1, 2],
      [0.5, -3],
    ]);
    expect(rows('\ufeff"x","y"\r\n1,2\r\n\r\n3,4\r\n\r\n')).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(rows('value\n1\n2')).toEqual([[1], [2]]);
    // numpy.savetxt with a header of two lines, and a footer
    expect(rows('# made by me\n# x y\n1 2\n3 4 # a note\n# 2 points\n')).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const wide = Uint8Array.from(Buffer.from('\ufeffx\ty\r\n1\t2\r\n', 'utf16le'));
    expect(Array.from(readCsvPoints(wide).points)).toEqual([1, 2]);
    const bigEndian = Buffer.from('\ufeffx\ty\r\n1\t2\r\n', 'utf16le').swap16();
    expect(Array.from(readCsvPoints(Uint8Array.from(bigEndian)).points)).toEqual([1, 2]);
    const latin = Uint8Array.from('gr\xf6\xdfe;y\r\n1;2', (c) => c.charCodeAt(0));
    expect(Array.from(readCsvPoints(latin).points)).toEqual([1, 2]);
    // A first column without a name that counts no rows is a coordinate.
    expect(rows(',y\n5,1\n6,2')).toEqual([
      [5, 1],
      [6, 2],
    ]);
  });

  it('takes the numbers of columns that pandas writes where they have no names for a header, and no point for one', () => {
    // DataFrame.to_csv(index=False) of floats, of one column, and of integers in three columns
    expect(rows('0,1\n0.5,-1.25\n3.0,4.0\n')).toEqual([
      [0.5, -1.25],
      [3, 4],
    ]);
    expect(rows('0\n0.5\n1.0')).toEqual([[0.5], [1]]);
    expect(rows('"0","1"\n0.5,1.5')).toEqual([[0.5, 1.5]]);
    expect(rows('0,1,2\n5,6,7')).toEqual([[5, 6, 7]]);
    // Points of a grid, and numbers from 0 to 1, begin so too.
    expect(rows('0,1\n2,3')).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(rows('0\n0.5\n1')).toEqual([[0], [0.5], [1]]);
    expect(rows('0,1')).toEqual([[0, 1]]);
    expect(rows('0,1.0\n0.5,2')).toEqual([
      [0, 1],
      [0.5, 2],
    ]);
    for (const header of [',0,1', '"","0","1"'])
      expect(oneLine(() => readCsvPoints(`${header}\n0,0.5,1.5\n1,2.5,3.5`))).toMatch(
        /save it with index=False$/,
      );
  });

  it('names the line of what is wrong', () => {
    const problem = (text: string) => oneLine(() => readCsvPoints(text, 'a.csv'));
    expect(problem('x,y\n1,2\n3,abc')).toBe(
      'readCsvPoints: a.csv: line 3 must hold finite numbers, got "abc"',
    );
    expect(problem('1,2\n\n3,\n')).toBe(
      'readCsvPoints: a.csv: line 3 must hold finite numbers, got "": fill it in, or leave the line out',
    );
    expect(problem('x,y\n1,2\n3')).toBe(
      'readCsvPoints: a.csv: line 3 must hold 2 numbers, as line 2 does, got 1',
    );
    expect(problem('1,2\n3,4,5')).toBe(
      'readCsvPoints: a.csv: line 2 must hold 2 numbers, as line 1 does, got 3',
    );
    expect(problem('0,5;0,7\n1,5;2,5')).toBe(
      'readCsvPoints: a.csv: line 1 must hold finite numbers, got "0,5": write decimal points, not commas',
    );
    for (const text of ['nan,nan\n1,2', '1,2\n1,nan', '1,2\n1e39,2', '1,2\n0x10,2', '1 2,3\n1,2']) {
      expect(problem(text)).toMatch(/line [12] must hold finite numbers, got/);
    }
    expect(problem(',x,y\n0,1,2\n1,3,4')).toBe(
      'readCsvPoints: a.csv: its first column has no name and counts the rows, as pandas writes its index: save it with ' +
        'index=False',
    );
    const bytes = (...values: number[]) => oneLine(() => readCsvPoints(Uint8Array.from(values), 'a.csv'));
    expect(bytes(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0)).toBe(
      'readCsvPoints: a.csv must hold points as text, one a line, got a PNG picture',
    );
    expect(bytes(0, 1, 2)).toMatch(/got a file that begins with the bytes 00 01 02$/);
    expect(bytes(0x20, 0x0a)).toMatch(/got none$/);
    expect(bytes()).toMatch(/got none$/);
    expect(problem('# x,y\n')).toMatch(/got only "# x,y"$/);
    expect(problem(' \n\n')).toBe('readCsvPoints: a.csv must hold points, one a line, got none');
    expect(problem('x,y\n')).toBe('readCsvPoints: a.csv must hold points, one a line, got only "x,y"');
  });
});
