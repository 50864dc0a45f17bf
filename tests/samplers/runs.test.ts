import { expect, it } from 'vitest';
import {
  collect,
  fromFunction,
  key,
  type LangevinOptions,
  langevin,
  mixture,
  nuts,
} from '../../src/index.js';
import { drain, failure, forEachCore, sameBits } from '../cores.js';

const plane = { means: [[0, 0]], sds: [[1, 1]] };
const good = { key: key(0), steps: 10, stepSize: 0.1 };
const histogram = { bins: 4, xlim: [0, 1], ylim: [0, 1] } as const;

forEachCore('the event loop', (core) => {
  it('turns in the middle of 5,000 trees of depth ten: no 50 ms of processor time without it', async () => {
    using density = mixture(core, plane);
    const own = { warmup: 0, stepSize: 0.002, maxDepth: 10, chains: 5000 };
    const run = nuts(density, { key: key(1), steps: 1, ...own });
    const blocks: number[] = [];
    let running = true;
    let before = process.cpuUsage();
    const turn = () => {
      const { user, system } = process.cpuUsage(before);
      blocks.push((user + system) / 1000);
      before = process.cpuUsage();
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    const [{ leapfrogs }] = await drain(run);
    running = false;
    expect(leapfrogs[0]).toBe(1023);
    // The first block is also the setting up of the run.
    expect(Math.max(...blocks.slice(1))).toBeLessThan(50);
    expect(blocks.length).toBeGreaterThan(5);
  });
});

forEachCore('a run of langevin', (core) => {
  it('yields its last state at the last step; every state is a copy', async () => {
    using density = mixture(core, plane);
    const states = await drain(langevin(density, { ...good, steps: 100, thin: 1, chains: 2, histogram }));
    expect(states.length).toBeGreaterThan(3);
    expect(states[states.length - 1].step).toBe(100);
    let steps = 0;
    for (const { step, x, path } of states) {
      expect(path.length).toBe(4 * (step - steps));
      expect(sameBits(x, path.subarray(-4))).toBe(true);
      steps = step;
    }
  });

  it('gives its memory back when it ends, is abandoned, aborted, fails or is refused', async () => {
    using density = mixture(core, plane);
    const { used } = core.memory;
    const options = { ...good, thin: 2, chains: 9, histogram };
    await drain(langevin(density, options));
    expect(core.memory.used).toBe(used);
    for await (const _ of langevin(density, { ...options, steps: 1e6 })) {
      expect(core.memory.used).toBeGreaterThan(used);
      break;
    }
    expect(core.memory.used).toBe(used);
    await expect(drain(langevin(density, { ...options, signal: AbortSignal.abort() }))).rejects.toThrow();
    expect(core.memory.used).toBe(used);
    const throwing = fromFunction(core, 2, () => {
      throw new Error('no score today');
    });
    expect(await failure(langevin(throwing, options))).toBe('no score today');
    expect(core.memory.used).toBe(used);
    await failure(langevin(density, { ...options, stepSize: 1e30 }));
    expect(core.memory.used).toBe(used);
    await failure(langevin(density, { ...options, histogram: { ...histogram, bins: 0 } }));
    expect(core.memory.used).toBe(used);
  });

  it('an aborted signal stops it at the next state, with its reason', async () => {
    using density = mixture(core, plane);
    const controller = new AbortController();
    const began = performance.now();
    const loop = async () => {
      for await (const _ of langevin(density, { ...good, steps: 2 ** 30, signal: controller.signal })) {
        controller.abort(new Error('enough'));
      }
    };
    await expect(loop()).rejects.toThrow('enough');
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('a timer may abort it: no call holds the thread for long', async () => {
    using density = mixture(core, plane);
    const signal = AbortSignal.timeout(100);
    const began = performance.now();
    await expect(drain(langevin(density, { ...good, steps: 2 ** 30, signal }))).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('a position that is not finite ends it with one line that says what to lower', async () => {
    using density = mixture(core, plane);
    const message = await failure(langevin(density, { ...good, steps: 5000, stepSize: 50 }));
    expect(message).toMatch(
      /^langevin: a position is not finite within \d+ steps, of chain \d+, which started at [^;]+; lower stepSize \(now 50\)$/,
    );
    using nan = fromFunction(core, 2, (_, out) => out.fill(Number.NaN));
    expect(await failure(langevin(nan, good))).toMatch(/^langevin: a position is not finite within 1 steps/);
    // One bad chain of many is enough.
    using one = fromFunction(core, 2, (x, out) => {
      out.fill(0);
      out[x.length - 1] = Infinity;
    });
    expect(await failure(langevin(one, { ...good, chains: 11 }))).toMatch(
      /^langevin: a position is not finite within 1 steps, of chain 10, which started at /,
    );
  });

  it('two runs side by side have the bits of two runs apart', async () => {
    using density = mixture(core, plane);
    using other = mixture(core, { means: [[1, 2, 3]], sds: [[1, 0.5, 2]] });
    const options = { ...good, steps: 60, chains: 3 };
    const apart = [await collect(langevin(density, options)), await collect(langevin(other, options))];
    const together = await Promise.all([
      collect(langevin(density, options)),
      collect(langevin(other, options)),
    ]);
    together.forEach(({ x }, i) => {
      expect(sameBits(x, apart[i].x)).toBe(true);
    });
  });

  it('bad options give one line that names them', async () => {
    using density = mixture(core, plane);
    const { used } = core.memory;
    const message = (change: Partial<LangevinOptions>) => failure(langevin(density, { ...good, ...change }));
    for (const name of ['steps', 'chains'] as const) {
      for (const value of [0, -1, 0.5, Number.NaN]) {
        expect(await message({ [name]: value })).toBe(
          `langevin: ${name} must be a positive integer, got ${value}`,
        );
      }
    }
    for (const thin of [-1, 0.5, 2 ** 32 + 1]) {
      expect(await message({ thin })).toBe(
        `langevin: thin must be an integer from 0 to 4294967295, got ${thin}`,
      );
    }
    for (const stepSize of [0, -1, Infinity, Number.NaN]) {
      expect(await message({ stepSize })).toBe(
        `langevin: stepSize must be a positive finite number, got ${stepSize}`,
      );
    }
    expect(await message({ key: new Uint32Array(3) })).toMatch(
      /^langevin: key must be a Uint32Array of 2 words/,
    );
    expect(await message({ layout: 'x' as 'original' })).toMatch(/^langevin: layout must be 'original' or/);
    const init = (values: number[], chains = 1) => message({ init: Float32Array.from(values), chains });
    expect(await init([1])).toBe('langevin: init must hold 2 or 1 x 2 numbers, got 1');
    expect(await init([1, 2, 3, 4], 3)).toBe('langevin: init must hold 2 or 3 x 2 numbers, got 4');
    expect(await init([1, Number.NaN])).toBe('langevin: init must be finite, got NaN at index 1');
    expect(await message({ init: [0, 0] as unknown as Float32Array })).toMatch(
      /^langevin: init must be a Float32Array/,
    );
    expect(core.memory.used).toBe(used);
  });

  it('more normals than the original layout counts give one line; the partitionable layout has more', async () => {
    using density = mixture(core, plane);
    const steps = 2 ** 31;
    expect(await failure(langevin(density, { ...good, steps }))).toBe(
      `langevin: steps x chains x dim must be below 2^32 in the original layout, got ${steps} x 1 x 2; use layout 'partitionable'`,
    );
    for await (const { step } of langevin(density, { ...good, steps, layout: 'partitionable' })) {
      expect(step).toBe(1);
      break;
    }
    for await (const { step } of langevin(density, { ...good, steps: steps - 1 })) {
      expect(step).toBe(1);
      break;
    }
    expect(await failure(langevin(density, { ...good, steps: 2 ** 32, layout: 'partitionable' }))).toBe(
      'langevin: steps must be below 2^32, got 4294967296',
    );
  });
});
