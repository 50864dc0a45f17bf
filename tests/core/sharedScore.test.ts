import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Core, loadCore } from '../../src/core/load.js';
import {
  builtInImage,
  collect,
  type Density,
  empirical,
  fromFunction,
  imageDistribution,
  key,
  langevin,
  mixture,
  network,
  normal,
  type Score,
  shareScore,
  train,
  uniform,
} from '../../src/index.js';
import { sameBits, WAYS } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

const sizes = { features: 9, width: 11, depth: 2, levels: 5 } as const;

/** Points of many coordinates, uneven and partly 0. */
const cloud = (core: Core, N: number, dim: number) => ({
  dim,
  points: uniform(core, key(1), [N, dim]).map((u) => (u < 0.6 ? 0 : u)),
  logits: normal(core, key(2), [N]),
});

const scores: Record<string, (core: Core) => Score> = {
  'a mixture': (core) => mixture(core, { means: [[0.2, 0.3]], sds: [[0.1, 0.2]] }),
  'a network': (core) => network(core, sizes).at(3),
  'a picture': (core) => empirical(core, imageDistribution(builtInImage('five', 12)), 0.05),
  'many points of many coordinates': (core) => empirical(core, cloud(core, 7000, 50), 0.5),
  'some points of many coordinates': (core) => empirical(core, cloud(core, 901, 200), 0.3),
};

/** The rejection's message, of one line. */
async function rejection(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('expected a rejection'),
    (reason) => reason,
  );
  return oneLine(() => {
    throw error;
  });
}

describe.each(['strict', 'relaxed'] as const)('shareScore (%s)', (kernel) => {
  describe.each([1, 2, 3, 8])('on %i threads', (threads) => {
    let core: Core;
    beforeAll(async () => {
      core = await loadCore({ kernel, threads });
    });
    afterAll(() => core.dispose());

    it.each(Object.keys(scores))(
      'of %s: the bits of the score itself, whatever the number of places',
      async (name) => {
        const score = scores[name](core);
        const { used } = core.memory;
        const shared = await shareScore(score);
        for (const n of [0, 1, 8, 9, 70, 1100]) {
          const x = normal(core, key(n), [n, score.dim]);
          expect(sameBits(await shared.score(x), score.score(x))).toBe(true);
          if ('logProb' in score)
            expect(sameBits(await shared.logProb(x), (score as Density).logProb(x))).toBe(true);
          else expect(await rejection(shared.logProb(x))).toMatch(/^logProb: the score must be a density/);
        }
        await shared.dispose();
        // Its own method has taken scratch meanwhile, which it keeps.
        score.dispose();
        expect(core.memory.used).toBeLessThanOrEqual(used);
      },
    );

    it('several evaluations at once do not disturb each other', async () => {
      using score = scores['some points of many coordinates'](core);
      const shared = await shareScore(score);
      const places = [3, 40, 9].map((n) => normal(core, key(n), [n, score.dim]));
      const out = new Float32Array(places[0].length);
      const all = await Promise.all([
        shared.score(places[0], out),
        ...places.slice(1).map((x) => shared.score(x)),
      ]);
      all.forEach((s, i) => {
        expect(sameBits(s, score.score(places[i]))).toBe(true);
      });
      expect(all[0]).toBe(out);
      await shared.dispose();
    });

    it('chains over many points of many coordinates have the bits they have on one thread', async () => {
      const walk = async (on: Core) => {
        using score = scores['many points of many coordinates'](on);
        return (await collect(langevin(score, { key: key(6), steps: 4, stepSize: 0.01, chains: 21 }))).x;
      };
      using alone = await loadCore({ kernel });
      expect(sameBits(await walk(core), await walk(alone))).toBe(true);
    });

    it('of a network that is trained further: as it was', async () => {
      const net = network(core, sizes);
      const x = normal(core, key(4), [20, 2]);
      const shared = await shareScore(net.at(2));
      const before = await shared.score(x);
      for await (const _ of train(net, imageDistribution(builtInImage('five', 12)), { steps: 3, batch: 8 }));
      expect(sameBits(await shared.score(x), before)).toBe(true);
      expect(sameBits(net.at(2).score(x), before)).toBe(false);
      await shared.dispose();
      net.dispose();
    });
  });

  it('memory is freed when what was begun has ended, and later use is an error', async () => {
    using core = await loadCore({ kernel, threads: 2 });
    using score = scores['some points of many coordinates'](core);
    const { used } = core.memory;
    const shared = await shareScore(score);
    const x = normal(core, key(5), [30, score.dim]);
    const running = shared.score(x);
    const ended = shared.dispose();
    expect(await rejection(shared.score(x))).toMatch(/dispose\(\); share it anew$/);
    const result = await running;
    await ended;
    await shared.dispose();
    expect(core.memory.used).toBe(used);
    expect(sameBits(result, score.score(x))).toBe(true);
  });

  it.each(Object.entries(WAYS))(
    'a score that is disposed of meanwhile is an error (threads that %s)',
    async (_, load) => {
      using core = await load({ kernel, threads: 2 });
      const score = scores['many points of many coordinates'](core);
      const shared = await shareScore(score);
      const running = rejection(shared.score(new Float32Array(score.dim)));
      // Until the first part is posted.
      await null;
      score.dispose();
      expect(await running).toMatch(/^score: it was used after dispose/);
      await shared.dispose();
    },
  );

  it('bad arguments, a score that was disposed of and a lost thread are rejections of one line', async () => {
    using core = await loadCore({ kernel, threads: 2 });
    const score = scores['a mixture'](core);
    const shared = await shareScore(score);
    expect(await rejection(shared.score(new Float32Array(3)))).toMatch(/^score: x must hold points of 2/);
    expect(await rejection(shared.score(new Float32Array(4), new Float32Array(3)))).toMatch(
      /^score: out must/,
    );
    score.dispose();
    expect(await rejection(shared.score(new Float32Array(4)))).toMatch(/^score: it was used after dispose/);
    await shared.dispose();
    expect(await rejection(shareScore(score))).toMatch(/^score: it was used after dispose/);
    const mine = fromFunction(core, 2, (x, out) => out.set(x));
    expect(await rejection(shareScore(mine))).toMatch(
      /^shareScore: score must be one that WebAssembly computes/,
    );
    const other = scores['a mixture'](core);
    const lost = await shareScore(other);
    core.dispose();
    expect(await rejection(lost.score(new Float32Array(64)))).toMatch(/^core: a worker thread was lost/);
    await lost.dispose();
  });
});
