import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newSharedMemory, withSharedMemory } from '../../src/core/sharedMemory.js';
import {
  type Core,
  collect,
  key,
  langevin,
  loadCore,
  mixture,
  type Network,
  network,
  normal,
  pointSet,
  train,
} from '../../src/index.js';
import { apart, drain, sameBits, WAYS } from '../cores.js';

const binary = (name: string) =>
  Uint8Array.from(readFileSync(new URL(`../../dist/${name}.wasm`, import.meta.url)));

/** As large as networks whose update threads divide among them; a step takes some milliseconds. */
const LARGE = { features: 1, width: 1024, depth: 1, levels: 1, sigmaMin: 0.5, sigmaMax: 0.5, dim: 300 };
const data = pointSet({ dim: 300, points: Float32Array.from({ length: 6000 }, (_, i) => Math.sin(i)) });

/** Resolves as soon as other threads of a core are given work: before this thread reads their answers. */
function atWork({ pool }: Core): Promise<void> {
  if (!pool) return Promise.resolve();
  return new Promise((resolve) => {
    const perform = vi.spyOn(pool, 'perform').mockImplementationOnce((jobs) => {
      perform.mockRestore();
      const done = pool.perform(jobs);
      resolve();
      return done;
    });
  });
}

/** Keeps the other thread of a core busy for a while: what it is given next waits. */
async function keepBusy({ pool, memory }: Core, calls: number): Promise<void> {
  const at = memory.take(4e5);
  const draw = ['bits', at, 100_000, 1, 2, 0] as const;
  await pool?.perform([{ calls: Array.from({ length: calls }, () => draw) }]);
  memory.give(at);
}

/** Expects all promises to be rejected for the loss of a thread. */
async function expectLost(promises: Promise<unknown>[], reason: string): Promise<void> {
  for (const result of await Promise.allSettled(promises)) {
    const error = result.status === 'rejected' ? String(result.reason) : 'none';
    expect(error).toBe(`Error: core: a worker thread was lost: ${reason}`);
  }
}

/** Losses and parameters of some steps of a large network. `during` is called while other threads work at each step. */
async function trained(core: Core, during = (_net: Network) => {}) {
  using net = network(core, LARGE);
  const losses: number[] = [];
  const steps = train(net, data, { steps: 4, batch: 256 });
  for (;;) {
    const started = atWork(core);
    const next = steps.next();
    await Promise.race([started, next]);
    during(net);
    const { value, done } = await next;
    if (done) return { losses, parameters: net.parameters() };
    losses.push(value.loss);
  }
}

const chains = (core: Core) => {
  const density = mixture(core, { means: [[0.2, 0.3]], sds: [[0.1, 0.2]] });
  return langevin(density, { key: key(3), steps: 20_000, stepSize: 1e-3, chains: 64, thin: 100 });
};

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('newSharedMemory', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is none in an engine that isolates pages and has no SharedArrayBuffer, as WebKitGTK', () => {
    vi.stubGlobal('crossOriginIsolated', true);
    expect(newSharedMemory()?.buffer).toBeInstanceOf(SharedArrayBuffer);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(newSharedMemory()).toBeUndefined();
  });
});

describe('a memory that threads share', () => {
  it.each(['strict', 'relaxed', 'wide'])(
    'is declared in the %s binary, which is else as it was',
    async (name) => {
      await loadCore();
      const before = binary(name);
      const after = withSharedMemory(before);
      expect(after.length).toBe(before.length + 3);
      const differs = before.findIndex((byte, i) => byte !== after[i]);
      const same = before.length - differs - 20;
      expect(Buffer.compare(after.subarray(-same), before.subarray(-same))).toBe(0);
      if (name === 'wide' && !WebAssembly.validate(before)) return;
      const memory = newSharedMemory() as WebAssembly.Memory;
      expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect((await WebAssembly.instantiate(after, { env: { memory } })).instance.exports.memory).toBe(
        memory,
      );
      await expect(WebAssembly.instantiate(before, { env: { memory } })).rejects.toThrow(/shared/);
    },
  );

  it('is not declared in a module that has none', () => {
    const nothing = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    expect(withSharedMemory(nothing)).toBe(nothing);
  });

  it('is none in a page that is not isolated, nor where the engine refuses it; then threads send copies', async () => {
    expect(await apart(async () => newSharedMemory())).toBeUndefined();
    vi.stubGlobal('crossOriginIsolated', true);
    expect(newSharedMemory()).toBeDefined();
    const { Memory } = WebAssembly;
    class Unshared extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (descriptor.shared) throw new RangeError('out of memory');
        super(descriptor);
      }
    }
    Object.assign(WebAssembly, { Memory: Unshared });
    try {
      using core = await loadCore({ threads: 2 });
      expect(core.memory.isShared).toBe(false);
      expect((await collect(chains(core))).path.length).toBe(200 * 64 * 2);
    } finally {
      Object.assign(WebAssembly, { Memory });
    }
  });

  it("is one thread's alone without other threads, and with a module of the caller's", async () => {
    const module = await WebAssembly.compile(binary('strict'));
    for (const options of [{}, { module, threads: 2 }]) {
      using core = await loadCore(options);
      expect(core.memory.isShared).toBe(false);
    }
    using core = await loadCore({ binary: binary('strict'), threads: 2 });
    expect(core.memory.isShared).toBe(true);
  });

  it('gives results in ordinary buffers, which can be sent and written', async () => {
    using core = await loadCore({ threads: 2 });
    using net = network(core, { width: 8, features: 4, levels: 2 });
    const { x, path } = await collect(chains(core));
    for (const array of [x, path, net.parameters(), normal(core, key(1), [9]), net.at(1).score(x)])
      expect(array.buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe.each(Object.entries(WAYS))('threads that %s', (_, load) => {
  it('update a large network to the bits of one thread, while the memory grows and two runs go on', async () => {
    using alone = await loadCore({ kernel: 'strict' });
    const want = await trained(alone);
    const path = (await collect(chains(alone))).path;
    for (const threads of [2, 3]) {
      using core = await load({ kernel: 'strict', threads });
      const sampling = collect(chains(core));
      const first = core.memory.take(64);
      const view = core.memory.f32(first, 16).fill(7);
      const got = await trained(core, () => core.memory.take(3e7));
      expect(got.losses).toEqual(want.losses);
      expect(sameBits(got.parameters, want.parameters)).toBe(true);
      expect(sameBits((await sampling).path, path)).toBe(true);
      // A memory that is not shared leaves old views without contents.
      expect(view.length).toBe(core.memory.isShared ? 16 : 0);
      expect([...core.memory.f32(first, 16)]).toEqual(Array(16).fill(7));
    }
  });

  it('write nothing to what a network gave back that was disposed of while it trained', async () => {
    using core = await load({ kernel: 'strict', threads: 2 });
    const before = core.memory.used;
    const net = network(core, LARGE);
    const steps = train(net, data, { steps: 9, batch: 256 });
    await steps.next();
    const held = core.memory.used;
    const work = keepBusy(core, 300);
    const started = atWork(core);
    const next = steps.next();
    await started;
    net.dispose();
    // Shared, it is kept for as long as the other thread may read and write it.
    expect(core.memory.used > held).toBe(core.memory.isShared);
    const at = core.memory.take(4e6);
    const mine = core.memory.f32(at, 1e6).fill(3);
    await expect(next).rejects.toThrow('network: it was used after dispose(); make it anew');
    expect(core.memory.f32(at, 1e6).every((value) => value === 3)).toBe(true);
    expect(mine.length).toBe(1e6);
    core.memory.give(at);
    // What was released while threads worked is free once they have done.
    await work;
    await new Promise((resolve) => setTimeout(resolve));
    expect(core.memory.used).toBe(before);
  });

  it('that are ended while they work fail the run; the core goes on alone', async () => {
    const core = await load({ kernel: 'strict', threads: 2 });
    const net = network(core, LARGE);
    const steps = train(net, data, { steps: 9, batch: 256 });
    await steps.next();
    const sampling = collect(chains(core));
    const started = atWork(core);
    const next = steps.next();
    await started;
    core.dispose();
    await expectLost([next, sampling], 'the core was disposed of');
    const draws = normal(core, key(1), [100_000]);
    expect(draws).toEqual(normal(await loadCore({ kernel: 'strict' }), key(1), [100_000]));
  });

  it('that die while they work fail the run, which does not hang', async () => {
    const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
    const workers: Worker[] = [];
    const { Worker: Real } = threads;
    threads.Worker = class extends Real {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        workers.push(this);
      }
    };
    let core: Core;
    try {
      core = await load({ kernel: 'strict', threads: 2 });
    } finally {
      threads.Worker = Real;
    }
    const steps = train(network(core, LARGE), data, { steps: 9, batch: 256 });
    const { value } = await steps.next();
    const work = keepBusy(core, 3000);
    const started = atWork(core);
    const next = steps.next();
    await started;
    expect(() => value?.checkpoint()).toThrow(/^train: checkpoint\(\) of step 0 must be called before/);
    await workers[0].terminate();
    await expectLost([work, next], 'it exited with status 1');
    expect(() => value?.checkpoint()).toThrow(/^train: checkpoint\(\) of step 0 must be called before/);
    expect(await drain(steps)).toEqual([]);
    core.dispose();
  });
});
