import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/formats/crc32.js';
import { readSafetensors, type Tensor, writeSafetensors } from '../../src/formats/safetensors.js';
import { oneLine } from './oneLine.js';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

// safetensors 0.8: save({'weights': a, 'count': numpy.array([7], '<u4'), 'time': numpy.array(0.1)}, {'made by': 'Python'})
// of safetensors.numpy with a = numpy.arange(6, dtype='<f4').reshape(2, 3) / 4, base64
const PYTHON = Uint8Array.from(
  atob(
    '2AAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtYWRlIGJ5IjoiUHl0aG9uIn0sInRpbWUiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6W10sImRhdGFf' +
      'b2Zmc2V0cyI6WzAsOF19LCJ3ZWlnaHRzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDNdLCJkYXRhX29mZnNldHMiOls4LDMyXX0sImNv' +
      'dW50Ijp7ImR0eXBlIjoiVTMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMzIsMzZdfX0gICCamZmZmZm5PwAAAAAAAIA+AAAAPwAA' +
      'QD8AAIA/AACgPwcAAAA=',
  ),
  (char) => char.charCodeAt(0),
);

const tensors: Record<string, Tensor> = {
  weights: { shape: [2, 3], data: new Float32Array([0, 0.25, 0.5, 0.75, 1, 1.25]) },
  count: { shape: [1], data: new Uint32Array([7]) },
  time: { shape: [], data: new Float64Array([0.1]) },
};

/** A file with the given header and data, without a checksum. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const json = encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => {
  return { dtype, shape, data_offsets: [begin, end] };
};
const problem = (bytes: Uint8Array) => oneLine(() => readSafetensors(bytes, 'run.safetensors'));

describe('safetensors', () => {
  it('returns what it wrote, without its own entries', () => {
    const metadata = { config: '{"width":128}', note: 'π\n"quoted" "crc32":"12345678"' };
    const back = readSafetensors(writeSafetensors(tensors, metadata));
    expect(back).toEqual({ tensors, metadata });
    expect(Object.keys(back.tensors)).toEqual(['weights', 'count', 'time']);
    expect(readSafetensors(writeSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
  });

  it('returns any names, shapes and types, aligned', () => {
    const tensor = fc
      .tuple(fc.constantFrom(Float32Array, Float64Array, Uint32Array), fc.array(fc.nat(3), { maxLength: 3 }))
      .map(([type, shape]): Tensor => {
        const size = shape.reduce((product, n) => product * n, 1);
        return { shape, data: new type(Array.from({ length: size }, (_, i) => i + 1)) };
      });
    const name = fc.string().filter((text) => text !== '__metadata__');
    const text = fc.string().filter((key) => key !== 'crc32' && key !== 'writer');
    fc.assert(
      fc.property(fc.dictionary(name, tensor), fc.dictionary(text, fc.string()), (written, metadata) => {
        const bytes = writeSafetensors(written, metadata);
        const back = readSafetensors(bytes);
        expect(Object.entries(back.tensors)).toEqual(Object.entries(written));
        expect(Object.entries(back.metadata)).toEqual(Object.entries(metadata));
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        expect(length % 8).toBe(0);
        const header = JSON.parse(decode(bytes.subarray(8, 8 + length)));
        for (const [key, { data }] of Object.entries(written)) {
          expect(header[key].data_offsets[0] % data.BYTES_PER_ELEMENT).toBe(0);
        }
      }),
    );
  });

  it('reads a file written by Python', () => {
    const back = readSafetensors(PYTHON);
    expect(back).toEqual({ tensors, metadata: { 'made by': 'Python' } });
  });

  it('reads float16 and bfloat16 as float32', () => {
    // safetensors 0.8: save({'a': numpy.array([0, 1, 2], '<f2')}) of safetensors.numpy, base64
    const half =
      'OAAAAAAAAAB7ImEiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlswLDZdfX0gIAAAADwAQA==';
    const bytes = Uint8Array.from(atob(half), (char) => char.charCodeAt(0));
    expect(readSafetensors(bytes).tensors).toEqual({ a: { shape: [3], data: Float32Array.of(0, 1, 2) } });
    const data = Uint8Array.of(0x00, 0x3c, 0x80, 0x3f, 0x49, 0xc0);
    const mixed = file({ a: entry(0, 2, [1], 'F16'), b: entry(2, 6, [2], 'BF16') }, data);
    expect(readSafetensors(mixed).tensors).toEqual({
      a: { shape: [1], data: Float32Array.of(1) },
      b: { shape: [2], data: Float32Array.of(1, -3.140625) },
    });
    expect(problem(file({ a: entry(0, 4, [3], 'BF16') }, data))).toMatch(
      /of BF16 and shape \[3\] must have 6 bytes, got 4/,
    );
  });

  it('writes the checksum its documentation defines', () => {
    const bytes = writeSafetensors(tensors, { note: 'π' });
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const at = text.indexOf('"crc32":"') + 9;
    const digits = text.slice(at, at + 8);
    const blank = Uint8Array.from(`${text.slice(0, at)}00000000${text.slice(at + 8)}`, (char) =>
      char.charCodeAt(0),
    );
    expect(digits).toBe(crc32(blank).toString(16).padStart(8, '0'));
    expect(text).toContain('"writer":"scorefield"');
  });

  it('reports every single changed byte, whatever the change', () => {
    const bytes = writeSafetensors(tensors, { config: '{"width":128}', note: 'π' });
    for (let i = 0; i < bytes.length; i++) {
      for (let change = 1; change < 256; change++) {
        bytes[i] ^= change;
        problem(bytes);
        bytes[i] ^= change;
      }
    }
    expect(() => readSafetensors(bytes)).not.toThrow();
  });

  it('reports every truncation, and trailing bytes', () => {
    const bytes = writeSafetensors(tensors, { note: 'π' });
    for (let length = 0; length < bytes.length; length++) {
      expect(problem(bytes.subarray(0, length))).toMatch(
        /^readSafetensors: run\.safetensors: truncated: expected .*; save, copy or download it again$/,
      );
    }
    problem(new Uint8Array([...bytes, 0]));
    expect(problem(new Uint8Array([...PYTHON, 0]))).toMatch(/too long: .* end at byte 36 .*, got 37 bytes/);
  });

  it('says what is wrong with a header', () => {
    expect(problem(file('{}', undefined, 2n ** 63n))).toMatch(
      /not safetensors: it must begin with the length of its header, at most 100000000 bytes, got a file that/,
    );
    expect(problem(file('{}', undefined, 3n))).toMatch(/truncated: expected a header of 3 bytes, got 2/);
    expect(problem(file('{'))).toMatch(/header is not JSON \(/);
    expect(problem(file('[]'))).toMatch(/must be a JSON object/);
    expect(problem(file('null'))).toMatch(/must be a JSON object/);
    expect(problem(file({ __metadata__: { a: 1 } }))).toMatch(/__metadata__ must map strings to strings/);
    expect(problem(file({ __metadata__: [] }))).toMatch(/__metadata__ must map/);
    expect(problem(file({ __metadata__: { writer: 'scorefield' } }))).toMatch(/no metadata.crc32/);
    expect(problem(file({ __metadata__: { crc32: 'x' } }))).toMatch(/expected "x", got "[0-9a-f]{8}"/);
  });

  it('says what is wrong with a tensor', () => {
    const data = new Uint8Array(8);
    expect(problem(file({ a: entry(0, 8, [1], 'C64') }, data))).toBe(
      'readSafetensors: run.safetensors: tensor "a" must have a dtype of real numbers (F64, F32, F16, BF16, I64, U8, BOOL ' +
        'or another), got "C64", complex numbers: save their real and imaginary parts',
    );
    expect(problem(file({ a: entry(0, 8, [1], '__proto__') }, data))).toMatch(/got "__proto__"$/);
    expect(problem(file({ a: 5 }, data))).toMatch(/dtype of real numbers .*, got none$/);
    expect(problem(file({ a: entry(0, 8, [-2]) }, data))).toMatch(/shape of integers >= 0, got \[-2\]/);
    expect(problem(file({ a: { dtype: 'F32' } }, data))).toMatch(/shape of integers >= 0, got none/);
    expect(problem(file({ a: { dtype: 'F32', shape: [2] } }, data))).toMatch(/data_offsets .* got none/);
    expect(problem(file({ a: entry(8, 0, [2]) }, data))).toMatch(/in order, got \[8,0\]/);
    expect(problem(file({ a: entry(-8, 0, [2]) }, data))).toMatch(/got \[-8,0\]/);
    expect(problem(file({ a: entry(0, 8, [3]) }, data))).toMatch(
      /of F32 and shape \[3\] must have 12 bytes, got 8/,
    );
    expect(problem(file({ a: entry(0, 8, [1e300, 1e300]) }, data))).toMatch(/shape of integers/);
    expect(problem(file({ a: entry(0, 12) }, data))).toMatch(
      /truncated: expected .* 12 bytes of data.*, got 8/,
    );
    expect(problem(file({ a: entry(0, 8), b: entry(4, 8) }, data))).toMatch(
      /"b" overlaps .* byte 8 .* got 4/,
    );
    expect(problem(file({ b: entry(4, 8) }, data))).toMatch(/"b" leaves a hole before it/);
    expect(problem(file({ a: entry(0, 4) }, data))).toMatch(/too long/);
  });

  it('reports what it cannot write', () => {
    const data = new Float32Array(6);
    expect(oneLine(() => writeSafetensors({ w: { shape: [2, 2], data } }))).toBe(
      'writeSafetensors: the shape of tensor "w" must be integers >= 0 whose product is 6, got [2, 2]',
    );
    expect(() => writeSafetensors({ __metadata__: { shape: [6], data } })).toThrow(/the format reserves it/);
    expect(() => writeSafetensors({}, { crc32: '' })).toThrow(/must not have the key "crc32"/);
    // @ts-expect-error not a string
    expect(() => writeSafetensors({}, { step: 5 })).toThrow(/metadata "step" must be a string, got number/);
    // @ts-expect-error not one of the types that are written
    expect(() => writeSafetensors({ w: { shape: [2], data: new BigInt64Array(2) } })).toThrow(TypeError);
  });
});
