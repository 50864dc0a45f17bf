// Verbs of the worker that take long: done in pieces, they let others in between, and give the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce, inPieces, type Pieces } from '../../src/core/pieces.js';
import { type Core, geomspace, loadCore } from '../../src/index.js';
import { dropFilm } from '../../src/page/worker/drop.js';
import { noiseView } from '../../src/page/worker/noiseModel.js';

let core: Core;
beforeAll(async () => {
  core = await loadCore({ kernel: 'strict' });
});
afterAll(() => core.dispose());

const never = new AbortController().signal;
const variances = Array.from(geomspace(1e-3, 1, 61));
const drop = { centre: [0.3, 0.65], sd: 0.03 } as const;
const film = (back: 'diffusion' | 'noise') => () =>
  dropFilm(core, { drop, variances, particles: 500, seed: 3, back });
const works: [string, () => Pieces<object>][] = [
  ['numbers under Poisson noise', () => noiseView(core, { kind: 'poisson', n: 1000, seed: 2 })],
  ['numbers under Laplace noise', () => noiseView(core, { kind: 'laplace', n: 1000, seed: 2 })],
  ['a drop that is taken back', film('diffusion')],
  ['a drop that goes on spreading', film('noise')],
];

it.each(works)('%s: done in fifty pieces or more, and the same to the bit', async (_, work) => {
  let pieces = 0;
  function* counted(): Pieces<object> {
    const own = work();
    for (;;) {
      const { done, value } = own.next();
      pieces++;
      if (done) return value;
      yield;
    }
  }
  expect(await inPieces(counted(), never)).toEqual(atOnce(work()));
  expect(pieces).toBeGreaterThan(50);
});

describe('work in pieces', () => {
  function* counting(until: number, seen: number[]): Pieces<string> {
    for (let i = 0; i < until; i++) {
      const end = performance.now() + 5;
      while (performance.now() < end);
      seen.push(i);
      yield;
    }
    return 'done';
  }

  it('lets timers run after 12 ms', async () => {
    const seen: number[] = [];
    let at = -1;
    setTimeout(() => {
      at = seen.length;
    }, 0);
    expect(await inPieces(counting(30, seen), never)).toBe('done');
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(15);
    expect(seen).toHaveLength(30);
  });

  it('ends between pieces when it is stopped, with the signal’s reason, and lets go of what it holds', async () => {
    const seen: number[] = [];
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 0);
    let isFreed = false;
    function* holding(): Pieces<string> {
      try {
        return yield* counting(100, seen);
      } finally {
        isFreed = true;
      }
    }
    await expect(inPieces(holding(), controller.signal)).rejects.toThrow('enough');
    expect(seen.length).toBeLessThan(50);
    expect(isFreed).toBe(true);
  });
});
