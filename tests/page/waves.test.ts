// What the chapter on learning computes beside its networks: a curve drawn by waves, and one score by every objective.
import { describe, expect, it } from 'vitest';
import { builtInImage, loadCore } from '../../src/index.js';
import { DATA, drawByWaves, PLACES } from '../../src/page/chapters/learning/waves.js';
import { type ObjectivesEvent, objectives } from '../../src/page/worker/objectives.js';
import { Session } from '../../src/page/worker/session.js';
import { emitted } from './verbs.js';

describe('waves', () => {
  it('draw a jump as sharp as the noise when they are half as long as its details, and no sooner', () => {
    const off = (sigma: number, waves: number) => drawByWaves(sigma, waves).error / sigma;
    expect(off(0.1, 1)).toBeGreaterThan(0.15);
    expect(off(0.1, 5)).toBeLessThan(0.05);
    expect(off(0.03, 5)).toBeGreaterThan(0.2);
    expect(off(0.03, 24)).toBeLessThan(0.05);
    // Too many too high ones leave gaps.
    expect(off(0.1, 32)).toBeGreaterThan(off(0.1, 8));
  });

  it('are fitted to the mean clean place: at little noise the nearest datum, at much the mean of all', () => {
    const { exact } = drawByWaves(0.02, 8);
    const at = (y: number) => exact[Math.round(y * (PLACES.length - 1))];
    for (const x of DATA) expect(Math.abs(at(x) - x)).toBeLessThan(0.01);
    const far = drawByWaves(5, 8).exact;
    const mean = DATA.reduce<number>((sum, x) => sum + x, 0) / DATA.length;
    for (const value of far) expect(Math.abs(value - mean)).toBeLessThan(0.01);
  });
});

it('networks on a line learn one score by each objective', async () => {
  const core = await loadCore({ kernel: 'strict' });
  const session = new Session(core);
  session.setImage(builtInImage('moons'));
  const names = ['denoising', 'implicit', 'slicedReduced', 'flow'] as const;
  const task = { means: [-1, 1], sd: 0.4, sigma: 0.3, steps: 200, seed: 0, places: [-1.5, 0, 1.5] };
  const events = await emitted<ObjectivesEvent>((context) =>
    objectives(session, { ...task, objectives: names }, context),
  );
  expect(events.map(({ step }) => step)).toEqual(Array.from({ length: 21 }, (_, i) => 10 * i));
  const [first, last] = [events[0], events[20]];
  expect(last.errors).toHaveLength(4);
  for (let i = 0; i < 4; i++) {
    expect(last.errors[i], names[i]).toBeLessThan(i === 3 ? 0.4 : 0.2);
    expect(last.errors[i], names[i]).toBeLessThan(first.errors[i] / 2);
  }
  // By symmetry the exact score is 0 in the middle, and points inwards outside of both hills.
  expect(Math.abs(last.exact[1])).toBeLessThan(1e-5);
  expect(last.exact[0]).toBeGreaterThan(1);
  expect(last.scores[0][0]).toBeGreaterThan(0.5);
  expect(last.scores[1][2]).toBeLessThan(-0.5);
  core.dispose();
});
