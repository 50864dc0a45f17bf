import { afterEach, expect, it, vi } from 'vitest';
import relaxed from '../../dist/relaxed.wasm';
import strict from '../../dist/strict.wasm';
import { type CoreOptions, key, loadCore, normal } from '../../src/index.js';

/** The one-line message of the error that a promise rejects with. */
async function message(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TypeError);
  const text = (error as TypeError).message;
  expect(text).toMatch(/^.+$/);
  return text;
}

const validate = WebAssembly.validate;

/** An engine that takes only some binaries. */
function engine(takes: (bytes: Uint8Array) => boolean): void {
  vi.spyOn(WebAssembly, 'validate').mockImplementation(
    (bytes) => takes(bytes as Uint8Array) && validate(bytes),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('loads either binary by name, and the relaxed one by default, which this engine has', async () => {
  expect((await loadCore({ kernel: 'strict' })).kernel).toBe('strict');
  expect((await loadCore({ kernel: 'relaxed' })).kernel).toBe('relaxed');
  expect(validate(relaxed)).toBe(true);
  expect((await loadCore()).kernel).toBe('relaxed');
  expect((await loadCore({ kernel: 'auto' })).kernel).toBe('relaxed');
});

it("loads the caller's module, or bytes of any kind", async () => {
  for (const [bytes, kernel] of [
    [strict, 'strict'],
    [relaxed, 'relaxed'],
  ] as const) {
    expect((await loadCore({ module: await WebAssembly.compile(bytes) })).kernel).toBe(kernel);
    const shifted = new Uint8Array(bytes.length + 9);
    shifted.set(bytes, 5);
    const view = new Uint8Array(shifted.buffer, 5, bytes.length);
    for (const binary of [bytes, bytes.slice().buffer, view]) {
      expect((await loadCore({ binary })).kernel).toBe(kernel);
    }
  }
});

it('every core has a memory of its own', async () => {
  const [a, b] = await Promise.all([loadCore(), loadCore()]);
  const at = a.memory.take(1000);
  expect(b.memory.used).toBe(0);
  expect(normal(b, key(1), [5])).toEqual(normal(a, key(1), [5]));
  a.memory.give(at);
});

it('falls back to the strict binary where relaxed SIMD is missing, in a page too', async () => {
  engine((bytes) => bytes.length !== relaxed.length);
  expect((await loadCore()).kernel).toBe('strict');
  expect(await message(loadCore({ kernel: 'relaxed' }))).toBe(
    "loadCore: this engine has no relaxed SIMD; use kernel 'auto' or 'strict'",
  );
  vi.stubGlobal('process', undefined);
  expect((await loadCore()).kernel).toBe('strict');
});

it('says so where SIMD is missing', async () => {
  engine(() => false);
  for (const kernel of ['auto', 'strict'] as const) {
    expect(await message(loadCore({ kernel }))).toBe('loadCore: this engine has no WebAssembly SIMD');
  }
});

it('bad arguments give one line that names them', async () => {
  const module = await WebAssembly.compile(strict);
  expect(await message(loadCore({ module, binary: strict }))).toBe(
    'loadCore: give module or binary, not both',
  );
  for (const kernel of ['fast', null, 1]) {
    expect(await message(loadCore({ kernel } as unknown as CoreOptions))).toBe(
      `loadCore: kernel must be 'auto', 'strict', 'relaxed' or 'wide', got ${JSON.stringify(kernel)}`,
    );
  }
  const cut = strict.slice(0, strict.length - 1);
  for (const binary of [cut, new Uint8Array(0), new Uint8Array(8)]) {
    expect(await message(loadCore({ binary }))).toBe(
      'loadCore: binary is not a WebAssembly module this engine can compile',
    );
  }
  const nothing = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const another =
    'loadCore: the module must be scorefield/strict.wasm or scorefield/relaxed.wasm, got another';
  expect(await message(loadCore({ binary: nothing }))).toBe(another);
  expect(await message(loadCore({ module: await WebAssembly.compile(nothing) }))).toBe(another);
});
