import { describe, expect, it, vi } from 'vitest';
import {
  annealedLangevin,
  collect,
  denoiserScores,
  key,
  langevin,
  learnedDenoiser,
  mlp,
  probabilityFlow,
  reverseDiffusion,
} from '../../src/index.js';
import { Unet } from '../../src/networks/unet.js';
import { unetConfig } from '../../src/networks/unetConfig.js';
import { drain, forEachCore, relativeToLargest, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { noise } from '../networks/layerRun.js';
import { SMALL } from '../networks/smallUnet.js';
import { KINDS, PARAMETERISATIONS, PLANE, plane, process, RUN } from './learned.js';

forEachCore('denoiserScores', (core) => {
  describe.each(KINDS)('of %s', (_, make) => {
    it.each(PARAMETERISATIONS)(
      '%s: (D - y) / sigma^2 of denoise() within 1e-5 of the largest, of every class; points alone have the bits they have among 11',
      (parameterisation) => {
        using denoiser = make(core, parameterisation);
        const { dim } = denoiser;
        const y = noise(11 * dim, 2);
        for (const sigma of [0.3, 1, 2.5]) {
          for (const label of [0, 1, undefined]) {
            using score = denoiserScores(denoiser, { label }).at(sigma);
            const s = score.score(y);
            const clean = denoiser.denoise(y, sigma, label ?? 2);
            const want = clean.map((v, i) => (v - y[i]) / sigma ** 2);
            expect(relativeToLargest(s, want)).toBeLessThan(1e-5);
            for (const i of [0, 7, 8, 10]) {
              const alone = score.score(y.slice(i * dim, (i + 1) * dim));
              expect(sameBits(alone, s.slice(i * dim, (i + 1) * dim))).toBe(true);
            }
          }
        }
      },
    );

    it('guidance 0 is the score without a class, 1 that of the class, others u + w (c - u), within 1e-6', () => {
      using denoiser = make(core);
      const y = noise(11 * denoiser.dim, 2);
      const scoreOf = (options: object) => {
        using score = denoiserScores(denoiser, options).at(0.8);
        return score.score(y);
      };
      const [c, u] = [scoreOf({ label: 1 }), scoreOf({})];
      expect(relativeToLargest(c, u)).toBeGreaterThan(1e-3);
      expect(sameBits(scoreOf({ label: 1, guidance: 1 }), c)).toBe(true);
      for (const guidance of [0, 0.5, 2, 7.5]) {
        const want = Array.from(c, (v, i) => u[i] + guidance * (v - u[i]));
        expect(relativeToLargest(scoreOf({ label: 1, guidance }), want)).toBeLessThan(1e-6);
      }
      // The class that stands for none, guided by itself, is itself.
      expect(sameBits(scoreOf({ label: 2, guidance: 3 }), u)).toBe(true);
    });
  });

  it('a score of at() follows the network while it trains', async () => {
    using denoiser = plane(core);
    using score = denoiserScores(denoiser, { label: 1, guidance: 2 }).at(0.5);
    const y = noise(10, 1);
    const before = score.score(y);
    const { network } = denoiser;
    network.setParameters(network.parameters().map((v) => 0.9 * v));
    using again = denoiserScores(denoiser, { label: 1, guidance: 2 }).at(0.5);
    expect(sameBits(score.score(y), before)).toBe(false);
    expect(sameBits(score.score(y), again.score(y))).toBe(true);
  });

  it('chains that come from noise start with the moments given, or as at the origin', async () => {
    using denoiser = plane(core);
    const moments = { mean: [5, -3], variance: [0, 12] };
    const spread = async (options: object) => {
      const family = denoiserScores(denoiser, options);
      const still = { sigmas: [2], stepsPerLevel: 1, stepSize: 1e-18, chains: 4000, key: key(1) };
      const { x } = await collect(annealedLangevin(family, still));
      return [0, 1].map((d) => {
        const values = x.filter((_, i) => i % 2 === d);
        const mean = values.reduce((a, b) => a + b, 0) / 4000;
        return { mean, sd: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 4000) };
      });
    };
    for (const [options, means, sds] of [
      [{ moments }, [5, -3], [2, 4]],
      [{}, [0, 0], [2, 2]],
    ] as const) {
      (await spread(options)).forEach(({ mean, sd }, d) => {
        expect(Math.abs(mean - means[d])).toBeLessThan((5 * sds[d]) / Math.sqrt(4000));
        expect(Math.abs(sd - sds[d])).toBeLessThan((5 * sds[d]) / Math.sqrt(8000));
      });
    }
  });

  it('gives back all its memory, when a run ends, is abandoned or fails', async () => {
    for (const [, make] of KINDS) {
      using denoiser = make(core);
      for (const options of [{}, { label: 0, guidance: 2 }]) {
        const family = denoiserScores(denoiser, options);
        const { used } = core.memory;
        const score = family.at(0.5);
        score.score(noise(denoiser.dim, 1));
        await drain(langevin(score, { key: key(1), steps: 3, stepSize: 0.01 }));
        const walk = langevin(score, { key: key(1), steps: 1e6, stepSize: 1e-3 });
        await walk.next();
        await walk.return();
        score.dispose();
        score.dispose();
        expect(core.memory.used).toBe(used);
        await drain(reverseDiffusion(family, { ...RUN, process, steps: 3 }));
        const far = noise(2 * denoiser.dim, 1).fill(3e38);
        await expect(
          drain(probabilityFlow(family, { ...RUN, process, steps: 3, chains: 2, init: far })),
        ).rejects.toThrow();
        expect(core.memory.used).toBe(used);
      }
    }
  });

  it('a score follows a network that is given other weights, and other frequencies of the time', () => {
    const make = (first: number) => {
      const config = unetConfig({ ...SMALL, time_embedding_type: 'fourier' });
      const network = new Unet(core, config);
      network.initialise(key(first));
      return learnedDenoiser(network, { time: { kind: 'sigma' } });
    };
    using denoiser = make(1);
    using other = make(2);
    using score = denoiserScores(denoiser).at(0.5);
    const x = noise(denoiser.dim, 3);
    score.score(x);
    denoiser.network.setTensors(other.network.tensors());
    using fresh = denoiserScores(other).at(0.5);
    expect(sameBits(score.score(x), fresh.score(x))).toBe(true);
  });

  it('a network that is gone ends a score with one line', () => {
    const denoiser = plane(core);
    using score = denoiserScores(denoiser).at(0.5);
    denoiser.dispose();
    expect(oneLine(() => score.score(noise(2, 1)))).toBe(
      'network: it was used after dispose(); make it anew',
    );
  });

  it.each<[object, string]>([
    [{ label: 3 }, 'denoiserScores: label must be an integer from 0 to 2, got 3'],
    [{ label: 0.5 }, 'denoiserScores: label must be an integer from 0 to 2, got 0.5'],
    [{ label: 0, guidance: -1 }, 'denoiserScores: guidance must be a finite number >= 0, got -1'],
    [{ label: 0, guidance: Infinity }, 'denoiserScores: guidance must be a finite number >= 0, got Infinity'],
    [{ guidance: 2 }, 'denoiserScores: guidance needs a label, got 2 without one'],
  ])('refuses %o', (options, message) => {
    using denoiser = plane(core);
    expect(oneLine(() => denoiserScores(denoiser, options))).toBe(message);
  });

  it('refuses a label where there are none, and noises that are none', () => {
    using denoiser = learnedDenoiser(mlp(core, PLANE, { hidden: 3, depth: 0 }));
    expect(oneLine(() => denoiserScores(denoiser, { label: 0 }))).toBe(
      'denoiserScores: label must be left out, since the network knows no classes, got 0',
    );
    const { used } = core.memory;
    for (const sigma of [0, -1, Number.NaN, 1e19])
      expect(oneLine(() => denoiserScores(denoiser).at(sigma))).toMatch(/^denoiserScores.at: sigma must be/);
    expect(core.memory.used).toBe(used);
  });

  it('gives back its memory where the second of two guided scores finds none', () => {
    using denoiser = plane(core);
    const { memory } = core;
    const { used } = memory;
    for (const taken of [1, 2]) {
      let left = taken;
      const take = memory.take.bind(memory);
      const spy = vi.spyOn(memory, 'take').mockImplementation((bytes) => {
        if (left-- === 0) throw new RangeError('core: no memory is left');
        return take(bytes);
      });
      expect(oneLine(() => denoiserScores(denoiser, { label: 0, guidance: 2 }).at(1))).toBe(
        'core: no memory is left',
      );
      spy.mockRestore();
      expect(memory.used).toBe(used);
    }
  });
});
