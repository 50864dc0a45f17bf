import { finite, show } from '../core/check.js';
import { checkDraws, coordinate, type Draws, type DrawsShape, mapped } from './draws.js';
import { mean } from './moments.js';
import { nearest } from './nearest.js';
import { chainsMcseMean } from './standardError.js';

/** Options of {@link modeOccupancy}. */
export interface ModesOptions extends DrawsShape {
  /** Centres of the modes: K points of dim coordinates. */
  centres: readonly ArrayLike<number>[];
}

/** How often chains were in each of K modes. A draw is in the mode whose centre is nearest. */
export interface ModeOccupancy {
  /** Share of all draws in each mode: [K]. */
  share: Float64Array;
  /** Monte-Carlo standard error of each share: [K]. It is 0, and says nothing, where no chain ever enters or leaves the mode. */
  mcse: Float64Array;
  /** Share of each chain's draws: [chains, K]. */
  byChain: Float64Array;
  /** How often each chain went from one mode to another: [chains]. */
  jumps: Uint32Array;
}

/**
 * Mode occupancy and jumps between modes: every draw is counted for the nearest centre (Euclidean distance, the first
 * of several), and a jump is a draw in another mode than the draw before it in its chain.
 *
 * @param draws [draws, chains, dim], at least 4 draws
 * @throws TypeError for another type of array, RangeError on a wrong length, numbers that are not finite, no centres
 *   or one of another dimension
 */
export function modeOccupancy(draws: Draws, options: ModesOptions): ModeOccupancy {
  const shape = checkDraws('modeOccupancy', draws, options);
  const { length, chains, dim } = shape;
  const { centres } = options;
  if (!Array.isArray(centres) || centres.length === 0) {
    throw new RangeError(`modeOccupancy: centres must hold at least one point, got ${show(centres)}`);
  }
  for (const [k, centre] of centres.entries()) {
    if (centre?.length !== dim) {
      throw new RangeError(
        `modeOccupancy: centres[${k}] must have ${dim} coordinates, got ${centre?.length ?? show(centre)}`,
      );
    }
    finite('modeOccupancy', `centres[${k}]`, centre);
  }
  const flat = Float64Array.from(centres.flatMap((centre) => Array.from(centre)));
  const { index } = nearest(draws, flat, { dim });
  const modes = coordinate(Float64Array.from(index), { length, chains, dim: 1 }, 0);
  const count = centres.length;
  const found: ModeOccupancy = {
    share: new Float64Array(count),
    mcse: new Float64Array(count),
    byChain: new Float64Array(chains * count),
    jumps: new Uint32Array(chains),
  };
  for (let k = 0; k < count; k++) {
    const inside = mapped(modes, (mode) => (mode === k ? 1 : 0));
    found.share[k] = mean(inside.values);
    found.mcse[k] = chainsMcseMean(inside);
    for (let chain = 0; chain < chains; chain++) {
      found.byChain[chain * count + k] = mean(inside.values.subarray(chain * length, (chain + 1) * length));
    }
  }
  for (let i = chains; i < index.length; i++) if (index[i] !== index[i - chains]) found.jumps[i % chains]++;
  return found;
}
