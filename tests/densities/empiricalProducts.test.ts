import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Core, empirical, key, loadCore, normal, type PointSet, uniform } from '../../src/index.js';
import { forEachCore, sameBits } from '../cores.js';
import * as twin from '../reference.js';

// From 48 coordinates and 600 points on, distances are matrix products, and near points are computed by differences.

/** How coordinate d of point i comes from a standard normal z and a uniform u. */
const kinds: Record<string, (z: number, u: number, i: number, d: number) => number> = {
  'a cube': (_z, u) => u,
  'a normal cloud': (z) => z,
  'a cloud 1,000 from the origin': (z) => 1000 + z,
  'two narrow clusters far apart': (z, _u, i) => (i % 2 ? 50 : -50) + 0.1 * z,
  'pictures with a background of 0': (_z, u) => (u < 0.75 ? 0 : u),
  'a cloud with coordinates that are the same in all points': (z, _u, _i, d) => (d % 3 ? z : d),
};

/** Draws points and places for all binaries, so that the twin answers once for all. */
const drawing = await loadCore({ kernel: 'strict' });

function pointsOf(kind: string, N: number, dim: number): PointSet {
  const u = uniform(drawing, key(N), [N, dim]);
  const z = normal(drawing, key(dim), [N, dim]);
  const points = z.map((v, j) => kinds[kind](v, u[j], Math.floor(j / dim), j % dim));
  return { dim, points, logits: normal(drawing, key(9), [N]) };
}

/** n places, each a point of the set and noise of sd sigma. */
function placesOf(set: PointSet, sigma: number, n: number): Float32Array {
  const z = normal(drawing, key(3), [n, set.dim]);
  // Points from both ends of the set, so that all tiles have their turn.
  return z.map((v, j) => {
    const i = Math.floor(j / set.dim);
    const N = set.logits.length;
    return set.points[(i % 2 ? N - 1 - (i % N) : i % N) * set.dim + (j % set.dim)] + sigma * v;
  });
}

/** What the twin answered, by its whole question. */
const known = new Map<string, { want: number[]; log: number }[]>();

function twinAt(set: PointSet, sigma: number, x: Float32Array): { want: number[]; log: number }[] {
  const hash = createHash('sha256').update(set.points).update(set.logits).update(x);
  const question = hash.update(String([set.dim, sigma])).digest('hex');
  const answers =
    known.get(question) ??
    Array.from({ length: x.length / set.dim }, (_, i) => {
      const place = [...x.subarray(i * set.dim, (i + 1) * set.dim)];
      return {
        want: twin.empiricalScore(set, sigma, place),
        log: twin.empiricalLogProb(set, sigma, place),
      };
    });
  known.set(question, answers);
  return answers;
}

/** Largest errors: of scores, over |score| + 1 / sigma, and of log-densities, over 1 + |log p|. */
function errorsOf(core: Core, set: PointSet, sigma: number, x: Float32Array): [score: number, log: number] {
  using density = empirical(core, set, sigma);
  const { dim } = set;
  const [score, logProb] = [density.score(x), density.logProb(x)];
  let most: [number, number] = [0, 0];
  for (const [i, { want, log }] of twinAt(set, sigma, x).entries()) {
    const far = Math.hypot(...want.map((v, d) => v - score[i * dim + d]));
    const errors = [
      far / (Math.hypot(...want) + 1 / sigma),
      Math.abs(logProb[i] - log) / (1 + Math.abs(log)),
    ];
    if (errors.some(Number.isNaN)) return [Number.NaN, Number.NaN];
    most = [Math.max(most[0], errors[0]), Math.max(most[1], errors[1])];
  }
  return most;
}

const SIGMAS = [1e-4, 1e-2, 0.1, 0.3, 1, 5, 100];

forEachCore('empirical by products', (core) => {
  describe.each(Object.keys(kinds))('%s', (kind) => {
    it.each([
      [48, 600],
      [49, 601],
      [100, 603],
      [257, 611],
    ])('in %i dimensions, %i points: score and logProb within 4e-6 of the twin at every level', (dim, N) => {
      const set = pointsOf(kind, N, dim);
      for (const sigma of SIGMAS) {
        const [score, logProb] = errorsOf(core, set, sigma, placesOf(set, sigma, 4));
        expect(score, `score at ${sigma}`).toBeLessThan(4e-6);
        expect(logProb, `logProb at ${sigma}`).toBeLessThan(4e-6);
      }
    });
  });

  it('in 800 dimensions: score within 1.5e-5 and logProb within 6e-6 of the twin at every level', () => {
    for (const kind of Object.keys(kinds)) {
      const set = pointsOf(kind, 600, 800);
      for (const sigma of SIGMAS) {
        const [score, logProb] = errorsOf(core, set, sigma, placesOf(set, sigma, 2));
        expect(score, `${kind}: score at ${sigma}`).toBeLessThan(1.5e-5);
        expect(logProb, `${kind}: logProb at ${sigma}`).toBeLessThan(6e-6);
      }
    }
  });

  it('beside a point, at noise far below the distances, the score has all its digits: within 1e-7 of it', () => {
    for (const kind of Object.keys(kinds)) {
      const set = pointsOf(kind, 605, 64);
      for (const sigma of [1e-4, 1e-3]) {
        const [score] = errorsOf(core, set, sigma, placesOf(set, sigma, 12));
        expect(score, `${kind} at ${sigma}`).toBeLessThan(1e-7);
      }
    }
  });

  it('pairs of points closer than the noise, far from the others: score within 1e-6, logProb within 1e-6', () => {
    const set = pointsOf('a normal cloud', 602, 48);
    for (let i = 1; i < 602; i += 2)
      for (let d = 0; d < 48; d++)
        set.points[48 * i + d] = set.points[48 * (i - 1) + d] + 1e-3 * Math.sin(i + d);
    for (const sigma of [1e-3, 3e-3, 1e-2]) {
      const [score, logProb] = errorsOf(core, set, sigma, placesOf(set, sigma, 24));
      expect(score).toBeLessThan(1e-6);
      expect(logProb).toBeLessThan(1e-6);
    }
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
    '%i points and coordinates more than whole tiles: within 2e-6 of the twin',
    (more) => {
      for (const kind of ['a cube', 'pictures with a background of 0']) {
        const set = pointsOf(kind, 672 + more, 48 + more);
        const [score, logProb] = errorsOf(core, set, 0.7, placesOf(set, 0.7, 8 + more));
        expect(score).toBeLessThan(2e-6);
        expect(logProb).toBeLessThan(2e-6);
      }
    },
  );

  it.each([1023, 1024, 2050, 4099])(
    '%i points, which are summed in parts: score and logProb within 2e-6 of the twin',
    (N) => {
      for (const kind of ['a normal cloud', 'pictures with a background of 0']) {
        const set = pointsOf(kind, N, 50);
        for (const sigma of [1e-3, 0.4, 3]) {
          for (const error of errorsOf(core, set, sigma, placesOf(set, sigma, 10)))
            expect(error, `${kind} at ${sigma}`).toBeLessThan(2e-6);
        }
      }
    },
  );

  it('a place that is not a number has no score, and its neighbours keep their bits', () => {
    for (const sigma of [0.01, 1]) {
      const set = pointsOf('a cube', 1100, 50);
      const x = placesOf(set, sigma, 9);
      using density = empirical(core, set, sigma);
      const before = density.score(x);
      x[50 * 3 + 7] = Number.NaN;
      const score = density.score(x);
      expect(score.subarray(150, 200).every(Number.isNaN)).toBe(true);
      expect(density.logProb(x)[3]).toBeNaN();
      expect(sameBits(score.subarray(0, 150), before.subarray(0, 150))).toBe(true);
      expect(sameBits(score.subarray(200), before.subarray(200))).toBe(true);
    }
  });

  it.each([1, 2, 5])('%i points in 800 dimensions, by differences: within 4e-6 of the twin', (N) => {
    const set = pointsOf('a normal cloud', N, 800);
    for (const sigma of SIGMAS) {
      for (const error of errorsOf(core, set, sigma, placesOf(set, sigma, 3)))
        expect(error).toBeLessThan(4e-6);
    }
  });

  it('points that are all the same: (p - x) / sigma^2 within 1e-6', () => {
    const set = { dim: 50, points: new Float32Array(50 * 600).fill(0.3), logits: new Float32Array(600) };
    for (const sigma of [1e-3, 1]) {
      for (const error of errorsOf(core, set, sigma, placesOf(set, sigma, 10)))
        expect(error).toBeLessThan(1e-6);
    }
  });

  it.each(['a cloud 1,000 from the origin', 'pictures with a background of 0'])(
    '%s: a place gives the same bits alone and among any others',
    (kind) => {
      // More places than one group of panels has, some of them near points and some far from all.
      const set = pointsOf(kind, 630, 500);
      const x = placesOf(set, 0.05, 300).map((v, j) => (Math.floor(j / 500) % 3 ? v : 2 * v));
      using density = empirical(core, set, 0.05);
      const [score, logProb] = [density.score(x), density.logProb(x)];
      for (const n of [1, 7, 8, 9, 16, 255, 257]) {
        expect(sameBits(density.score(x.subarray(0, 500 * n)), score.subarray(0, 500 * n))).toBe(true);
        expect(sameBits(density.logProb(x.subarray(0, 500 * n)), logProb.subarray(0, n))).toBe(true);
      }
      const last = density.score(x.subarray(500 * 299));
      expect(sameBits(last, score.subarray(500 * 299))).toBe(true);
    },
  );

  it('far out, |x| = 1e4 to 1e30: finite, towards the data within 1e-6', () => {
    const set = pointsOf('a cube', 600, 48);
    for (const sigma of [1e-4, 1]) {
      using density = empirical(core, set, sigma);
      for (const far of [1e4, 1e10, 1e20, 1e30]) {
        const x = Float32Array.from({ length: 96 }, (_, j) => (j % 2 ? far : -far));
        const score = density.score(x);
        x.forEach((v, j) => {
          expect(Math.abs(score[j] + v / sigma ** 2) / ((far + 1) / sigma ** 2)).toBeLessThan(1 / far + 1e-6);
        });
        for (const log of density.logProb(x)) expect(log).toBeGreaterThan(-Infinity);
      }
    }
  });

  it('dispose gives back all memory', () => {
    const { used } = core.memory;
    const density = empirical(core, pointsOf('a cube', 600, 48), 0.1);
    density.score(new Float32Array(48));
    density.dispose();
    expect(core.memory.used).toBe(used);
  });
});
