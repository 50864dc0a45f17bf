import type { Core, Key } from '../../index.js';
import type { Frame } from '../../plots/index.js';

/** What a figure is made with. */
export interface FigureInput {
  core: Core;
  /** Its own, so that a figure is the same alone and among the others. */
  key: Key;
  signal: AbortSignal;
  /** Called when another of its parts is done. */
  part(): void;
}

/** A figure and the numbers that it shows. */
export interface FigureOutput {
  svg: string;
  numbers: object;
  /** The moving picture, where there is one. */
  frames?: () => Iterable<Frame>;
}

/** One of the lecture's figures. */
export interface LectureFigure {
  name: string;
  /** What it shows, for the help. */
  about: string;
  /** How many parts its work has, about a quarter of a second each. */
  parts: number;
  make(input: FigureInput): Promise<FigureOutput>;
}

/** Rounds numbers that are printed, of an array or one. */
export const rounded = (values: ArrayLike<number>, digits = 6): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(digits)));
