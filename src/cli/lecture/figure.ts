import type { Core, Key } from '../../index.js';
import type { Frame } from '../../plots/index.js';
import type { ImageRun } from './imageRun.js';

/** What a figure receives. */
export interface FigureInput {
  core: Core;
  /** The figure's own key, so that it looks the same whichever others are drawn. */
  key: Key;
  signal: AbortSignal;
  /** The figure calls this after each of its parts. */
  part(): void;
}

/** A figure and the numbers that it shows. */
export interface FigureOutput {
  svg: string;
  numbers: object;
  /** Frames of its moving picture, if it has one. */
  frames?: () => Iterable<Frame>;
}

/** One of the lecture's figures. */
export interface LectureFigure {
  name: string;
  /** Folded into the key of its draws, and never changed: with the seed, it fixes what is drawn. */
  draws: number;
  /** What it shows, for the help. */
  about: string;
  /** Number of parts, about a quarter of a second of work each, for the progress bar. */
  parts: number;
  make(input: FigureInput): Promise<FigureOutput>;
}

/** One of the lecture's figures that are of a learned denoiser of images. */
export interface LearnedFigure extends Omit<LectureFigure, 'make'> {
  /** What the figure needs and the run lacks; undefined if it lacks nothing. */
  lacks(run: ImageRun): string | undefined;
  make(input: FigureInput, run: ImageRun): Promise<FigureOutput>;
}

/** Rounds numbers for printing. */
export const rounded = (values: ArrayLike<number>, digits = 6): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(digits)));
