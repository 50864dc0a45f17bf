import { exp } from '../../core/elementary.js';
import { MANY, Plane } from '../../densities/plane.js';
import { type Core, type Density, dataScores, type PointSet, type ScoreFamily } from '../../index.js';

/** The exact scores of a run's data under noise: of many points in the plane from those near each place. */
export function exactScores(core: Core, data: PointSet): ScoreFamily<Density> {
  const { dim, logits } = data;
  if (dim !== 2 || logits.length < MANY) return dataScores(core, data);
  const plane = new Plane(core, data);
  const at = (sigma: number): Density => {
    const logProb = (x: Float32Array) => plane.evaluate(x, sigma).logProb;
    return {
      core,
      dim,
      score(x, out = new Float32Array(x.length)) {
        out.set(plane.evaluate(x, sigma).score);
        return out;
      },
      logProb,
      prob: (x) => logProb(x).map(exp),
      dispose() {},
      [Symbol.dispose]() {},
    };
  };
  return { core, dim, at };
}
