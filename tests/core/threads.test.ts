import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Core, loadCore } from '../../src/core/load.js';
import { Pool } from '../../src/core/pool.js';
import { threadPorts } from '../../src/core/threadPorts.js';
import {
  builtInImage,
  collect,
  type Density,
  empirical,
  fromFunction,
  hmc,
  imageDistribution,
  key,
  langevin,
  mala,
  mixture,
  network,
  nuts,
  type Score,
  train,
  underdamped,
} from '../../src/index.js';
import { WAYS } from '../cores.js';

const data = imageDistribution(builtInImage('five', 12));
const sizes = { features: 9, width: 11, depth: 2, levels: 5, output: 'noise', encoding: 'averaged' } as const;
const histogram = { bins: 7, xlim: [0, 1], ylim: [0, 1] } as const;

async function trained(core: Core, batch: number) {
  const net = network(core, sizes);
  const losses: number[] = [];
  for await (const { loss } of train(net, data, { steps: 6, batch })) losses.push(loss);
  const parameters = net.parameters();
  net.dispose();
  return { losses, parameters };
}

const scores: Record<string, (core: Core) => Score> = {
  mixture: (core) => mixture(core, { means: [[0.2, 0.3]], sds: [[0.1, 0.2]] }),
  empirical: (core) => empirical(core, data, 0.05),
  network: (core) => network(core, sizes).at(3),
  JavaScript: (core) =>
    fromFunction(core, 2, (x, out) => {
      for (let i = 0; i < x.length; i++) out[i] = -x[i];
    }),
};

async function sampled(core: Core, make: (core: Core) => Score, chains: number) {
  const score = make(core);
  const run = langevin(score, { key: key(3), steps: 23, stepSize: 1e-3, chains, thin: 4, histogram });
  const { x, path, histogram: counted } = await collect(run);
  score.dispose();
  return { x, path, counted };
}

/** Samplers of densities, in JavaScript and fused. */
const samplers = {
  mala: (d: Density, chains: number) => mala(d, { ...own(chains), stepSize: 0.01 }),
  hmc: (d: Density, chains: number) => hmc(d, { ...own(chains), stepSize: 0.1, leapfrogs: 5, jitter: 0.3 }),
  nuts: (d: Density, chains: number) => nuts(d, { ...own(chains), warmup: 30 }),
  underdamped: (d: Density, chains: number) => underdamped(d, { ...own(chains), stepSize: 0.1 }),
};
const own = (chains: number) => ({ key: key(3), steps: 23, chains, thin: 4, histogram });

const kinds = (['strict', 'relaxed'] as const).flatMap((kernel) =>
  Object.entries(WAYS).map(([way, load]) => ({ kernel, way, load })),
);

describe.each(kinds)('threads that $way ($kernel)', ({ kernel, way, load }) => {
  let alone: Core;
  beforeAll(async () => {
    alone = await loadCore({ kernel });
  });

  describe.each([2, 3, 8, 11])('%i of them', (threads) => {
    let core: Core;
    beforeAll(async () => {
      core = await load({ kernel, threads });
      expect(core.memory.isShared).toBe(way === 'share a memory');
    });
    afterAll(() => core.dispose());

    it.each([1, 13, 64, 210])('train a batch of %i to the same bits as one', async (batch) => {
      expect(core.threads).toBe(threads);
      expect(await trained(core, batch)).toEqual(await trained(alone, batch));
    });

    it.each(Object.keys(scores))('sample from the score %s to the same bits as one', async (name) => {
      for (const chains of [1, 8, 9, 70]) {
        expect(await sampled(core, scores[name], chains)).toEqual(await sampled(alone, scores[name], chains));
      }
    });
  });

  it.each(Object.keys(samplers) as (keyof typeof samplers)[])(
    'two or three of them run %s to the same bits as one',
    async (name) => {
      const run = async (threads: number, chains: number) => {
        using core = await load({ kernel, threads });
        using density = mixture(core, {
          means: [
            [0.2, 0.3],
            [0.6, 0.9],
          ],
          sds: [
            [0.1, 0.2],
            [0.2, 0.1],
          ],
        });
        return await collect(samplers[name](density, chains));
      };
      for (const chains of [1, 9, 37]) {
        const one = await run(1, chains);
        expect(one.path.length).toBe(5 * chains * 2);
        expect(await run(2, chains)).toEqual(one);
        expect(await run(3, chains)).toEqual(one);
      }
    },
  );

  it('are given back what they took, by a run that ends and by one that is left', async () => {
    using core = await load({ kernel, threads: 2 });
    const net = network(core, sizes);
    const score = net.at(1);
    const before = core.memory.used;
    for await (const _ of train(net, data, { steps: 3, batch: 64 })) break;
    for await (const _ of langevin(score, { key: key(1), steps: 9, stepSize: 1e-3, chains: 20 })) break;
    expect(core.memory.used).toBe(before);
  });

  it('that are lost fail the run with one line, and leave the network as the last step made it', async () => {
    const core = await load({ kernel, threads: 2 });
    const net = network(core, sizes);
    const steps = train(net, data, { steps: 1000, batch: 64 });
    await steps.next();
    const { value } = await steps.next();
    const kept = value?.checkpoint();
    core.dispose();
    await expect(steps.next()).rejects.toThrow(/^core: a worker thread was lost: [^\n]+$/);
    expect(net.tensors()).toEqual(kept?.tensors);
  });
});

describe('loadCore', () => {
  it.each([0, -1, 1.5, 65, Number.NaN])('refuses %d threads', async (threads) => {
    await expect(loadCore({ threads })).rejects.toThrow(
      /^loadCore: threads must be an integer from 1 to 64, got/,
    );
  });

  it("starts as many threads as there are processors for 'auto', at most 8", async () => {
    using core = await loadCore({ threads: 'auto' });
    expect(core.threads).toBe(Math.min(8, availableParallelism()));
  });

  it('has ports to threads for pages alone', async () => {
    await expect(threadPorts()).rejects.toThrow(
      'threadPorts: is for pages; in Node give loadCore the number of threads',
    );
    await expect(threadPorts({ threads: 0 })).rejects.toThrow(
      'threadPorts: threads must be an integer from 1 to 64, got 0',
    );
  });

  it('says so when a thread cannot be started', async () => {
    const module = await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    const { memory } = await loadCore();
    const script = "throw new Error('no such script')";
    await expect(Pool.start([script], module, memory, 0)).rejects.toThrow(
      'core: a worker thread was lost: no such script',
    );
  });

  it.each([
    [0, 1],
    [1, 2],
    [3, 4],
    [9, 4],
  ])(
    'sends a lent thread its start again when it could not read it %d times: %d in all',
    async (unread, sent) => {
      const module = await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
      const { memory } = await loadCore();
      const { port1, port2 } = new MessageChannel();
      let asked = 0;
      port2.onmessage = ({ data }) => {
        if (data !== 'close') port2.postMessage(asked++ < unread ? { isUnread: true } : { call: data.call });
      };
      const pool = Pool.start([port1], module, memory, 0);
      if (unread < 4) expect((await pool).size).toBe(1);
      else
        await expect(pool).rejects.toThrow('core: a worker thread was lost: it cannot read what it is sent');
      expect(asked).toBe(sent);
      port2.close();
    },
  );
});
