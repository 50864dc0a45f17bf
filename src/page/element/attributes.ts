import { builtInImages } from '../../index.js';
import type { Plane } from '../figure/plane.js';
import { mixtures, smoothed } from '../state/mixtures.js';
import type { Component } from '../state/state.js';
import type { PlainRequest } from '../worker/scores.js';
import type { Start } from '../worker/swarm.js';

/** The settings of an element, read from its attributes. */
export interface Settings {
  score: PlainRequest;
  plane: Omit<Plane, 'size'>;
  chains: number;
  stepSize: number;
  temperature: number;
  seed: number;
  start: Start;
  trail: number;
  label: string;
  shows(part: 'shades' | 'contours' | 'arrows'): boolean;
}

/** Parses rows of numbers such as "0.5,0.5;-0.5,-0.5". */
function rows(name: string, text: string): number[][] {
  const parsed = text.split(';').map((part) => part.split(',').map(Number));
  if (text.trim() === '' || !parsed.flat().every(Number.isFinite)) {
    throw new RangeError(
      `${name} must be rows of numbers as "0.5,0.5;-0.5,-0.5", got ${JSON.stringify(text)}`,
    );
  }
  return parsed;
}

function hillsOf(density: string): readonly Component[] {
  const named = Object.entries(mixtures).find(([name]) => name === density);
  if (named) return named[1];
  const known = [...Object.keys(mixtures), ...builtInImages].join(', ');
  throw new RangeError(`density must be one of ${known}, got ${JSON.stringify(density)}`);
}

/** Reads all attributes. @throws RangeError that names an attribute with a wrong value */
export function settingsFrom(read: (name: string) => string | null): Settings {
  const number = (name: string, otherwise: number, least: number, most: number) => {
    const text = read(name);
    const value = text === null ? otherwise : Number(text);
    if (text !== '' && value >= least && value <= most) return value;
    throw new RangeError(`${name} must be a number from ${least} to ${most}, got ${JSON.stringify(text)}`);
  };
  const density = read('density') ?? 'mixture';
  const picture = builtInImages.find((name) => name === density);
  const hills = picture ? [] : hillsOf(density);
  const sigma = number('sigma', picture ? 0.05 : 0, picture ? 1e-3 : 0, 10);
  const chains = number('chains', 500, 1, 20_000);
  const show = (read('show') ?? 'shades contours arrows').split(/\s+/);
  const [limits] = rows('limits', read('limits') ?? (picture ? '0,1' : '-2,2'));
  if (!(limits.length === 2 && limits[0] < limits[1])) {
    throw new RangeError(`limits must be two ascending numbers, got ${JSON.stringify(read('limits'))}`);
  }
  const lim = [limits[0], limits[1]] as const;
  const middle = (lim[0] + lim[1]) / 2;
  return {
    score: picture ? { kind: 'builtIn', name: picture, sigma } : mixtureFrom(hills, sigma, read),
    plane: { xlim: lim, ylim: lim, isPicture: picture !== undefined },
    chains: Math.round(chains),
    stepSize: number('step-size', picture ? 2e-4 : 2e-3, 1e-7, 10),
    temperature: number('temperature', 1, 0.01, 100),
    seed: Math.round(number('seed', 0, 0, 2 ** 32 - 1)),
    start: { centre: [middle, middle], spread: (lim[1] - lim[0]) / 4 },
    trail: number('trail', 0.8, 0, 0.99),
    label:
      read('label') ??
      `Chains of Langevin dynamics on ${picture ? `the picture ${picture}` : 'a mixture of Gaussians'}`,
    shows: (part) => show.includes(part),
  };
}

function mixtureFrom(
  hills: readonly Component[],
  sigma: number,
  read: (name: string) => string | null,
): PlainRequest {
  const [meansText, sdsText, weightsText] = ['means', 'sds', 'weights'].map(read);
  const means = meansText === null ? hills.map(([x, y]) => [x, y]) : rows('means', meansText);
  if (means.some((mean) => mean.length !== 2)) throw new RangeError('means must be rows of two numbers');
  const given = sdsText === null ? hills.map(([, , sd]) => [sd]) : rows('sds', sdsText);
  // One width for all hills, one for each, or one for each hill and coordinate.
  const sds = means.map((_, k) => {
    const row = given[given.length === 1 ? 0 : k] ?? [hills[0][2]];
    return [row[0], row[1] ?? row[0]].map((sd) => smoothed(sd, sigma));
  });
  const weights = weightsText === null ? undefined : rows('weights', weightsText)[0];
  return { kind: 'mixture', means, sds, weights };
}
