import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { oneLine } from './oneLine.js';

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

// numpy 1.26: a = numpy.arange(6, dtype='<f4').reshape(2, 3) / 4; numpy.save(file, a), base64
const MATRIX = fromBase64(
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPgAAAD8AAEA/AACAPwAA' +
    'oD8=',
);
// numpy.save(file, numpy.array([-1, 2], dtype='<i4'))
const VECTOR = fromBase64(
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr/////AgAAAA==',
);
// numpy.lib.format.write_array(file, numpy.array(0.1), version=(2, 0))
const SCALAR = fromBase64(
  'k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoKSwgfSAgICAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5Pw==',
);
const quarters = new Float32Array([0, 0.25, 0.5, 0.75, 1, 1.25]);

/** MATRIX with one piece of its header replaced by another of the same length. */
function edited(from: string, to: string): Uint8Array {
  const text = Array.from(MATRIX, (byte) => String.fromCharCode(byte)).join('');
  expect(text).toContain(from);
  return Uint8Array.from(text.replace(from, to), (char) => char.charCodeAt(0));
}

describe('npy', () => {
  it('writes the bytes numpy writes', () => {
    expect(writeNpy(quarters, [2, 3])).toEqual(MATRIX);
    expect(writeNpy(new Int32Array([-1, 2]), [2])).toEqual(VECTOR);
  });

  it('reads what numpy writes: versions 1.0 and 2.0, a vector, a scalar', () => {
    expect(readNpy(MATRIX)).toEqual({ data: quarters, shape: [2, 3] });
    expect(readNpy(VECTOR)).toEqual({ data: new Int32Array([-1, 2]), shape: [2] });
    expect(readNpy(SCALAR)).toEqual({ data: new Float64Array([0.1]), shape: [] });
  });

  it('returns what it wrote, for any shape and type, aligned to 64 bytes', () => {
    const types = [
      ...[Float32Array, Float64Array, Uint32Array, Int32Array, Uint8Array],
      ...[Int8Array, Int16Array, Uint16Array],
    ] as const;
    const shapes = fc.array(fc.nat(4), { maxLength: 5 });
    fc.assert(
      fc.property(shapes, fc.constantFrom(...types), fc.nat(7), (shape, type, offset) => {
        const size = shape.reduce((product, n) => product * n, 1);
        const data = new type(Array.from({ length: size }, (_, i) => (i * i) % 128));
        const bytes = writeNpy(data, shape);
        expect((bytes.length - data.byteLength) % 64).toBe(0);
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        expect(readNpy(moved.subarray(offset))).toEqual({ data, shape });
      }),
    );
  });

  it('reports every truncation; of arrays one after the other it reads the first, as numpy.load does', () => {
    for (let length = 0; length < MATRIX.length; length++) {
      expect(oneLine(() => readNpy(MATRIX.subarray(0, length), 'x.npy'))).toMatch(/^readNpy: x\.npy: /);
    }
    expect(oneLine(() => readNpy(MATRIX.subarray(0, 150)))).toBe(
      'readNpy: the file: truncated: shape (2, 3) asks for 152 bytes, got 150',
    );
    for (const after of [[0], MATRIX, new TextEncoder().encode('a note')]) {
      expect(readNpy(new Uint8Array([...MATRIX, ...after]))).toEqual(readNpy(MATRIX));
    }
  });

  it('reports what it does not read', () => {
    expect(oneLine(() => readNpy(new Uint8Array([1, 2]), 'a'))).toBe(
      'readNpy: a: not an npy file, as numpy.save writes them: got a file that begins with the bytes 01 02',
    );
    expect(oneLine(() => readNpy(new TextEncoder().encode('x,y\n1,2'), 'a'))).toMatch(
      /: got text that begins with "x,y"$/,
    );
    expect(oneLine(() => readNpy(new Uint8Array([0x50, 0x4b, 3, 4])))).toMatch(
      /got a zip archive, as npz files/,
    );
    const elements: [string, RegExp][] = [
      [
        "'<c8'",
        /^readNpy: the file: its elements must be real numbers, got dtype "<c8", complex numbers: save array\.real/,
      ],
      ["'|O' ", /got dtype "\|O", Python objects/],
      ["'<U5'", /got dtype "<U5", text/],
      ["'|V2'", /got dtype "\|V2", .*bfloat16.*: save array\.astype\('float32'\)$/],
      ["'<g' ", /got dtype "<g", long doubles/],
      ["'<x9'", /got dtype "<x9": save array\.astype\('float64'\)$/],
      ['[    ]', /must be a dictionary of Python/],
    ];
    for (const [text, message] of elements) {
      expect(oneLine(() => readNpy(edited("'<f4',".slice(0, text.length), text)))).toMatch(message);
    }
    expect(oneLine(() => readNpy(edited("'<f4',", '[   ],')))).toMatch(/got a structured type: save one of/);
    expect(oneLine(() => readNpy(edited('(2, 3)', '(2 3) ')))).toMatch(
      /dictionary of Python \("," is missing\)/,
    );
    expect(oneLine(() => readNpy(edited('(2, 3)', '(-2,3)')))).toMatch(
      /must name descr, fortran_order and shape/,
    );
    expect(oneLine(() => readNpy(edited('\x01\0', '\x04\0')))).toMatch(
      /version must be 1.0, 2.0 or 3.0, got 4.0/,
    );
  });

  it('reports a shape that does not fit, and another type of array', () => {
    expect(oneLine(() => writeNpy(quarters, [2, 2]))).toBe(
      'writeNpy: shape must be integers >= 0 whose product is data.length = 6, got [2, 2]',
    );
    expect(() => writeNpy(quarters, [-2, -3])).toThrow(RangeError);
    expect(() => writeNpy(quarters, [1.5, 4])).toThrow(RangeError);
    // @ts-expect-error none of the types that are written
    expect(() => writeNpy(new BigInt64Array(2), [2])).toThrow(TypeError);
  });
});
