import { describe, expect, it } from 'vitest';
import {
  collect,
  conditionalScores,
  dataScores,
  denoiserScores,
  guidedScores,
  key,
  langevin,
  linearObservation,
  mixtureScores,
  network,
  networkScores,
  normal,
  pointSet,
  probabilityFlow,
  reverseDiffusion,
  type ScoreFamily,
  varianceExploding,
} from '../../src/index.js';
import { forEachCore, relativeToLargest, sameBits, spreadLevels, WAYS, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { absolute, MIXTURE, process, seen } from './fiveModes.js';
import { plane } from './learned.js';

forEachCore('conditionalScores and guidedScores', (core, kernel) => {
  const family = mixtureScores(core, MIXTURE);

  it('conditionalScores of a round Gaussian are those of its exact conditional within 2e-5', () => {
    const [mean, sd, y, noise] = [[0.5, -1], 0.8, 1.1, 0.3];
    const round = mixtureScores(core, { means: [mean], sds: [[sd, sd]] });
    const precision = 1 / sd ** 2 + 1 / noise ** 2;
    const conditional = mixtureScores(core, {
      means: [[(mean[0] / sd ** 2 + y / noise ** 2) / precision, mean[1]]],
      sds: [[1 / Math.sqrt(precision), sd]],
    });
    const x = normal(core, key(1), [20, 2]);
    const given = conditionalScores(round, seen(y, noise));
    for (const sigma of [0.05, 0.5, 3]) {
      using got = given.at(sigma);
      using want = conditional.at(sigma);
      const scale = (v: number, w: number) => Math.abs(v - w) / (1 + Math.abs(w));
      expect(worst(got.score(x), want.score(x), scale)).toBeLessThan(2e-5);
      // Without the Jacobian's factor, or with the sign turned, they are not.
      using plain = conditionalScores(round, (clean, _, gradient) => seen(y, noise)(clean, 0, gradient)).at(
        sigma,
      );
      using turned = conditionalScores(round, seen(y, noise), { guidance: -1 }).at(sigma);
      for (const wrong of [plain, turned])
        expect(worst(wrong.score(x), want.score(x), scale)).toBeGreaterThan(1e-3);
    }
  });

  describe('conditionalScores by a mask are in WebAssembly', () => {
    const points = pointSet({ dim: 2, points: normal(core, key(2), [60, 2]) });
    const levels = () => {
      const net = network(core, { features: 5, width: 9, depth: 1, levels: 4, sigmaMin: 0.02, sigmaMax: 60 });
      spreadLevels(net);
      return networkScores(net);
    };
    const FAMILIES: [string, () => ScoreFamily][] = [
      ['a mixture', () => family],
      ['a data set', () => dataScores(core, points)],
      ['a network', levels],
      ['a learned denoiser', () => denoiserScores(plane(core))],
      ['a learned denoiser with guidance', () => denoiserScores(plane(core), { label: 1, guidance: 2 })],
      [
        'another observation',
        () => conditionalScores(family, linearObservation({ mask: [0, 1], observed: [0, 2], noise: 1 })),
      ],
    ];
    const observation = seen(0.7, 0.3);
    const moments = { mean: [0, 0], variance: [1, 3] };

    it.each(FAMILIES)(
      'over %s: scores within 2e-5 of the formula in JavaScript, flows within 1e-3',
      async (_, make) => {
        const over = make();
        const fused = conditionalScores(over, observation, { moments, guidance: 1.5 });
        const plain = conditionalScores(over, (...all) => observation(...all), { moments, guidance: 1.5 });
        const x = normal(core, key(1), [21, 2]);
        for (const sigma of [0.05, 0.7, 5]) {
          using got = fused.at(sigma);
          using want = plain.at(sigma);
          expect(relativeToLargest(got.score(x), want.score(x))).toBeLessThan(2e-5);
        }
        const narrow = varianceExploding({ sigmaMin: 0.05, sigmaMax: 20 });
        const options = { key: key(4), chains: 11, process: narrow, steps: 12 };
        for (const run of [probabilityFlow, reverseDiffusion]) {
          const { x: got } = await collect(run(fused, options));
          const { x: want } = await collect(run(plain, options));
          expect(relativeToLargest(got, want)).toBeLessThan(1e-3);
          const { x: without } = await collect(run(over, { ...options, moments }));
          expect(relativeToLargest(without, want)).toBeGreaterThan(1e-2);
        }
      },
    );

    it('2 threads give the bits of one, over panels and single points; memory is given back', async () => {
      const options = { key: key(6), process, steps: 9, corrections: 1 };
      const walk = { key: key(7), steps: 6, stepSize: 0.05, thin: 1 };
      for (const load of Object.values(WAYS)) {
        using many = await load({ kernel, threads: 2 });
        const results = [];
        for (const each of [core, many]) {
          const given = conditionalScores(mixtureScores(each, MIXTURE), observation);
          const { used } = each.memory;
          for (const chains of [1, 9, 40]) {
            results.push((await collect(reverseDiffusion(given, { ...options, chains }))).x);
            using noisy = given.at(0.5);
            results.push((await collect(langevin(noisy, { ...walk, chains }))).path);
          }
          expect(each.memory.used).toBe(used);
        }
        for (let i = 0; i < 6; i++) expect(sameBits(results[i], results[6 + i])).toBe(true);
      }
    });
  });

  it('guidedScores with a class are what denoiserScores gives, within 1e-5', () => {
    const denoiser = plane(core);
    const x = normal(core, key(2), [9, 2]);
    const given = guidedScores(denoiserScores(denoiser, { label: 1 }), denoiserScores(denoiser), 2);
    using got = given.at(0.7);
    using want = denoiserScores(denoiser, { label: 1, guidance: 2 }).at(0.7);
    expect(relativeToLargest(got.score(x), want.score(x))).toBeLessThan(1e-5);
  });

  it('guidedScores are u + w (c - u)', () => {
    const other = mixtureScores(core, { means: [[1, 1]], sds: [[0.5, 2]] });
    const x = normal(core, key(2), [9, 2]);
    using c = other.at(0.7);
    using u = family.at(0.7);
    const [cs, us] = [c.score(x), u.score(x)];
    for (const w of [0, 1, 2.5]) {
      using guided = guidedScores(other, family, w).at(0.7);
      const want = us.map((v, i) => v + w * (cs[i] - v));
      expect(worst(guided.score(x), want, absolute)).toBeLessThan(1e-5);
    }
  });

  it('bad options give one line that names them', () => {
    expect(oneLine(() => conditionalScores(family, 1 as never))).toMatch(
      /^conditionalScores: observation must be/,
    );
    expect(oneLine(() => conditionalScores(family, seen(1, 0.5), { guidance: Number.NaN }))).toMatch(
      /^conditionalScores: guidance must be finite/,
    );
    const flat = mixtureScores(core, { means: [[0]], sds: [[1]] });
    expect(oneLine(() => guidedScores(flat, family, 1))).toBe(
      'guidedScores: both families must have one dim, got 1 and 2',
    );
  });
});
