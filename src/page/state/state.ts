// The state of the page: one flat record, which a link carries.

import { presets } from '../../training/presets.js';
import { scheduleNames, solverNames } from '../worker/flowMenu.js';
import { samplerNames } from '../worker/samplerMenu.js';
import { chapterNames } from './chapters.js';
import { choice, type Field, flag, type NumberField, number, whole } from './fieldKinds.js';
import { picture } from './picture.js';

const { quick } = presets;

/** A Gaussian of the mixture: its mean and its standard deviation. */
export type Component = readonly [x: number, y: number, sd: number];

/** Limits of the hills: their number, coordinates and widths. */
export const HILLS = { most: 12, places: [-2, 2], widths: [0.05, 1] } as const;
const isIn = ([least, most]: readonly [number, number], value: number) => value >= least && value <= most;

const components: Field<readonly Component[]> = {
  initial: [
    [0.5, 0.5, 0.4],
    [-0.5, -0.5, 0.4],
  ],
  read(text) {
    const rows = text.split('_').map((row) => row.split(',').map(Number));
    const isGood =
      rows.length <= HILLS.most &&
      rows.every(
        ([x, y, sd, ...more]) =>
          more.length === 0 && isIn(HILLS.places, x) && isIn(HILLS.places, y) && isIn(HILLS.widths, sd),
      );
    return isGood ? rows.map(([x, y, sd]) => [x, y, sd] as const) : undefined;
  },
  write: (rows) => rows.map((row) => row.map((value) => Number(value.toFixed(3))).join(',')).join('_'),
};

/** Parts of a digit that a button leaves to be seen. */
export const WINDOWS = ['upper', 'left', 'quarter'] as const;

/** What is seen of a digit: a part by its name, or 400 bits in hexadecimal, the first pixel first, 1 for seen. */
const seen: Field<string> = {
  initial: WINDOWS[0],
  read: (text) =>
    WINDOWS.some((name) => name === text) || (/^[0-9a-f]{100}$/.test(text) && !/^0+$/.test(text))
      ? text
      : undefined,
  write: (value) => value,
};

/** Limits of the first screen's noise: particles on the pixels, and a blob. */
export const [LEAST_LOOK, MOST_LOOK] = [0.003, 0.6];

/** Every entry of the state: its name in a link, its initial value and its limits. */
export const fields = {
  chapter: choice(chapterNames[0], ...chapterNames.slice(1)),
  theme: choice('auto', 'light', 'dark'),
  kernel: choice('auto', 'strict'),
  seed: whole(0, 0, 2 ** 32 - 1),

  components,
  smooth: number(0, 0, 1.5),
  particles: whole(3000, 1, 20_000),
  eta: number(0.002, 1e-4, 1),
  temperature: number(1, 0.1, 4),
  trail: flag(true),
  arrows: flag(true),
  follow: flag(false),

  /** Of the chapter on a line. */
  factor: number(1, 0.1, 10),
  apart: number(3, 0, 5),
  leftShare: number(0.6, 0.02, 0.98),
  lineNoise: number(0, 0, 2),
  /** Of steps: widths, wide to narrow, and the step size in units of the narrow variance. */
  ratio: number(4, 1, 20),
  narrowStep: number(0.05, 0.05, 5),
  precondition: flag(false),
  leftWeight: number(0.8, 0.05, 0.95),
  /** Of blur, of many dimensions and of denoising. */
  blurNoise: number(0.15, 0.01, 1.5),
  dimensions: whole(2, 1, 1000),
  guessNoise: number(0.6, 0.05, 2),
  /** Of a fuzzy line: the noise about it, the noise it is fitted with, how many points, and which. */
  fuzz: number(1.5, 0.1, 2),
  penalty: number(0.3, 0.05, 10),
  onLine: whole(3, 2, 40),
  lineSeed: whole(0, 0, 299),
  noiseModel: choice('poisson', 'gaussian', 'laplace', 'gamma'),
  /** Of a drop of colour: the moment of its film, 1 where it turns back, where it falls, and how it goes back. */
  dropTime: number(0, 0, 2),
  dropX: number(0.3, 0.05, 0.95),
  dropY: number(0.65, 0.05, 0.95),
  dropBack: choice('diffusion', 'flow', 'noise'),

  picture,
  noise: number(0, 0, 0.5),

  /** Noise of the first screen's picture, arrows and particles. */
  look: number(0.012, LEAST_LOOK, MOST_LOOK),
  shows: choice('learned', 'exact'),

  preset: choice('quick', 'article'),
  features: whole(quick.network.features, 8, 512),
  width: whole(quick.network.width, 8, 256),
  depth: whole(quick.network.depth, 1, 5),
  levels: whole(quick.network.levels, 9, 40),
  batch: whole(quick.training.batch, 8, 512),
  steps: whole(quick.training.steps, 1, 100_000),
  rate: number(quick.training.learningRate, 1e-5, 3e-2),
  output: choice('noise', 'score'),
  featureScale: number(quick.network.featureScale, 0.25, 8),
  featureSpread: number(quick.network.featureSpread, 1, 64),
  encoding: choice('averaged', 'plain'),
  schedule: choice('cosine', 'constant'),
  dataSeed: whole(426, 0, 2 ** 32 - 1),
  level: whole(17, 0, 39),

  pixelNoise: number(0.5, 0.05, 5),
  /** Whose U-Net the figures of pictures use: that of the page, or the reader's where there is one. */
  netOf: choice('page', 'own'),
  seen,
  /** Waves on a side of the picture, of the fastest of random features, and the noise of what they shall draw. */
  waves: number(4, 0.5, 32),
  wavesNoise: number(0.05, 0.02, 0.3),
  /** What is compared with denoising. */
  objective: choice('implicit', 'sliced', 'slicedReduced', 'flow'),
  /** Noise of the picture that is learned as a density. */
  energyNoise: number(0.04, 0.03, 0.3),

  digit: whole(0, 0, 199),
  wanted: whole(3, 0, 9),
  guidance: number(2, 0, 6),
  walkNoise: number(0.5, 0.1, 1.5),
  walkStep: number(0.1, 0.01, 0.5),
  /** Of colour pictures: the noise of the walk, its steps in units of sigma^2, its chains, and the side of a patch. */
  colourNoise: number(0.65, 0.1, 2),
  colourStep: number(0.3, 0.01, 0.5),
  colourChains: whole(8, 1, 18),
  patch: choice('11', '3', '5', '7', '9', '13', 'whole'),

  sampler: choice(samplerNames[0], ...samplerNames.slice(1)),
  solver: choice(solverNames[0], ...solverNames.slice(1)),
  /** Where the flow's noise levels lie; `schedule` is that of the learning rate. */
  flowSchedule: choice(scheduleNames[0], ...scheduleNames.slice(1)),
  /** Scores for each particle where samplers are compared. */
  scores: whole(100, 10, 1000),
  from: choice('network', 'exact'),
  chains: whole(1000, 1, 5000),
  draws: whole(1000, 10, 400_000),
  /** Step size in units of the squared noise of the level, so that a level changes only what it should. */
  stride: number(2, 0.02, 20),
  bins: whole(50, 10, 100),

  /** Whether the link shows a network that its sender had trained with these settings. */
  trained: flag(false),
  few: whole(24, 2, 200),
  /** A reading of how far to the right a point is, its error, and the particles that correct guidance. */
  seenAt: number(0.3, 0, 1),
  seenNoise: number(0.04, 0.01, 0.3),
  correcting: whole(8, 1, 32),
  time: number(0.35, 0, 1),
};

export type State = { [K in keyof typeof fields]: (typeof fields)[K]['initial'] };
export type Name = keyof State;
export const names = Object.keys(fields) as Name[];

/** The limits of a number of the state. */
export const limitsOf = (name: Name) => fields[name] as unknown as NumberField;

const fieldOf = (name: Name) => fields[name] as unknown as Field<unknown>;

export function initialState(): State {
  return Object.fromEntries(names.map((name) => [name, fieldOf(name).initial])) as State;
}

/** Writes the fragment of a link, without "#": the chapter, then every entry that differs from its initial value. */
export function writeState(state: State): string {
  const parts: string[] = [state.chapter];
  for (const name of names) {
    const text = fieldOf(name).write(state[name]);
    if (name !== 'chapter' && text !== fieldOf(name).write(fieldOf(name).initial))
      parts.push(`${name}=${text}`);
  }
  return parts.join('&');
}

/** Decodes %-escapes; returns the text unchanged if one is broken, as in a link that was cut off. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads a state from a fragment; entries that are missing or wrong have their initial values. */
export function readState(fragment: string): State {
  const state = initialState() as Record<Name, unknown>;
  const [chapter, ...parts] = fragment.replace(/^#/, '').split('&');
  state.chapter = fields.chapter.read(chapter) ?? state.chapter;
  for (const part of parts) {
    const cut = part.indexOf('=');
    const name = names.find((candidate) => candidate === part.slice(0, cut));
    if (!name) continue;
    const value = fieldOf(name).read(decoded(part.slice(cut + 1)));
    if (value !== undefined) state[name] = value;
  }
  return state as State;
}
