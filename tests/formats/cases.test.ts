import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/images/index.js';
import * as scorefield from '../../src/index.js';
import { oneLine } from './oneLine.js';

const read = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/cases/${name}`, import.meta.url)));
const intensities = async (name: string) => Array.from((await decodeImage(read(name))).pixels);

describe('inputs that people have', () => {
  it('JPEG stored as red, green and blue: pure red is grey 0.2126', async () => {
    for (const value of await intensities('rgb_adobe0.jpg')) expect(value).toBeCloseTo(0.2126, 6);
  });

  it('JPEG of 12 bits is refused, and called so', async () => {
    await expect(decodeImage(read('grey12.jpg'))).rejects.toThrow(
      /is a JPEG of 12 bits a sample, of which only 8 are read/,
    );
  });

  it.each(['no_huffman_tables.jpg', 'junk_between_segments.jpg', 'cut_2_bytes.jpg'])(
    '%s: the middle is 128 of 255',
    async (name) => {
      const { height, width, pixels } = await decodeImage(read(name));
      expect(Math.round(255 * pixels[(height / 2) * width + width / 2])).toBe(128);
    },
  );

  it.each([
    ...['iccp_broken.png', 'iccp_badname.png', 'text_badkey.png', 'phys_short.png', 'badcrc_text.png'],
    ...['trns_long_palette.png', 'trns_greyalpha.png'],
  ])('%s: pixels 0 and 1', async (name) => {
    expect(await intensities(name)).toEqual([0, 1]);
  });

  it('PNG of 1 bit, interlaced: 0 1 0 1', async () => {
    expect((await intensities('interlaced1.png')).slice(0, 4)).toEqual([0, 1, 0, 1]);
  });

  it.each<[string, number[], number[]]>([
    ['fortran.npy', [100, 2, 2], [0.12573, -0.1321]],
    ['pandas.npy', [50, 2], [-0.20121, -0.6136]],
    ['i64.npy', [100, 2, 2], [12, -13, 64]],
    ['u8.npy', [100, 2, 2], [130, 125, 140]],
    ['f16.npy', [100, 2, 2], [0.1257, -0.1321, 0.6406]],
    ['bool.npy', [100, 2, 2], [1, 0, 1]],
    ['bigendian.npy', [100, 2, 2], [0.12573, -0.1321, 0.64042]],
    ['pts_i8.npy', [2, 2], [0, 1, 2]],
    ['py2_long.npy', [100, 2, 2], [0.12573]],
    ['float64name.npy', [100, 2, 2], [0.12573]],
    ['v3.npy', [100, 2, 2], [0.12573]],
  ])("%s: numpy.load's shape and first numbers", (name, shape, first) => {
    const found = scorefield.readNpy(read(name));
    expect(found.shape).toEqual(shape);
    expect(found.data).toHaveLength(shape.reduce((size, n) => size * n, 1));
    first.forEach((value, i) => {
      expect(Math.abs(found.data[i] - value)).toBeLessThan(6e-5);
    });
  });

  it('safetensors of other types are read, and sizes that are none refused', () => {
    const numbers = (name: string) => Array.from(scorefield.readSafetensors(read(name)).tensors.a.data);
    expect(numbers('st_bool.safetensors')).toEqual([0, 0, 1]);
    expect(numbers('st_i64.safetensors')).toEqual([0, 1, 2]);
    expect(numbers('st_f16.safetensors')).toEqual([0, 1, 2]);
    const complaint = (name: string) => oneLine(() => scorefield.readSafetensors(read(name)));
    expect(complaint('st_floatshape.safetensors')).toMatch(/: shape must be integers >= 0, got 1\.0$/);
    expect(complaint('st_overflow.safetensors')).toMatch(/a shape whose product is below 2\^53/);
  });

  it('IDX of other types and shapes, and of several gzip members', async () => {
    expect(scorefield.readIdxImages(read('idx_float')).pixels).toEqual(Float32Array.of(0, 0.25, 0.5, 1));
    expect(scorefield.readIdxImages(read('idx_int32')).pixels).toEqual(Uint8Array.of(0, 1, 2, 3));
    const set = scorefield.readIdxImages(read('idx_dim4'));
    expect(set).toMatchObject({ count: 3, height: 2, width: 2, channels: 1 });
    const whole = scorefield.readIdxImages(await scorefield.gunzip(read('idx_multi.gz')));
    expect(whole.pixels).toEqual(set.pixels);
  });

  it('points with a header or a comment, of either ending of lines', () => {
    const points = scorefield.readCsvPoints(read('points.csv'));
    expect(points.dim).toBe(2);
    expect(points.points[0]).toBeCloseTo(0.12573, 5);
    expect(scorefield.readCsvPoints(read('points_crlf.csv'))).toMatchObject({ dim: 2 });
  });
});
