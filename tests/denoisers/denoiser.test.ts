import { expect, it } from 'vitest';
import {
  categorical,
  type Denoiser,
  denoiser,
  empirical,
  key,
  mixtureScores,
  network,
  normal,
  type PointSet,
  pointSet,
  scoreOf,
  type TrainConfig,
  type TrainOptions,
  train,
} from '../../src/index.js';
import { drain, failure, forEachCore, sameBits, worst } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import * as twin from '../reference.js';

const relative = (a: number, b: number) => Math.abs(a - b) / (1 + Math.abs(b));
const MIXTURE = { means: [[0.5], [-1]], sds: [[0.3], [0.6]], weights: [0.25, 0.75] };

forEachCore('denoiser', (core) => {
  it('of a mixture is E[x | y] by numerical integration, within 2e-6', () => {
    for (const sigma of [0.2, 1]) {
      using score = mixtureScores(core, MIXTURE).at(sigma);
      const y = Float32Array.of(-2, -0.7, 0, 0.4, 1.5);
      const clean = denoiser(score, sigma).denoise(y);
      y.forEach((noisy, i) => {
        let [p, mean] = [0, 0];
        for (let x = -7; x <= 7; x += 0.003) {
          const mass = Math.exp(twin.mixtureLogProb(MIXTURE, [x]) - ((noisy - x) / sigma) ** 2 / 2);
          p += mass;
          mean += mass * x;
        }
        expect(relative(clean[i], mean / p)).toBeLessThan(2e-6);
      });
    }
  });

  it('of a data set is the mean of its points by their part in y, within 2e-6', () => {
    const data = pointSet({ dim: 3, points: normal(core, key(1), [20, 3]) });
    const sigma = 0.5;
    using score = empirical(core, data, sigma);
    const y = normal(core, key(2), [30, 3]);
    const clean = denoiser(score, sigma).denoise(y);
    const want = Array.from({ length: 30 }, (_, i) => {
      const row = [...y.subarray(3 * i, 3 * i + 3)];
      const logs = Array.from({ length: 20 }, (_, p) =>
        row.reduce((sum, v, d) => sum - (v - data.points[3 * p + d]) ** 2 / (2 * sigma ** 2), 0),
      );
      const total = twin.logSumExp(logs);
      return row.map((_, d) =>
        logs.reduce((sum, log, p) => sum + Math.exp(log - total) * data.points[3 * p + d], 0),
      );
    });
    expect(worst(clean, want.flat(), relative)).toBeLessThan(2e-6);
  });

  it('and scoreOf undo each other: the score itself, or within 3e-6 through a denoiser of your own', () => {
    using score = mixtureScores(core, MIXTURE).at(0.4);
    const tweedie = denoiser(score, 0.4);
    expect(scoreOf(tweedie, 0.4)).toBe(score);
    const own: Denoiser = { core, dim: 1, denoise: (y) => tweedie.denoise(y) };
    const x = normal(core, key(3), [50, 1]);
    using back = scoreOf(own, 0.4);
    expect(worst(back.score(x), score.score(x), relative)).toBeLessThan(3e-6);
    const again = denoiser(back, 0.4);
    expect(worst(again.denoise(x), tweedie.denoise(x), relative)).toBeLessThan(3e-7);
    // Another sigma is another formula.
    using other = scoreOf(tweedie, 0.8);
    expect(
      worst(
        other.score(x),
        score.score(x).map((s) => s / 4),
        relative,
      ),
    ).toBeLessThan(3e-6);
    const out = new Float32Array(50);
    expect(tweedie.denoise(x, out)).toBe(out);
    expect(sameBits(out, tweedie.denoise(x))).toBe(true);
  });

  /** (xhat(y) - x)^2 of noisy points, each the mean over coordinates; always the same draws. */
  function lossesOf(estimate: Denoiser, data: PointSet, sigma: number): number[] {
    const n = 20_000;
    const drawn = categorical(core, key(70), data.logits, n);
    const clean = Float32Array.from({ length: 2 * n }, (_, i) => data.points[2 * drawn[i >> 1] + (i & 1)]);
    const noise = normal(core, key(71), [n, 2]);
    const found = estimate.denoise(clean.map((v, i) => v + sigma * noise[i]));
    return Array.from({ length: n }, (_, i) =>
      [0, 1].reduce((sum, d) => sum + (found[2 * i + d] - clean[2 * i + d]) ** 2 / 2, 0),
    );
  }

  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

  /** Mean excess of the losses a over those of b on the same draws, in its standard errors. */
  function excess(a: number[], b: number[]): number {
    const differences = a.map((loss, i) => loss - b[i]);
    const variance = mean(differences.map((v) => v * v)) - mean(differences) ** 2;
    return mean(differences) / Math.sqrt(variance / a.length);
  }

  it.each(['score', 'denoiser'] as const)(
    'the closed form beats a network trained with objective %s, which comes within a tenth',
    async (objective) => {
      const data = pointSet({ dim: 2, points: normal(core, key(1), [12, 2]).map((v) => 0.5 + 0.3 * v) });
      const sigma = 0.3;
      const levels = { levels: 2, sigmaMin: sigma, sigmaMax: 0.6 };
      using net = network(core, { features: 16, width: 32, depth: 2, output: 'noise', ...levels });
      using learned = net.at(0);
      const before = lossesOf(denoiser(learned, sigma), data, sigma);
      const options = { batch: 64, learningRate: 5e-3, schedule: 'cosine', steps: 600 } as const;
      await drain(train(net, data, { ...options, objective }));
      using exact = empirical(core, data, sigma);
      const best = lossesOf(denoiser(exact, sigma), data, sigma);
      const after = lossesOf(denoiser(learned, sigma), data, sigma);
      // "Or ties": this network is far enough away to be seen losing, and so is one before training.
      expect(excess(after, best)).toBeGreaterThan(5);
      expect(mean(after)).toBeLessThan(1.1 * mean(best));
      expect(mean(before)).toBeGreaterThan(1.1 * mean(best));
      // What takes the noise for a tenth more than it is loses too.
      using wrong = empirical(core, data, 1.1 * sigma);
      expect(excess(lossesOf(denoiser(wrong, 1.1 * sigma), data, sigma), best)).toBeGreaterThan(5);
    },
  );

  it('a checkpoint keeps the objective; one from before there were two goes on with the score', async () => {
    const data = pointSet({ dim: 1, points: [0.2, 0.9] });
    const sizes = { dim: 1, features: 3, width: 4, depth: 1, levels: 2 };
    const weights = async (options: TrainOptions) => {
      using net = network(core, sizes);
      const states = await drain(train(net, data, { batch: 4, ...options }));
      return { steps: states.length, parameters: net.parameters() };
    };
    for (const objective of ['score', 'denoiser'] as const) {
      using net = network(core, sizes);
      const run = train(net, data, { batch: 4, steps: 6, objective });
      let half = (await run.next()).value?.checkpoint();
      await run.return();
      expect(half?.training.objective).toBe(objective);
      if (half && objective === 'score') {
        const { objective: _, ...training } = half.training;
        half = { ...half, training: training as TrainConfig };
      }
      const whole = await weights({ steps: 6, objective });
      expect(sameBits((await weights({ resume: half })).parameters, whole.parameters)).toBe(true);
    }
    const one = await weights({ steps: 6, objective: 'score' });
    const other = await weights({ steps: 6, objective: 'denoiser' });
    expect(sameBits(one.parameters, other.parameters)).toBe(false);
    using net = network(core, sizes);
    expect(await failure(train(net, data, { objective: 'both' as 'score' }))).toBe(
      "train: objective must be 'score' or 'denoiser', got \"both\"",
    );
  });

  it('bad arguments give one line that names them', () => {
    using score = mixtureScores(core, MIXTURE).at(1);
    for (const sigma of [0, -1, Number.NaN]) {
      expect(oneLine(() => denoiser(score, sigma))).toMatch(
        /^denoiser: sigma must be a positive finite number/,
      );
      expect(oneLine(() => scoreOf(denoiser(score, 1), sigma))).toMatch(/^scoreOf: sigma must be a positive/);
    }
    expect(oneLine(() => denoiser({} as never, 1))).toMatch(/^denoiser: score must have a method score/);
    expect(oneLine(() => scoreOf({} as never, 1))).toMatch(/^scoreOf: denoiser must have a method denoise/);
    expect(oneLine(() => denoiser(score, 1).denoise(new Float32Array(2), new Float32Array(1)))).toBe(
      'denoise: out must hold 2 numbers, got 1',
    );
  });
});
