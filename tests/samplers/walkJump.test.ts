import { expect, it } from 'vitest';
import {
  collect,
  denoiser,
  empirical,
  fromFunction,
  key,
  langevin,
  mixtureScores,
  network,
  normal,
  pointSet,
  type Score,
  walkJump,
} from '../../src/index.js';
import { drain, failure, forEachCore, sameBits, worst } from '../cores.js';

const MIXTURE = { means: [[2], [-1]], sds: [[0.1], [0.1]], weights: [0.25, 0.75] };

forEachCore('walkJump', (core) => {
  it('walks as langevin does with step 2 h, in units of sigma^2, and jumps by the denoiser, over any score', async () => {
    const sigma = 0.7;
    const data = pointSet({ dim: 2, points: normal(core, key(1), [9, 2]) });
    using net = network(core, { features: 4, width: 6, depth: 1, levels: 2, sigmaMin: 0.5 });
    const scores: Score[] = [
      mixtureScores(core, { means: [[1, 0]], sds: [[1, 2]] }).at(sigma),
      empirical(core, data, sigma),
      net.at(1),
      fromFunction(core, 2, (x, out) => out.set(x.map((v) => -v))),
    ];
    for (const score of scores) {
      const options = { key: key(4), steps: 30, chains: 3, thin: 10 };
      const states = await drain(walkJump(score, { ...options, sigma, stepSize: 0.5 }));
      const walk = await collect(langevin(score, { ...options, stepSize: sigma ** 2 }));
      const last = states[states.length - 1];
      expect(sameBits(last.x, walk.x)).toBe(true);
      const path = Float32Array.from(states.flatMap((state) => [...state.path]));
      expect(sameBits(path, walk.path)).toBe(true);
      const clean = denoiser(score, sigma);
      expect(sameBits(last.jump(), clean.denoise(walk.x))).toBe(true);
      expect(sameBits(last.jump(walk.path), clean.denoise(walk.path))).toBe(true);
      // Another walk of the same steps is the same walk.
      const own = walkJump(score, {
        sigma,
        walk: (over) => langevin(over, { ...options, stepSize: sigma ** 2 }),
      });
      expect(sameBits((await collect(own)).x, walk.x)).toBe(true);
    }
    for (const score of scores) score.dispose();
  });

  it('asking for jumps changes no bit of the walk', async () => {
    using score = mixtureScores(core, MIXTURE).at(1);
    const options = { key: key(4), steps: 3000, chains: 9, sigma: 1, stepSize: 0.3 };
    const ask = async (often: boolean) => {
      let x = new Float32Array(0);
      for await (const state of walkJump(score, options)) {
        if (often) for (let i = 0; i < 3; i++) state.jump();
        x = state.x as Float32Array<ArrayBuffer>;
      }
      return x;
    };
    expect(sameBits(await ask(true), await ask(false))).toBe(true);
  });

  it('the smooth walk visits both modes by their weights, at 5 standard errors, where a walk without noise is stuck', async () => {
    const sigma = 1;
    const family = mixtureScores(core, MIXTURE);
    using smooth = family.at(sigma);
    const chains = 4096;
    const options = { key: key(6), steps: 400, chains, init: Float32Array.of(2) };
    const states = await drain(walkJump(smooth, { ...options, sigma, stepSize: 0.1 }));
    const jumped = states[states.length - 1].jump();
    // xhat is above 0.5 just where y is above the point whose two modes pull it there.
    const share = jumped.filter((v) => v > 0.5).length / chains;
    let want = 0;
    const n = 4000;
    const grid = Float32Array.from({ length: n }, (_, i) => -8 + (i + 0.5) * (16 / n));
    const clean = denoiser(smooth, sigma).denoise(grid);
    smooth.prob(grid).forEach((p, i) => {
      if (clean[i] > 0.5) want += p * (16 / n);
    });
    // The bias of the walk's step of 0.1 is below one standard error, 0.007.
    expect(Math.abs(share - want)).toBeLessThan(5 * Math.sqrt((want * (1 - want)) / chains));
    expect(Math.abs(share - 1)).toBeGreaterThan(0.5);
    using sharp = family.at(0);
    const { x } = await collect(langevin(sharp, { ...options, stepSize: 0.002 }));
    expect(x.filter((v) => v > 0.5).length / chains).toBe(1);
    // Points jumped to lie between the modes: means of x given y.
    expect(worst(jumped, jumped, (v) => Math.abs(v))).toBeLessThan(2.3);
  });

  it('bad options give one line that names them', async () => {
    using score = mixtureScores(core, MIXTURE).at(1);
    const good = { key: key(0), steps: 3, sigma: 1, stepSize: 1 };
    const message = (change: object) => failure(walkJump(score, { ...good, ...change }));
    for (const name of ['sigma', 'stepSize']) {
      for (const value of [0, -1, Number.NaN]) {
        expect(await message({ [name]: value })).toBe(
          `walkJump: ${name} must be a positive finite number, got ${value}`,
        );
      }
    }
    expect(await message({ steps: 0 })).toBe('langevin: steps must be a positive integer, got 0');
  });
});
