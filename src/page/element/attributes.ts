import { builtInImages } from '../../index.js';
import type { Plane } from '../figure/plane.js';
import { mixtures, smoothed } from '../state/mixtures.js';
import type { Component } from '../state/state.js';
import type { PlainRequest } from '../worker/scores.js';
import type { Start } from '../worker/swarm.js';

/** What moves in an element. */
export const figureKinds = ['chains', 'path', 'histogram', 'jumps', 'anneal'] as const;
export type FigureKind = (typeof figureKinds)[number];

const grounds = ['shades', 'contours', 'arrows', 'none'] as const;

/** The settings of an element, read from its attributes. */
export interface Settings {
  figure: FigureKind;
  /** The exact score of the density under noise sigma. */
  exact(sigma: number): PlainRequest;
  /** Address of trained weights, whose score the chains follow in place of the exact one. */
  network: string | undefined;
  sigma: number;
  /** The least and the most noise of the slider; annealing begins at the most. */
  sigmas: readonly [number, number];
  slider: boolean;
  /** The step size at a level: that of the attribute `step-size` times the square of how wide the density is there. */
  stepSize(sigma: number): number;
  plane: Omit<Plane, 'size'>;
  chains: number;
  temperature: number;
  seed: number;
  start: Start;
  trail: number;
  label: string;
  shows(part: 'shades' | 'contours' | 'arrows'): boolean;
}

/** Parses rows of numbers such as "0.5,0.5;-0.5,-0.5". */
function rows(name: string, text: string): number[][] {
  const parsed = text
    .trim()
    .split(/\s*;\s*/)
    .map((part) => part.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word))));
  if (!parsed.flat().every(Number.isFinite)) {
    throw new RangeError(
      `${name} must be rows of numbers as "0.5,0.5;-0.5,-0.5", got ${JSON.stringify(text)}`,
    );
  }
  return parsed;
}

/** Finds a word in a list. @throws RangeError that names the list */
function wordOf<T extends string>(name: string, words: readonly T[], text: string): T {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new RangeError(`${name} must be one of ${words.join(', ')}, got ${JSON.stringify(text)}`);
}

/** Reads all attributes. @throws RangeError that names an attribute with a wrong value */
export function settingsFrom(read: (name: string) => string | null): Settings {
  const number = (name: string, otherwise: number, least: number, most: number) => {
    const text = read(name);
    const value = text === null ? otherwise : Number(text);
    if (text?.trim() !== '' && value >= least && value <= most) return value;
    throw new RangeError(`${name} must be a number from ${least} to ${most}, got ${JSON.stringify(text)}`);
  };
  const whole = (name: string, otherwise: number, least: number, most: number) => {
    const value = number(name, otherwise, least, most);
    if (Number.isInteger(value)) return value;
    throw new RangeError(`${name} must be a whole number, got ${JSON.stringify(read(name))}`);
  };
  const figure = wordOf('figure', figureKinds, read('figure') ?? 'chains');
  const density = wordOf(
    'density',
    [...(Object.keys(mixtures) as (keyof typeof mixtures)[]), ...builtInImages],
    read('density') ?? 'mixture',
  );
  const picture = builtInImages.find((name) => name === density);
  const hills: readonly Component[] = picture ? [] : mixtures[density as keyof typeof mixtures];
  const own = picture && ['means', 'sds', 'weights'].find((name) => read(name) !== null);
  if (own) throw new RangeError(`${own} must go with a mixture: the density ${density} is a picture`);
  const network = read('network') ?? undefined;
  const needsNoise = picture !== undefined || figure === 'jumps' || network !== undefined;
  const sigma = number('sigma', picture || network ? 0.05 : needsNoise ? 0.3 : 0, needsNoise ? 1e-3 : 0, 10);
  const show = (read('show') ?? (figure === 'histogram' ? 'none' : 'shades contours arrows'))
    .trim()
    .split(/\s+/)
    .map((word) => wordOf('show', grounds, word));
  const [limits, ...more] = rows('limits', read('limits') ?? (picture ? '0,1' : '-2,2'));
  if (!(more.length === 0 && limits.length === 2 && limits[0] < limits[1])) {
    throw new RangeError(`limits must be two ascending numbers, got ${JSON.stringify(read('limits'))}`);
  }
  const lim = [limits[0], limits[1]] as const;
  const span = lim[1] - lim[0];
  const middle = (lim[0] + lim[1]) / 2;
  const { exact, narrowest } = picture
    ? { exact: (noise: number) => ({ kind: 'builtIn' as const, name: picture, sigma: noise }), narrowest: 0 }
    : mixtureFrom(hills, read);
  const stepSize = number('step-size', picture ? 0.08 * sigma ** 2 : 2e-3, 1e-7, 10);
  const width = smoothed(narrowest, sigma);
  return {
    figure,
    exact,
    network,
    sigma,
    sigmas: [sigma > 0 ? Math.min(sigma, 0.01 * span) : 0.01 * span, span / 2],
    slider: read('slider') !== null,
    stepSize: (noise) => stepSize * (smoothed(narrowest, noise) / width) ** 2,
    plane: { xlim: lim, ylim: lim, isPicture: picture !== undefined },
    chains: whole('chains', figure === 'path' ? 1 : 500, 1, 20_000),
    temperature: number('temperature', 1, 0.01, 100),
    seed: whole('seed', 0, 0, 2 ** 32 - 1),
    start: { centre: [middle, middle], spread: span / 4 },
    trail: number('trail', figure === 'chains' ? 0.8 : 0, 0, 0.99),
    label: read('label') ?? labelOf(figure, picture ? `the picture ${picture}` : 'a mixture of Gaussians'),
    shows: (part) => show.includes(part),
  };
}

function labelOf(figure: FigureKind, density: string): string {
  const what = {
    chains: 'Chains of Langevin dynamics on',
    path: 'The path of Langevin dynamics on',
    histogram: 'Where chains of Langevin dynamics have been on',
    jumps: 'Noisy samples and the jump of each to its mean clean place, on',
    anneal: 'Chains that gather from noise into',
  } satisfies Record<FigureKind, string>;
  return `${what[figure]} ${density}`;
}

/** A mixture by name, with the means, widths and weights that attributes give in place of its own. */
function mixtureFrom(
  hills: readonly Component[],
  read: (name: string) => string | null,
): { exact(sigma: number): PlainRequest; narrowest: number } {
  const [meansText, sdsText, weightsText] = ['means', 'sds', 'weights'].map(read);
  const means = meansText === null ? hills.map(([x, y]) => [x, y]) : rows('means', meansText);
  if (means.some((mean) => mean.length !== 2)) throw new RangeError('means must be rows of two numbers');
  const oneForEach = (name: string, count: number) => {
    if (count !== means.length) {
      throw new RangeError(`${name} must have one for each of the ${means.length} means, got ${count}`);
    }
  };
  const given = sdsText === null ? [[hills[0][2]]] : rows('sds', sdsText);
  if (given.some((row) => row.length > 2)) throw new RangeError('sds must be rows of one or two numbers');
  if (given.length > 1) oneForEach('sds', given.length);
  if (given.flat().some((sd) => !(sd > 0))) {
    throw new RangeError(`sds must be above 0, got ${JSON.stringify(sdsText)}`);
  }
  const weightRows = weightsText === null ? [] : rows('weights', weightsText);
  if (weightRows.length > 1) {
    throw new RangeError(`weights must be one row of numbers as "1,2", got ${JSON.stringify(weightsText)}`);
  }
  const [weights] = weightRows;
  if (weights) {
    oneForEach('weights', weights.length);
    if (!weights.every((weight) => weight >= 0) || !weights.some((weight) => weight > 0)) {
      throw new RangeError(`weights must be 0 or more, and one above 0, got ${JSON.stringify(weightsText)}`);
    }
  }
  // One width for all hills, one for each, or one for each hill and coordinate.
  const widths = means.map((_, k) => {
    const row = given[given.length === 1 ? 0 : k];
    return [row[0], row[1] ?? row[0]];
  });
  return {
    exact: (sigma) => ({
      kind: 'mixture',
      means,
      sds: widths.map((row) => row.map((sd) => smoothed(sd, sigma))),
      weights,
    }),
    narrowest: Math.min(...widths.flat()),
  };
}
