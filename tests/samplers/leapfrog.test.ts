import { expect, it } from 'vitest';
import {
  banana,
  collect,
  fromFunction,
  gaussian,
  hmc,
  key,
  langevin,
  mala,
  mixture,
  normal,
  nuts,
  underdamped,
} from '../../src/index.js';
import { drain, failure, forEachCore, worst } from '../cores.js';
import * as twin from '../reference.js';

forEachCore('leapfrog', (core) => {
  it('places of a trajectory obey the recurrence that reads the same backwards, within 1e-6', async () => {
    const want = twin.bananaTwin(1, 0.5, 0.7);
    const asked: number[][] = [];
    const own = fromFunction(
      core,
      2,
      (x, out) => {
        asked.push([...x]);
        out.set(want.score([...x]));
      },
      (x, out) => out.set([want.logProb([...x])]),
    );
    const inverseMass = [1.5, 0.5];
    const init = Float32Array.of(0.3, -0.2);
    await collect(hmc(own, { key: key(2), steps: 1, stepSize: 0.1, leapfrogs: 20, inverseMass, init }));
    expect(asked.length).toBe(21);
    for (let k = 1; k < 20; k++) {
      const score = want.score(asked[k]);
      const second = asked[k].map((q, d) => asked[k + 1][d] - 2 * q + asked[k - 1][d]);
      const pull = score.map((s, d) => 0.01 * inverseMass[d] * s);
      expect(worst(second, pull, (a, b) => Math.abs(a - b))).toBeLessThan(1e-6);
    }
  });

  it('the twin comes back to its start within 1e-12 when momenta are turned round', () => {
    const { score } = twin.bananaTwin(1, 0.5, 0.7);
    const m = [1.5, 0.5];
    let phase: twin.Phase = { q: [0.3, -0.2], p: [1, -0.4] };
    for (let l = 0; l < 30; l++) phase = twin.leapfrogStep(phase, score, 0.1, m);
    phase = { q: phase.q, p: phase.p.map((v) => -v) };
    for (let l = 0; l < 30; l++) phase = twin.leapfrogStep(phase, score, 0.1, m);
    expect(worst([...phase.q, ...phase.p], [0.3, -0.2, -1, 0.4], (a, b) => Math.abs(a - b))).toBeLessThan(
      1e-12,
    );
  });

  it('the energy error of a trajectory of fixed length falls by 4 when the step is halved, within 15 percent', async () => {
    using density = banana(core, { sd: 1, bend: 0.3, noise: 0.8 });
    const chains = 4096;
    const init = normal(core, key(1), [chains, 2]);
    const rejected: number[] = [];
    for (const halvings of [2, 3, 4]) {
      const leapfrogs = 3 * 2 ** halvings;
      const run = hmc(density, { key: key(2), steps: 1, stepSize: 1.2 / leapfrogs, leapfrogs, chains, init });
      const { acceptance } = (await drain(run))[0];
      rejected.push(acceptance.reduce((sum, a) => sum + (1 - a) / chains, 0));
    }
    expect(rejected[0] / rejected[1]).toBeGreaterThan(3.4);
    expect(rejected[0] / rejected[1]).toBeLessThan(4.6);
    expect(rejected[1] / rejected[2]).toBeGreaterThan(3.4);
    expect(rejected[1] / rejected[2]).toBeLessThan(4.6);
  });
});

forEachCore('adaptation', (core) => {
  it('nuts finds step sizes for a mean acceptance near the target, and masses of variances from 1e-4 to 1e4', async () => {
    const covariance = [1e-4, 1, 1e4].map((v, i) => [0, 1, 2].map((j) => (i === j ? v : 0)));
    using density = gaussian(core, { mean: [0, 0, 0], covariance });
    let before = 0;
    for (const targetAcceptance of [0.65, 0.8, 0.95]) {
      const run = nuts(density, { key: key(1), steps: 300, warmup: 600, chains: 32, targetAcceptance });
      const { acceptance, leapfrogs, divergences } = (await drain(run)).at(-1) ?? {};
      const mean = (a?: Float64Array) => (a ?? new Float64Array()).reduce((sum, v) => sum + v / 32, 0);
      // As BlackJAX's, it ends above the target: the mean of a step size's logarithm errs to the short side.
      expect(mean(acceptance)).toBeGreaterThan(Math.max(before, targetAcceptance - 0.02));
      expect(mean(acceptance)).toBeLessThan(Math.min(0.99, targetAcceptance + 0.2));
      before = mean(acceptance);
      // With its masses learned the target is round.
      expect(mean(leapfrogs) / 300).toBeLessThan(12);
      expect(mean(divergences)).toBe(0);
    }
  });

  it('hmc with a step far too long diverges, says so, and stays', async () => {
    using density = gaussian(core, {
      mean: [0, 0],
      covariance: [
        [1, 0],
        [0, 1],
      ],
    });
    const init = Float32Array.of(0.5, 0.5);
    const options = { key: key(1), steps: 20, chains: 8, init };
    const { divergences, acceptance, x } = (
      await drain(hmc(density, { ...options, stepSize: 50, leapfrogs: 9 }))
    ).at(-1)!;
    expect([...divergences]).toEqual(new Array(8).fill(20));
    expect([...acceptance]).toEqual(new Array(8).fill(0));
    expect([...x]).toEqual(new Array(16).fill(0.5));
    const tree = await drain(nuts(density, { ...options, stepSize: 500, warmup: 0 }));
    expect([...tree[tree.length - 1].divergences]).toEqual(new Array(8).fill(20));
    expect([...tree[tree.length - 1].x]).toEqual(new Array(16).fill(0.5));
  });
});

forEachCore('mistakes', (core) => {
  const good = { key: key(0), steps: 3 };

  it('no score: a TypeError', async () => {
    const run = (f: (d: never) => AsyncIterable<unknown>) => failure(f({ core } as never));
    expect(await run((d) => mala(d, { ...good, stepSize: 1 }))).toMatch(/^mala: score must have a method/);
    expect(await run((d) => hmc(d, { ...good, stepSize: 1, leapfrogs: 2 }))).toMatch(/^hmc: score must have/);
    expect(await run((d) => nuts(d, good))).toMatch(/^nuts: score must have a method score\(x\)/);
    await expect(drain(nuts({ core } as never, good))).rejects.toThrow(TypeError);
  });

  it('wrong options: one line that names sampler and option, nothing left behind', async () => {
    using density = mixture(core, { means: [[0, 0]], sds: [[1, 1]] });
    const { used } = core.memory;
    const cases: [AsyncIterable<unknown>, RegExp][] = [
      [mala(density, { ...good, stepSize: 0 }), /^mala: stepSize/],
      [mala(density, { ...good, stepSize: 1, key: 3 as never }), /^mala: key/],
      [hmc(density, { ...good, stepSize: 1, leapfrogs: 0 }), /^hmc: leapfrogs/],
      [hmc(density, { ...good, stepSize: 1, leapfrogs: 1, jitter: 2 }), /^hmc: jitter/],
      [
        hmc(density, { ...good, stepSize: 1, leapfrogs: 1, inverseMass: [1] }),
        /^hmc: inverseMass must hold 2/,
      ],
      [hmc(density, { ...good, stepSize: 1, leapfrogs: 1, inverseMass: [1, -1] }), /^hmc: inverseMass\[1\]/],
      [nuts(density, { ...good, warmup: -1 }), /^nuts: warmup/],
      [nuts(density, { ...good, maxDepth: 0 }), /^nuts: maxDepth/],
      [nuts(density, { ...good, targetAcceptance: 1 }), /^nuts: targetAcceptance/],
      [nuts(density, { ...good, stepSize: Number.NaN }), /^nuts: stepSize/],
      [nuts(density, { ...good, steps: 2 ** 31, chains: 4 }), /^nuts: steps x chains x dim/],
      [underdamped(density, { ...good, stepSize: -1 }), /^underdamped: stepSize/],
      [underdamped(density, { ...good, stepSize: 1, friction: 0 }), /^underdamped: friction/],
      [underdamped(density, { ...good, stepSize: 1, inverseMass: 0 }), /^underdamped: inverseMass/],
    ];
    for (const [run, message] of cases) expect(await failure(run)).toMatch(message);
    const thrower = fromFunction(core, 2, () => {
      throw new Error('no score today');
    });
    expect(await failure(underdamped(thrower, { ...good, stepSize: 1 }))).toBe('no score today');
    expect(core.memory.used).toBe(used);
  });

  it('mala where it accepts all is langevin: the same noise gives the same path within 1e-5', async () => {
    // A flat density: every proposal is accepted, and the score is 0.
    const flat = fromFunction(
      core,
      2,
      (_, out) => out.fill(0),
      (_, out) => out.fill(0),
    );
    const options = { steps: 20, stepSize: 0.3, chains: 3, thin: 1 };
    const { split } = await import('../../src/index.js');
    const adjusted = await collect(mala(flat, { ...options, key: key(6) }));
    const free = await collect(langevin(flat, { ...options, key: split(key(6))[0] }));
    expect(worst(adjusted.path, free.path, (a, b) => Math.abs(a - b))).toBeLessThan(1e-5);
  });
});
