// The worker's side of figures: particles that move while other calls come in.
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../src/index.js';
import { type ElementRequest, ElementScores } from '../../src/page/worker/elementScores.js';
import { figureVerbs } from '../../src/page/worker/figureVerbs.js';
import type { OpenScore } from '../../src/page/worker/scores.js';

/** A source that counts the scores it gave out and those that came back. */
class Counted extends ElementScores {
  opened = 0;
  released = 0;
  override openScore(request: ElementRequest, temperature?: number): OpenScore {
    const { score, release } = super.openScore(request, temperature);
    this.opened++;
    return {
      score,
      release: () => {
        this.released++;
        release();
      },
    };
  }
}

const hills: ElementRequest = {
  kind: 'mixture',
  means: [
    [1, 1],
    [-1, -1],
  ],
  sds: [
    [0.3, 0.3],
    [0.3, 0.3],
  ],
};
const start = { centre: [0, 0], spread: 1 } as const;
const moves = { id: 'a', score: hills, steps: 64, stepSize: 0.01 };

describe('particles', () => {
  const made = async () => {
    const source = new Counted(await loadCore({ kernel: 'strict' }));
    const verbs = figureVerbs(source);
    return { source, verbs, open: (seed: number) => verbs.swarmOpen({ id: 'a', chains: 16, seed, start }) };
  };

  it('that begin anew let the move under way end, and free its score after', async () => {
    const { source, verbs, open } = await made();
    open(0);
    const first = verbs.swarmMove(moves);
    // The move is between two of its calls.
    await new Promise((resolve) => setTimeout(resolve));
    open(1);
    expect((await first).every(Number.isFinite)).toBe(true);
    await verbs.swarmMove(moves);
    expect(source).toMatchObject({ opened: 2, released: 1 });
    const last = verbs.swarmMove(moves);
    await new Promise((resolve) => setTimeout(resolve));
    verbs.swarmClose({ id: 'a' });
    await last;
    await new Promise((resolve) => setTimeout(resolve));
    expect(source).toMatchObject({ opened: 2, released: 2 });
  });

  it('make moves asked for at once one after another', async () => {
    const { verbs, open } = await made();
    const cold = { ...moves, temperature: 0.5 };
    open(0);
    const alone = [await verbs.swarmMove(moves), await verbs.swarmMove(cold)];
    open(0);
    expect(await Promise.all([verbs.swarmMove(moves), verbs.swarmMove(cold)])).toEqual(alone);
  });

  it('go on after a move that failed', async () => {
    const { verbs, open } = await made();
    open(0);
    await expect(verbs.swarmMove({ ...moves, stepSize: -1 })).rejects.toThrow(/stepSize/);
    expect(await verbs.swarmMove(moves)).toHaveLength(32);
  });
});
