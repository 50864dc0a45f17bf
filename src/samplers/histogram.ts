import { LIMITS_BYTES } from '../abi/samplers.js';
import { integer, length, show } from '../core/check.js';
import { square } from '../core/elementary.js';
import type { Core } from '../core/instantiate.js';
import { joined } from '../core/joined.js';

/** A grid in the plane, by which a sampler counts positions while it runs. */
export interface HistogramOptions {
  /** Cells a side. */
  bins: number;
  /** Range of x[0], and of x[1]. */
  xlim: readonly [number, number];
  /** Where the grid begins and ends in x[1]. */
  ylim: readonly [number, number];
}

/** What a sampler counted: cells as numpy.histogram2d has them. */
export interface SampleHistogram extends HistogramOptions {
  /** [bins, bins]: x[0] chooses the row, x[1] the column. */
  counts: Float64Array;
  /** Positions outside the limits. */
  outside: number;
  /** Mean of every coordinate over all positions counted, [dim]. */
  mean: Float64Array;
  /** Of each chain the sum of its positions counted, [chains, dim]. */
  sums: Float64Array;
}

/** @throws RangeError unless the options make a histogram of points of `dim` coordinates. */
export function checkHistogram(caller: string, { bins, xlim, ylim }: HistogramOptions, dim: number): void {
  integer(caller, 'histogram.bins', bins, 1, 4096);
  if (dim < 2) throw new RangeError(`${caller}: histogram needs points of 2 or more coordinates, got ${dim}`);
  for (const [name, limits] of Object.entries({ xlim, ylim })) {
    const [low, high] = limits ?? [];
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
      throw new RangeError(
        `${caller}: histogram.${name} must be two ascending finite numbers, got ${low}, ${high}`,
      );
    }
  }
}

/** What one share of the chains counted. */
export interface ShareCounts {
  /** [chains, dim]: of each chain the sum of its positions. */
  sums: Float64Array;
  /** [bins, bins], then the count outside. */
  cells: Float64Array;
}

/** The histogram of one share in the core's memory, as `addToHistogram` in `assembly/samplers/record.ts` has it. */
export class HistogramMemory {
  readonly pointer: number;
  readonly #core: Core;
  readonly #bins: number;
  readonly #sums: number;

  static bytes({ bins }: HistogramOptions, chains: number, dim: number): number {
    return LIMITS_BYTES + 8 * (chains * dim + square(bins) + 1);
  }

  /** @param pointer so many {@link bytes}, zeroed */
  constructor(
    core: Core,
    pointer: number,
    { bins, xlim, ylim }: HistogramOptions,
    chains: number,
    dim: number,
  ) {
    this.pointer = pointer;
    this.#core = core;
    this.#bins = bins;
    this.#sums = chains * dim;
    const limits = [xlim, ylim].flatMap(([low, high]) => [low, bins / (high - low), high]);
    core.memory.f64(this.pointer, limits.length).set(limits);
  }

  /** A copy of what is counted so far. */
  read(): ShareCounts {
    const { memory } = this.#core;
    const at = this.pointer + LIMITS_BYTES;
    const sums = memory.f64(at, this.#sums).slice();
    return { sums, cells: memory.f64(at + 8 * this.#sums, square(this.#bins) + 1).slice() };
  }
}

/** Joins what the shares counted, in the order of their chains. */
export function joinCounts(options: HistogramOptions, shares: ShareCounts[], dim: number): SampleHistogram {
  const { bins, xlim, ylim } = options;
  const counts = new Float64Array(square(bins));
  const sums = joined(
    Float64Array,
    shares.map((share) => share.sums),
  );
  let outside = 0;
  for (const { cells } of shares) {
    for (let i = 0; i < counts.length; i++) counts[i] += cells[i];
    outside += cells[counts.length];
  }
  const mean = new Float64Array(dim);
  for (let i = 0; i < sums.length; i++) mean[i % dim] += sums[i];
  const total = counts.reduce((sum, n) => sum + n, outside);
  return { bins, xlim, ylim, counts, outside, mean: mean.map((sum) => sum / total), sums };
}

/**
 * The histogram of a run from those of all its shards, in their order: the bits of one run of all chains.
 *
 * @throws TypeError unless they are an array of histograms, RangeError unless there are one or more, with the same cells and
 *   coordinates and as many numbers as these have
 */
export function joinHistograms(histograms: readonly SampleHistogram[]): SampleHistogram {
  if (!Array.isArray(histograms))
    throw new TypeError(`joinHistograms: histograms must be an array, got ${show(histograms)}`);
  const [first] = histograms;
  if (histograms.length === 0)
    throw new RangeError('joinHistograms: histograms must be one or more, got none');
  histograms.forEach((histogram, i) => {
    checkCounted(`histograms[${i}]`, histogram);
  });
  const gridOf = ({ bins, xlim, ylim, mean }: SampleHistogram) =>
    `${bins} cells a side from ${xlim} by ${ylim} of ${mean.length} coordinates`;
  for (const other of histograms) {
    if (gridOf(other) !== gridOf(first)) {
      throw new RangeError(
        `joinHistograms: histograms must have the same cells, got ${gridOf(first)} and ${gridOf(other)}`,
      );
    }
  }
  const shares = histograms.map(({ sums, counts, outside }) => ({
    sums,
    cells: joined(Float64Array, [counts, Float64Array.of(outside)]),
  }));
  return joinCounts(first, shares, first.mean.length);
}

/** @throws TypeError unless it is a histogram, RangeError unless its arrays are of its sizes. */
function checkCounted(name: string, histogram: SampleHistogram): void {
  for (const key of ['counts', 'mean', 'sums'] as const) {
    if (!(histogram?.[key] instanceof Float64Array))
      throw new TypeError(
        `joinHistograms: ${name}.${key} must be a Float64Array, got ${show(histogram?.[key])}`,
      );
  }
  const { bins, counts, mean, sums } = histogram;
  length('joinHistograms', `${name}.counts`, counts, bins * bins);
  if (mean.length === 0 || sums.length % mean.length !== 0)
    throw new RangeError(
      `joinHistograms: ${name}.sums must hold ${mean.length} numbers a chain, got ${sums.length}`,
    );
}
