import { instantiate } from '@assemblyscript/loader';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import strict from '../../dist/strict.wasm';
import type { WasmExports } from '../../src/core/exports.js';
import { Memory } from '../../src/core/memory.js';
import { type Core, collect, key, langevin, loadCore, mixture, network, train } from '../../src/index.js';
import { drain, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

const PAGE = 65_536;
const arena = (base = 1000, maximum?: number) =>
  new Memory(new WebAssembly.Memory({ initial: 1, maximum }), base);

describe('the arena', () => {
  it('gives 64-byte aligned, zeroed allocations above the base, one after another', () => {
    const memory = arena();
    expect([1, 64, 65, 0].map((bytes) => memory.take(bytes))).toEqual([1024, 1088, 1152, 1280]);
    expect(memory.used).toBe(64 + 64 + 128 + 64);
    memory.f32(1024, 16).fill(3);
    memory.give(1024);
    expect(memory.take(60)).toBe(1024);
    expect([...memory.f32(1024, 16)]).toEqual(Array(16).fill(0));
  });

  it('allocates the first free stretch that is large enough, and keeps the rest of it free', () => {
    const memory = arena();
    const [a, , c] = [256, 64, 128, 64].map((bytes) => memory.take(bytes));
    memory.give(a);
    memory.give(c);
    expect(memory.take(64)).toBe(a);
    expect(memory.take(256)).toBeGreaterThan(c);
    expect(memory.take(192)).toBe(a + 64);
    expect(memory.take(128)).toBe(c);
  });

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 0, 2]], [[0, 2, 1]]])(
    'joins neighbouring stretches freed in order %j',
    (order) => {
      const memory = arena();
      const addresses = [128, 64, 192].map((bytes) => memory.take(bytes));
      const last = memory.take(64);
      for (const i of order) memory.give(addresses[i]);
      expect(memory.take(384)).toBe(addresses[0]);
      memory.give(addresses[0]);
      memory.give(last);
      // Nothing is left: the arena ends where it began.
      expect(memory.used).toBe(0);
      expect(memory.take(2 * PAGE)).toBe(addresses[0]);
    },
  );

  it('grows by whole pages and keeps what it holds', () => {
    const memory = arena();
    const at = memory.take(8);
    memory.u32(at, 2).set([1, 2 ** 32 - 1]);
    memory.f64(memory.take(8), 1)[0] = Math.PI;
    memory.take(10 * PAGE);
    expect(memory.memory.buffer.byteLength).toBe(11 * PAGE);
    expect([...memory.u32(at, 2)]).toEqual([1, 2 ** 32 - 1]);
    expect(memory.f64(at + 64, 1)[0]).toBe(Math.PI);
  });

  it('refuses more than 4 GiB or than the engine has, in one line, and stays as it was', () => {
    const memory = arena();
    const at = memory.take(64);
    expect(oneLine(() => memory.take(2 ** 32 - 1024))).toBe(
      "core: 4294967360 bytes of memory are needed, more than WebAssembly's 4 GiB; lower the sizes",
    );
    expect(oneLine(() => memory.take(1e15))).toMatch(/^core: \d+ bytes of memory are needed, more than/);
    const limited = arena(1000, 2);
    expect(oneLine(() => limited.take(2 * PAGE))).toBe(
      'core: the engine refused 66560 more bytes of memory; lower the sizes or dispose() of what is not needed',
    );
    for (const each of [memory, limited]) {
      expect(each.memory.buffer.byteLength).toBe(PAGE);
      expect(each.take(64)).toBe(each === memory ? at + 64 : at);
    }
    expect(memory.used).toBe(128);
  });

  it('ignores an address that it did not allocate, and a second release', () => {
    const memory = arena();
    const at = memory.take(64);
    for (const pointer of [0, 64, at + 4, at, at]) memory.give(pointer);
    expect(memory.used).toBe(0);
    expect(memory.take(64)).toBe(at);
    expect(memory.take(64)).toBe(at + 64);
  });

  it('allocations never overlap and keep their bytes, whatever is allocated and freed', () => {
    const step = fc.oneof(
      fc.record({ take: fc.integer({ min: 0, max: 3000 }) }),
      fc.record({ give: fc.nat(1000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat(5000), (steps, base) => {
        const memory = arena(base);
        const live: { at: number; bytes: number; mark: number }[] = [];
        const bytesOf = ({ at, bytes }: { at: number; bytes: number }) =>
          new Uint8Array(memory.memory.buffer, at, bytes);
        const giveBack = (index: number) => {
          const [allocation] = live.splice(index, 1);
          // Had another one overlapped it, the mark would be gone.
          expect(bytesOf(allocation).every((v) => v === allocation.mark)).toBe(true);
          memory.give(allocation.at);
        };
        steps.forEach((each, i) => {
          if ('take' in each) {
            const allocation = { at: memory.take(each.take), bytes: each.take, mark: 1 + (i % 255) };
            expect(allocation.at % 64).toBe(0);
            expect(allocation.at).toBeGreaterThanOrEqual(base);
            expect(bytesOf(allocation).every((v) => v === 0)).toBe(true);
            bytesOf(allocation).fill(allocation.mark);
            live.push(allocation);
          } else if (live.length > 0) giveBack(each.give % live.length);
        });
        const sizes = live.map(({ bytes }) => Math.max(64, Math.ceil(bytes / 64) * 64));
        expect(memory.used).toBe(sizes.reduce((a, b) => a + b, 0));
        while (live.length > 0) giveBack(0);
        expect(memory.used).toBe(0);
        expect(memory.take(1)).toBe(Math.ceil(base / 64) * 64);
      }),
    );
  });
});

describe('above 2 GiB, where pointers are negative in WebAssembly', () => {
  it('mixtures, networks, training and sampling have the same bits as below', async () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const module = await WebAssembly.compile(strict);
    const { exports: wasm } = await instantiate<WasmExports>(module, { env: { memory } });
    const dispose = () => {};
    const high: Core = {
      kernel: 'strict',
      threads: 1,
      wasm,
      memory: new Memory(memory, 2 ** 31 + 64),
      dispose,
      [Symbol.dispose]: dispose,
    };
    const results = [high, await loadCore({ kernel: 'strict' })].map(async (core) => {
      const density = mixture(core, {
        means: [
          [0, 1],
          [1, 0],
        ],
        sds: [
          [0.5, 0.5],
          [0.2, 1],
        ],
      });
      const x = Float32Array.of(0.1, 0.2, 0.3, 0.4);
      const net = network(core, { features: 3, width: 5, depth: 1, levels: 2, sigmaMin: 0.1 });
      const data = { dim: 2, points: x, logits: new Float32Array(2) };
      const steps = await drain(train(net, data, { batch: 3, steps: 3 }));
      const histogram = { bins: 3, xlim: [-1, 1], ylim: [-1, 1] } as const;
      const walk = { key: key(3), steps: 20, stepSize: 0.01, chains: 3, thin: 2, histogram };
      const { path, histogram: counted } = await collect(langevin(net.at(1), walk));
      const weights = Object.values(net.tensors()).flatMap(({ data: values }) => [...values]);
      const counts = [...(counted?.counts ?? []), ...(counted?.mean ?? [])];
      return Float64Array.of(
        ...density.score(x),
        ...density.logProb(x),
        ...weights,
        ...path,
        ...counts,
        steps[2].loss,
      );
    });
    const [above, below] = await Promise.all(results);
    expect(above.length).toBeGreaterThan(100);
    expect(sameBits(above, below)).toBe(true);
  });

  it('refuses sizes that are negative, as those beyond 2 GiB are in WebAssembly, or no numbers', () => {
    for (const bytes of [-1, -(2 ** 31), Number.NaN]) {
      expect(oneLine(() => arena().take(bytes))).toMatch(
        /^core: more than 2 GiB of memory are needed in one piece/,
      );
    }
  });
});
