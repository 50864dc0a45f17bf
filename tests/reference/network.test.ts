import { describe, expect, it } from 'vitest';
import { golden, type NetworkGolden } from '../golden.js';
import * as twin from '../reference.js';
import { differences, relativeError, vectorError } from './errors.js';

describe('network', () => {
  const { cases } = golden<NetworkGolden>('network');

  describe.each(cases.map((row) => [row.config.depth, row.config.encoding ?? 'plain', row] as const))(
    'depth %i, %s',
    (_, encoding, { config, sigmas, points, keys, normals, adam, ...states }) => {
      const averagedOver = encoding === 'averaged' ? sigmas : undefined;
      it('its initial tensors and noise follow from the keys within 2e-7', () => {
        const tensors = twin.initialTensors(config, [0, config.seed]);
        for (const [name, { shape, values }] of Object.entries(states.initial.tensors)) {
          expect(tensors[name].shape).toEqual(shape);
          expect(vectorError(tensors[name].values, values)).toBeLessThan(2e-7);
        }
        const noise = keys.flatMap((key) => [...twin.randomNormal(key, sigmas.length * config.dim)]);
        expect(vectorError(noise, normals.flat(2))).toBeLessThan(2e-7);
      });

      it('averaged features are means over noise: sums of the normal density within 1e-12', () => {
        const steps = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 200);
        const phi = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) / 200;
        for (const [b, sigma, x] of [
          [0.7, 0.3, 0.2],
          [-5, 0.05, 0.9],
        ]) {
          const mean = (f: (t: number) => number) =>
            steps.reduce((sum, z) => sum + phi(z) * f(2 * Math.PI * b * (x + sigma * z)), 0);
          const gain = twin.averagingGain([b], sigma);
          expect(gain).toBeLessThan(0.5);
          expect(Math.abs(mean(Math.cos) - gain * Math.cos(2 * Math.PI * b * x))).toBeLessThan(1e-12);
          expect(Math.abs(mean(Math.sin) - gain * Math.sin(2 * Math.PI * b * x))).toBeLessThan(1e-12);
        }
        expect(twin.averagingGain([3, -4], 0.05)).toBeCloseTo(Math.exp(-2 * (Math.PI * 5 * 0.05) ** 2), 14);
      });

      it.each(['initial', 'shifted'] as const)(
        '%s: scores, loss and gradients within 2e-6 of JAX',
        (which) => {
          const { tensors, x, scores, loss, gradients } = states[which];
          const params = twin.paramsFrom(tensors, averagedOver);
          const got = sigmas.map((_, level) => x.map((p) => twin.networkScore(params, level, p)));
          expect(vectorError(got.flat(2), scores.flat(2))).toBeLessThan(2e-6);
          const result = twin.dsmLoss(params, points, twin.perturb(points, normals, sigmas), sigmas);
          expect(relativeError([result.loss], [loss])).toBeLessThan(2e-7);
          const lists = twin.trainedLists(result.gradient);
          expect(Object.keys(lists).sort()).toEqual(Object.keys(gradients).sort());
          for (const name in lists)
            expect(vectorError(lists[name], gradients[name].values)).toBeLessThan(2e-6);
        },
      );

      it('every gradient agrees with central differences within 1e-6', () => {
        const { tensors } = states.shifted;
        const noisy = twin.perturb(points, normals, sigmas);
        const lists = twin.trainedLists(
          twin.dsmLoss(twin.paramsFrom(tensors, averagedOver), points, noisy, sigmas).gradient,
        );
        for (const name in lists) {
          const { shape, values } = tensors[name];
          const lossAt = (v: number[]) =>
            twin.dsmLoss(
              twin.paramsFrom({ ...tensors, [name]: { shape, values: v } }, averagedOver),
              points,
              noisy,
              sigmas,
            ).loss;
          expect(vectorError(lists[name], differences(lossAt, values))).toBeLessThan(1e-6);
        }
      });

      it('three Adam steps: losses within 2e-7, parameters within 1e-7 absolute', () => {
        let tensors: twin.Tensors = states.initial.tensors;
        const moments: Record<string, twin.AdamState> = {};
        for (const loss of adam.losses) {
          const params = twin.paramsFrom(tensors, averagedOver);
          const result = twin.dsmLoss(params, points, twin.perturb(points, normals, sigmas), sigmas);
          expect(relativeError([result.loss], [loss])).toBeLessThan(2e-7);
          const lists = twin.trainedLists(result.gradient);
          tensors = { ...tensors };
          for (const name in lists) {
            const { shape, values } = tensors[name];
            const { x, state } = twin.adamUpdate(
              values,
              lists[name],
              moments[name] ?? twin.adamInit(values.length),
              adam,
            );
            moments[name] = state;
            tensors[name] = { shape, values: x };
          }
        }
        for (const name in moments) {
          const want = adam.tensors[name].values;
          const errors = Array.from(tensors[name].values, (v, i) => Math.abs(v - want[i]));
          expect(Math.max(...errors)).toBeLessThan(1e-7);
        }
      });
    },
  );
});
