// Points given a reading: what the figure computes, and the program it copies.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtInImage, type Core, loadCore } from '../../src/index.js';
import { givenCode } from '../../src/page/chapters/given/givenCode.js';
import { initialState } from '../../src/page/state/state.js';
import { type GivenEvent, given, givenLogits } from '../../src/page/worker/given.js';
import { Session } from '../../src/page/worker/session.js';
import { useProgram } from './program.js';
import { emitted } from './verbs.js';

let core: Core;
let session: Session;
beforeAll(async () => {
  core = await loadCore({ kernel: 'strict' });
  session = new Session(core);
});
afterAll(() => core.dispose());
beforeEach(() => {
  session.setImage(builtInImage('moons'));
});

describe('points given a reading', () => {
  const args = { seen: 0.3, noise: 0.04, count: 300, particles: 8, steps: 30, seed: 1 };

  it('have the weights of Bayes’ rule', () => {
    const { points, logits } = session.points();
    const own = givenLogits(session.points(), { seen: 0.3, noise: 0.1 });
    for (const i of [0, 100, 400]) {
      if (!Number.isFinite(logits[i])) continue;
      expect(own[i] - logits[i]).toBeCloseTo(-((points[2 * i + 1] - 0.3) ** 2) / 0.02, 4);
    }
  });

  it('are off by guidance alone, and right by particles', async () => {
    const events = await emitted<GivenEvent>((context) => given(session, args, context));
    const [exact, guided, corrected] = events;
    expect(events.map(({ way }) => way)).toEqual(['exact', 'guided', 'corrected']);
    expect(exact.totalVariation).toBeLessThan(0.08);
    expect(guided.totalVariation).toBeGreaterThan(0.2);
    expect(corrected.totalVariation).toBeLessThan(0.1);
    // All fit the reading.
    for (const { x } of events) {
      const right = x.filter((_, i) => i % 2 === 1);
      const mean = right.reduce((sum, value) => sum + value, 0) / right.length;
      expect(Math.abs(mean - 0.3)).toBeLessThan(0.05);
    }
  });

  it('with one particle a sample are not corrected', async () => {
    const [, , alone] = await emitted<GivenEvent>((context) =>
      given(session, { ...args, particles: 1 }, context),
    );
    expect(alone.totalVariation).toBeGreaterThan(0.15);
  });

  const printed = useProgram('given');
  it('are drawn by the copied code as the page does, but for the noise that sets points apart', async () => {
    const own = {
      ...initialState(),
      kernel: 'strict' as const,
      picture: 'moons' as const,
      seed: 3,
      seenAt: 0.4,
      seenNoise: 0.05,
      correcting: 3,
    };
    const [guided, corrected] = printed(givenCode(own, { count: 6, steps: 8 })) as number[][];
    const args = { seen: 0.4, noise: 0.05, count: 6, particles: 3, steps: 8, seed: 3 };
    const events = await emitted<GivenEvent>((context) => given(session, args, context));
    const most = (a: number[], b: Float32Array) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    // Normal numbers times 0.01.
    expect(most(guided, events[1].x)).toBeLessThan(0.04);
    expect(most(corrected, events[2].x)).toBeLessThan(0.04);
    expect(most(guided, events[2].x)).toBeGreaterThan(0.04);
  });
});
