// What the fuzzer and generated files found, each as a small file: refused in a line that says why.
import { describe, expect, it } from 'vitest';
import * as scorefield from '../../src/index.js';
import { oneLine } from './oneLine.js';

const bytesOf = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

function npy(header: string, { version = 1, data = new Uint8Array(16) } = {}): Uint8Array {
  const size = version === 1 ? [header.length, 0] : [header.length, 0, 0, 0];
  return Uint8Array.from([...bytesOf('\x93NUMPY'), version, 0, ...size, ...bytesOf(header), ...data]);
}

function safetensors(header: string, data = new Uint8Array(4)): Uint8Array {
  return Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...bytesOf(header), ...data]);
}

describe('npy', () => {
  const problem = (header: string, version?: number) =>
    oneLine(() => scorefield.readNpy(npy(header, { version })));

  it('of a header that numpy refuses: more entries, bytes for text, octal sizes, long ones in a file of Python 3', () => {
    expect(problem("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'more': 1}")).toMatch(
      /must name descr, fortran_order and shape alone/,
    );
    expect(problem("{'descr': b'<f4', 'fortran_order': False, 'shape': (4,)}")).toMatch(
      /no literal of Python/,
    );
    expect(problem("{'descr': '|u1', 'fortran_order': False, 'shape': (010,)}")).toMatch(
      /no literal of Python/,
    );
    const long = "{'descr': '<f4', 'fortran_order': False, 'shape': (4L,)}";
    expect(problem(long, 3)).toMatch(/its integers are those of Python 2/);
    expect(scorefield.readNpy(npy(long)).shape).toEqual([4]);
    expect(
      scorefield.readNpy(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 2)}")).shape,
    ).toEqual([0, 2]);
  });

  it('of a header of control characters is no long message', () => {
    expect(problem(`{'descr${'\x01'.repeat(90)}`).length).toBeLessThan(400);
  });
});

describe('safetensors', () => {
  const problem = (header: string) => oneLine(() => scorefield.readSafetensors(safetensors(header)));

  it('of a tensor that says two things of itself, or has a size that is none under an escaped name', () => {
    const rest = '"dtype":"F32","data_offsets":[0,4]';
    expect(problem(`{"a":{"shape":[4],"shape":[1],${rest}}}`)).toMatch(/a tensor must say its shape once/);
    expect(problem(`{"a":{"shape":[1],"dtype":"U8",${rest}}}`)).toMatch(/a tensor must say its dtype once/);
    expect(problem(`{"a":{"shape":[1],"data_offsets":[0,8],${rest}}}`)).toMatch(/its data_offsets once/);
    expect(problem(`{"a":{"sh\\u0061pe":[1.0],${rest}}}`)).toMatch(/shape must be integers >= 0, got 1\.0/);
    // Tensors of these names say each thing once.
    const { tensors } = scorefield.readSafetensors(safetensors(`{"shape":{"shape":[1],${rest}}}`));
    expect(tensors.shape.shape).toEqual([1]);
  });

  it('of half a character for a name', () => {
    expect(problem('{"\\ud83d":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}')).toMatch(
      /a tensor's name must be of whole characters, got "\\ud83d"/,
    );
  });
});

describe('points as text', () => {
  const problem = (text: string) => oneLine(() => scorefield.readCsvPoints(text, 'a.csv'));

  it('under a header of other columns, as R writes it over names of rows, are refused; a title is passed over', () => {
    const words = 'must hold 2 numbers, as many as the header has names, got';
    expect(problem('x,y\n1,0.5,0.25\n2,0.5,0.75')).toBe(`readCsvPoints: a.csv: line 2 ${words} 3`);
    expect(problem('x y\n1 0.5 0.25')).toBe(`readCsvPoints: a.csv: line 2 ${words} 3`);
    expect(problem('"y";x\n\n1')).toBe(`readCsvPoints: a.csv: line 3 ${words} 1`);
    for (const title of ['points', 'x position y position'])
      expect(scorefield.readCsvPoints(`${title}\n1 2\n3 4`)).toMatchObject({ dim: 2 });
    expect(problem('0\n-2,0.5\n1,0.25')).toMatch(/line 2 must hold 1 numbers/);
  });

  it('that begin with a mistyped number lose no line', () => {
    for (const first of ['--1,2', '\u22121,2', '+-.5,2'])
      expect(problem(`${first}\n3,4`)).toMatch(/line 1 must hold finite numbers, got/);
  });
});

describe("files of this library's own with metadata or shapes of another kind", () => {
  const write = scorefield.writeSafetensors;
  const tensors = { training: { shape: [1, 1, 2, 1], data: new Uint8Array(2) } };

  it('images: names of classes that are no list, labels beyond 16 bits, and other shapes', () => {
    const decode = (...file: Parameters<typeof write>) =>
      oneLine(() => scorefield.decodeImages(write(...file), 'a'));
    const images = { scorefield: 'images' };
    expect(decode(tensors, { ...images, classNames: '["cat" "dog"]' })).toMatch(
      /^a: its metadata classNames is not JSON/,
    );
    expect(decode(tensors, { ...images, classNames: 'null' })).toMatch(
      /classNames must be an object, got null/,
    );
    expect(decode(tensors, { ...images, classNames: '[1]' })).toMatch(
      /classNames must be a list of names, got \[1\]/,
    );
    expect(decode({ training: { shape: [2], data: new Uint8Array(2) } }, images)).toMatch(
      /^a: tensor training must have shape \[n, height, width, channels\], got \[2\]/,
    );
    const labels = { 'training.labels': { shape: [1], data: Uint32Array.of(65537) } };
    expect(decode({ ...tensors, ...labels }, { ...images, classes: '2' })).toMatch(
      /labels must be integers from 0 to 1, got 65537/,
    );
  });

  it('points of other shapes, and a picture that is none', () => {
    const [points, logits] = [
      { shape: [2, 1], data: Float32Array.of(1, 2) },
      { shape: [2], data: new Float32Array(2) },
    ];
    const decode = (file: Parameters<typeof write>[0]) =>
      oneLine(() => scorefield.decodePointSet(write(file, { scorefield: 'points' }), 'a'));
    expect(decode({ points: logits, logits })).toMatch(
      /^a: tensors points and logits must be there, of shapes/,
    );
    expect(decode({ points, logits, image: logits })).toMatch(
      /^a: tensor image must have shape \[height, width\], got \[2\]/,
    );
  });

  it('a configuration that is no object', () => {
    const metadata = { scorefield: 'weights', kind: 'mlp', network: 'null', denoiser: '{}', step: '1' };
    const decode = (more: object) =>
      oneLine(() => scorefield.decodeDenoiserWeights(write({}, { ...metadata, ...more }), 'a'));
    expect(decode({})).toMatch(/^a: its metadata network must be an object, got null/);
    expect(decode({ network: '{}', denoiser: '"x"' })).toMatch(
      /^a: its metadata denoiser must be an object, got "x"/,
    );
  });
});
