import type { Command } from 'commander';
import { type Core, type Density, mixture, mixtureScores, type ScoreFamily } from '../../index.js';
import { checkedUsage, UsageError } from '../terminal/failure.js';
import { pointsOption, positivesOption } from '../terminal/options.js';

/** Options that describe a mixture; undefined ones are the article's. */
export interface MixtureFlags {
  means?: number[][];
  sds?: number[][];
  weights?: number[];
}

/** A mixture, its scores and its extents. */
export interface MixtureSource {
  means: number[][];
  sds: number[][];
  weights: number[];
  /** Its scores under any noise. */
  family: ScoreFamily<Density>;
  /** The largest standard deviation of a coordinate of the whole mixture. */
  spread: number;
  /** The smallest standard deviation of a coordinate of a component. */
  least: number;
  /** Its density under the noise sigma. */
  at(sigma: number): Density;
}

const MEANS = [
  [0.5, 0.5],
  [-0.5, -0.5],
];
const SD = 0.4;

/** @throws UsageError if the numbers are not a mixture */
export function mixtureSource(core: Core, words: MixtureFlags): MixtureSource {
  const { means = MEANS } = words;
  const sds = words.sds ?? means.map((mean) => mean.map(() => SD));
  const weights = words.weights ?? means.map(() => 1);
  const named = <T>(make: () => T): T => {
    try {
      return checkedUsage(make);
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`--${error.message}`) : error;
    }
  };
  const family = named(() => mixtureScores(core, { means, sds, weights }));
  return {
    means,
    sds,
    weights,
    family,
    spread: Math.sqrt(Math.max(...Array.from(family.moments?.variance ?? []))),
    least: Math.min(...sds.flat()),
    at: (sigma) => (sigma === 0 ? mixture(core, { means, sds, weights }) : family.at(sigma)),
  };
}

export function addMixtureOptions(command: Command): Command {
  return command
    .addOption(pointsOption('--means <points>', 'the means (default: "0.5,0.5;-0.5,-0.5")'))
    .addOption(
      pointsOption('--sds <points>', `the standard deviation of each coordinate (default: all ${SD})`),
    )
    .addOption(positivesOption('--weights <w,w,...>', 'shares of the components (default: equal)'));
}
