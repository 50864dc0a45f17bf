import { expect, it } from 'vitest';
import { fromFunction } from '../../src/index.js';
import { forEachCore } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

forEachCore('fromFunction', (core) => {
  it('calls the function with the points and where to write', () => {
    using score = fromFunction(core, 3, (x, out) => out.set(x.map((v) => -2 * v)));
    expect(score.dim).toBe(3);
    expect(score.core).toBe(core);
    const x = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(score.score(x)).toEqual(x.map((v) => -2 * v));
    const out = new Float32Array(6);
    expect(score.score(x, out)).toBe(out);
    expect(out).toEqual(x.map((v) => -2 * v));
    score.dispose();
  });

  it('bad arguments give one line that names them', () => {
    expect(oneLine(() => fromFunction(core, 0, () => {}))).toBe(
      'fromFunction: dim must be a positive integer, got 0',
    );
    expect(oneLine(() => fromFunction(core, 2, undefined as unknown as () => void))).toBe(
      'fromFunction: evaluate must be a function, got undefined',
    );
    const score = fromFunction(core, 2, () => {});
    expect(oneLine(() => score.score(new Float32Array(3)))).toBe(
      'score: x must hold points of 2 coordinates, got 3 numbers',
    );
  });
});
