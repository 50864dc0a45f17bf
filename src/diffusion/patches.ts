import { positive, show } from '../core/check.js';

/** Noise levels below `below` that take patches of one size. */
export interface PatchRange {
  /** The sigma below which this size is taken. */
  readonly below: number;
  /** Pixels of a side, odd; Infinity: the whole picture. */
  readonly size: number;
}

/** Sizes of patches by noise level: at sigma, that of the first range that is not below it. */
export type PatchSchedule = readonly PatchRange[];

/**
 * For pictures of about 28 x 28 pixels in [0, 1]. Small noise leaves what is near a pixel to be seen, which many pictures share; of
 * much noise only what all pixels say together can be told.
 */
export const PATCHES: PatchSchedule = [
  { below: 0.15, size: 3 },
  { below: 0.3, size: 5 },
  { below: 0.55, size: 7 },
  { below: 1, size: 9 },
  { below: 1.6, size: 13 },
  { below: 3, size: 21 },
  { below: Infinity, size: Infinity },
];

/** @throws RangeError unless `size` is an odd positive integer or Infinity. */
export function checkSize(caller: string, name: string, size: number): void {
  if (size === Infinity || (Number.isSafeInteger(size) && size > 0 && size % 2 === 1)) return;
  throw new RangeError(
    `${caller}: ${name} must be an odd positive integer, or Infinity for the whole picture, got ${show(size)}`,
  );
}

/** A schedule of one size or of several, as it was when it was given. @throws RangeError unless it is one */
export function scheduleOf(caller: string, patch: number | PatchSchedule): PatchSchedule {
  if (!Array.isArray(patch)) {
    checkSize(caller, 'patch', patch as number);
    return [{ below: Infinity, size: patch as number }];
  }
  if (patch.length === 0) throw new RangeError(`${caller}: patch must hold one or more ranges, got none`);
  for (const [i, range] of patch.entries()) {
    const { below, size } = Object(range) as PatchRange;
    if (below !== Infinity) positive(caller, `patch[${i}].below`, below);
    checkSize(caller, `patch[${i}].size`, size);
    if (i > 0 && !(below > patch[i - 1].below))
      throw new RangeError(`${caller}: patch must rise in below, got ${below} after ${patch[i - 1].below}`);
  }
  if (patch[patch.length - 1].below !== Infinity)
    throw new RangeError(
      `${caller}: patch must end with below: Infinity, got ${patch[patch.length - 1].below}`,
    );
  return patch.map(({ below, size }) => ({ below, size }));
}

/** The size at a noise level. */
export function sizeAt(schedule: PatchSchedule, sigma: number): number {
  return (schedule.find(({ below }) => sigma < below) ?? schedule[schedule.length - 1]).size;
}
