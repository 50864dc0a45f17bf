import { describe, expect, it } from 'vitest';
import { golden, type NetworkGolden } from '../golden.js';
import * as twin from '../reference.js';
import { differences, relativeError, vectorError } from './errors.js';

describe('network', () => {
  const { cases } = golden<NetworkGolden>('network');

  describe.each(cases.map((row) => [row.config.depth, row] as const))(
    'depth %i',
    (_, { config, sigmas, points, keys, normals, adam, ...states }) => {
      it('its initial tensors and noise follow from the keys within 2e-7', () => {
        const tensors = twin.initialTensors(config, [0, config.seed]);
        for (const [name, { shape, values }] of Object.entries(states.initial.tensors)) {
          expect(tensors[name].shape).toEqual(shape);
          expect(vectorError(tensors[name].values, values)).toBeLessThan(2e-7);
        }
        const noise = keys.flatMap((key) => [...twin.randomNormal(key, sigmas.length * config.dim)]);
        expect(vectorError(noise, normals.flat(2))).toBeLessThan(2e-7);
      });

      it.each(['initial', 'shifted'] as const)(
        '%s: scores, loss and gradients within 2e-6 of JAX',
        (which) => {
          const { tensors, x, scores, loss, gradients } = states[which];
          const params = twin.paramsFrom(tensors);
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
          twin.dsmLoss(twin.paramsFrom(tensors), points, noisy, sigmas).gradient,
        );
        for (const name in lists) {
          const { shape, values } = tensors[name];
          const lossAt = (v: number[]) =>
            twin.dsmLoss(twin.paramsFrom({ ...tensors, [name]: { shape, values: v } }), points, noisy, sigmas)
              .loss;
          expect(vectorError(lists[name], differences(lossAt, values))).toBeLessThan(1e-6);
        }
      });

      it('three Adam steps: losses within 2e-7, parameters within 1e-7 absolute', () => {
        let tensors: twin.Tensors = states.initial.tensors;
        const moments: Record<string, twin.AdamState> = {};
        for (const loss of adam.losses) {
          const params = twin.paramsFrom(tensors);
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
