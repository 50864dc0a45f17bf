// "Copy as code": every program runs as it is, and gives what the page computes.
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { geomspace, loadCore, type NetworkConfig } from '../../src/index.js';
import {
  copiesCode,
  densityCode,
  exactCode,
  imageCode,
  learningCode,
  samplingCode,
  viewsCode,
} from '../../src/page/chapters/shared/code.js';
import { initialState } from '../../src/page/state/state.js';
import { samplerNames } from '../../src/page/worker/samplerMenu.js';
import { Session } from '../../src/page/worker/session.js';
import { Swarm } from '../../src/page/worker/swarm.js';
import { type BackEvent, back, drawNoisy, flow } from '../../src/page/worker/views.js';
import { dist } from './help.js';
import { useProgram } from './program.js';

const printed = useProgram('code');
afterEach(() => rmSync(dist('weights.safetensors'), { force: true }));

/** What the page knows before any network is trained. */
const before = (sigmas: ArrayLike<number>) => ({
  sigmas: Float32Array.from(sigmas),
  level: (wanted: number) => Math.min(wanted, sigmas.length - 1),
});

const state = { ...initialState(), kernel: 'strict' as const, particles: 40, seed: 3, time: 0.4, few: 5 };
const pixels = Float32Array.from({ length: 12 }, (_, i) => (i % 5) / 4);
const drawn = {
  ...state,
  picture: { height: 3, width: 4, pixels: pixels.map((v) => Math.round(255 * v) / 255) },
};
const sessionOf = async (picture: typeof drawn.picture) => {
  const session = new Session(await loadCore({ kernel: 'strict' }), undefined);
  session.setImage(picture);
  return session;
};
const context = () => {
  const events: unknown[] = [];
  return { events, emit: (event: unknown) => events.push(event), signal: new AbortController().signal };
};

describe('copied code', () => {
  it('density: starts where the page’s particles start, and is the same at another temperature', async () => {
    const [x] = printed(densityCode(state)) as [number[]];
    expect(x).toHaveLength(80);
    expect(x.every(Number.isFinite)).toBe(true);
    const [hot] = printed(densityCode({ ...state, temperature: 2 })) as [number[]];
    expect(hot).not.toEqual(x);
    const session = await sessionOf(drawn.picture);
    const start = { centre: [0, 0], spread: 1 } as const;
    const swarm = new Swarm(session, { chains: 40, seed: 3, start });
    const [still] = printed(
      densityCode(state).replace('steps: 1000', 'steps: 1').replace('stepSize: 0.002', 'stepSize: 1e-12'),
    ) as [number[]];
    // One step of next to no length.
    expect(Math.max(...still.map((value, i) => Math.abs(value - swarm.x[i])))).toBeLessThan(1e-4);
  });

  it('image: the very points that the page draws', async () => {
    const [x] = printed(imageCode({ ...drawn, noise: 0.25 })) as [number[]];
    const { x0, z } = drawNoisy(await sessionOf(drawn.picture), 4000, 3);
    expect(x).toEqual([...x0.map((value, i) => value + 0.25 * z[i])]);
  });

  it('learning: writes the weights', () => {
    const small = { ...state, features: 8, width: 8, levels: 9, batch: 8, steps: 3 };
    const lines = printed(learningCode(small, before([1])));
    expect(lines[0]).toBe(0);
    expect(lines[1]).toBeGreaterThan(0);
  });

  it('sampling: every sampler by name, on the exact score and on a network', () => {
    for (const sampler of samplerNames) {
      const own = { ...drawn, sampler, from: 'exact' as const, chains: 6, draws: 20, bins: 10, level: 0 };
      const values = printed(samplingCode(own, before([0.1, 0.3, 1])));
      expect((values[0] as number[]).length, sampler).toBeGreaterThan(0);
    }
    const small = { ...drawn, features: 8, width: 8, levels: 9, batch: 8, steps: 4, chains: 6, draws: 20 };
    const sigmas = geomspace(1e-4, 1, 9);
    // The slider stands above the levels there are, and the run was stopped after three steps.
    const trained = {
      ...before(sigmas),
      origin: { state: small },
      network: { config: {} as NetworkConfig, step: 3, sigmas },
    };
    const later = { ...small, features: 16, picture: 'moons' as const, level: 30 };
    const reverse = { ...later, sampler: 'reverseDiffusion' as const, level: 4 };
    expect(printed(samplingCode(reverse, trained)).at(-1)).toHaveLength(2 * 5000);
    const code = samplingCode(later, trained);
    expect(code).toContain('net.at(8)');
    expect(code).toContain('"features":8');
    const values = printed(code);
    expect(values.at(-2)).toHaveLength(2500);
    expect(values.at(-1)).toBeLessThan(1);
    // Weights of a file: the very network.
    printed(learningCode(small, trained));
    const opened = { ...trained, origin: { file: 'weights.safetensors' } };
    expect(printed(learningCode(later, opened))[0]).toHaveLength(2);
    const own = samplingCode({ ...later, picture: drawn.picture }, opened);
    expect(printed(own).at(-2)).toEqual(printed(samplingCode(small, trained)).at(-2));
  });

  it('exact: the score in the middle', () => {
    const [score, denoised] = printed(exactCode(drawn, 0.2)) as number[][];
    expect(score).toHaveLength(2);
    for (const i of [0, 1]) expect(denoised[i]).toBeCloseTo(0.5 + 0.04 * score[i], 5);
  });

  it('views: the very points of the page, forwards and back; the views differ by alpha', async () => {
    const session = await sessionOf(drawn.picture);
    const [left, right, ledLeft, ledRight] = printed(viewsCode(drawn, 30, 12)) as number[][];
    const { events, ...heard } = context();
    await back(session, { n: 30, seed: 3, steps: 12 }, heard);
    expect(events).toHaveLength(12);
    const last = events[11] as BackEvent;
    expect(last.time).toBe(0);
    expect(ledLeft).toEqual([...last.exploding]);
    expect(ledRight).toEqual([...last.preserving]);
    // Led all the way back, both are points of the picture, and the same ones.
    const { points } = session.points();
    for (let i = 0; i < 30; i++) {
      const [a, b] = [ledLeft[2 * i], ledLeft[2 * i + 1]];
      const away = Array.from({ length: points.length / 2 }, (_, k) =>
        Math.hypot(points[2 * k] - a, points[2 * k + 1] - b),
      );
      expect(Math.min(...away)).toBeLessThan(1e-3);
      expect(Math.hypot(ledRight[2 * i] - a, ledRight[2 * i + 1] - b)).toBeLessThan(1e-3);
    }
    const ratio = (right[0] - 0.5) / (left[0] - 0.5);
    for (const i of left.keys()) expect(right[i] - 0.5).toBeCloseTo(ratio * (left[i] - 0.5), 5);
    expect(ratio).toBeLessThan(0.9);
  });

  it('copies: the very points of the page, all of them copies of the data', async () => {
    const session = await sessionOf(drawn.picture);
    const range = { sigmaMin: 1e-3, sigmaMax: 1 };
    const [x, away] = printed(copiesCode(drawn, { made: 20, steps: 30, ...range })) as number[][];
    expect(Math.max(...away)).toBeLessThan(1e-3);
    const { x0 } = drawNoisy(session, 5, 4);
    const { events, ...heard } = context();
    const flowed = await flow(session, { n: 20, seed: 3, points: x0, ...range, steps: 30 }, heard);
    expect(events).toHaveLength(30);
    expect(x).toEqual([...flowed]);
  });
});
