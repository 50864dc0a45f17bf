import { integer, positive, scale, show } from '../core/check.js';
import { exp, log, pow } from '../core/elementary.js';
import { atan, tan } from '../core/trigonometry.js';
import { checkProcess, type DiffusionProcess, ratioAt, variancePreserving } from '../diffusion/process.js';

/**
 * Where samplers from noise stop on their way: noises sigma / alpha from the most to the least, descending. With u from 1 to 0
 * in even steps,
 *
 * - `karras`: sigma is the rho-th power of a number linear in u (Karras and others 2022, equation 5);
 * - `logLinear`: log sigma is linear in u;
 * - `cosine`: the angle arctan sigma is (Nichol and Dhariwal, "Improved denoising diffusion probabilistic models", 2021,
 *   equation 17, where alpha is a cosine);
 * - `ddpm`: the time of Ho and others' process (2020; {@link variancePreserving} of beta from 0.1 to 20) is.
 *
 * The last two are made for data of unit spread. A list holds the levels themselves.
 */
export type Schedule = keyof typeof POSITIONS | ArrayLike<number>;

/** A number that is linear in u for each schedule, and sigma from it. */
const POSITIONS = {
  karras: (rho: number) => ({ of: (sigma: number) => pow(sigma, 1 / rho), at: (v: number) => pow(v, rho) }),
  logLinear: () => ({ of: log, at: exp }),
  cosine: () => ({ of: atan, at: tan }),
  ddpm: () => {
    const process = variancePreserving();
    return { of: process.timeOf, at: (t: number) => ratioAt(process, t) };
  },
};

/** Options of {@link noiseSchedule}. */
export interface ScheduleOptions {
  /** Default: `karras`; of `reverseDiffusion`, even times. */
  schedule?: Schedule;
  /** rho of `karras`: more puts more levels at little noise. Default: 7. */
  spacing?: number;
}

/**
 * `count` noise levels from the most noise of a process to its least, descending, both exactly: where {@link probabilityFlow}
 * asks for scores.
 *
 * @param process which gives alpha and sigma at any time
 * @throws RangeError on a bad count, spacing or list; TypeError on another name
 */
export function noiseSchedule(
  process: DiffusionProcess,
  { count, schedule, spacing }: ScheduleOptions & { count: number },
): Float64Array {
  const caller = 'noiseSchedule';
  checkProcess(caller, process);
  integer(caller, 'count', count);
  return Float64Array.from(scheduleLevels(caller, process, count, { schedule, spacing }));
}

/** As {@link noiseSchedule}, for a checked process and count. */
export function scheduleLevels(
  caller: string,
  process: DiffusionProcess,
  count: number,
  { schedule = 'karras', spacing = 7 }: ScheduleOptions,
): number[] {
  positive(caller, 'spacing', spacing);
  if (typeof schedule !== 'string') return listed(caller, schedule, count);
  if (!Object.hasOwn(POSITIONS, schedule)) {
    throw new TypeError(
      `${caller}: schedule must be ${Object.keys(POSITIONS)
        .map((name) => `'${name}'`)
        .join(', ')} or a list of levels, got ${show(schedule)}`,
    );
  }
  const [most, least] = [ratioAt(process, 1), ratioAt(process, process.tMin)];
  const { of, at } = POSITIONS[schedule](spacing);
  const [from, to] = [of(most), of(least)];
  if (!(Number.isFinite(from) && Number.isFinite(to)))
    throw new RangeError(`${caller}: spacing must be larger, for levels up to ${most}, got ${spacing}`);
  const levels = Array.from({ length: count }, (_, i) => at(from + (i / (count - 1)) * (to - from)));
  // Exactly: a network may know no noise beyond them.
  if (count > 1) levels[count - 1] = least;
  levels[0] = most;
  return levels;
}

/** The levels of a list. @throws RangeError unless they are `count` and descend */
function listed(caller: string, list: ArrayLike<number>, count: number): number[] {
  if (!Array.isArray(list) && !ArrayBuffer.isView(list))
    throw new TypeError(`${caller}: schedule must be a name or a list of levels, got ${show(list)}`);
  const levels = Array.from(list);
  if (levels.length !== count) {
    throw new RangeError(
      `${caller}: schedule must hold ${count} levels for these steps, got ${levels.length}`,
    );
  }
  levels.forEach((sigma, i) => {
    scale(caller, `schedule[${i}]`, sigma);
    if (i > 0 && sigma >= levels[i - 1])
      throw new RangeError(`${caller}: schedule must descend, got ${show(sigma)} after ${levels[i - 1]}`);
  });
  return levels;
}

/** Steps along a list of levels; undefined if the schedule is none. */
export function listedSteps(schedule: Schedule | undefined, denoise: boolean): number | undefined {
  if (schedule === undefined || schedule === null || typeof schedule === 'string') return undefined;
  return denoise ? schedule.length : schedule.length - 1;
}

/** alpha and sigma where chains start: at the process's most noise, or the first level of a list. */
export function startAt(process: DiffusionProcess, schedule?: Schedule): { alpha: number; sigma: number } {
  const t = schedule === undefined || typeof schedule === 'string' ? 1 : process.timeOf(schedule[0]);
  return { alpha: process.alpha(t), sigma: process.sigma(t) };
}
