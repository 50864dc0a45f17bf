// What the options of `train` ask for where it learns to denoise images or points.
import {
  type Core,
  type DenoiserTraining,
  energyNetwork,
  type Key,
  type LearnedDenoiser,
  learnedDenoiser,
  mlp,
  type NoiseDistribution,
  type PictureShape,
  type TimedNetwork,
  unet,
} from '../../index.js';
import { isMatching } from '../../training/matching.js';
import type { TrainOptions } from '../run/trainOptions.js';
import { checkedUsage, UsageError } from '../terminal/failure.js';

/** Options of `train` that are for denoisers alone. */
export interface DenoiserFlags {
  images?: string[];
  points?: string;
  labels?: string;
  size?: { height: number; width: number };
  grey?: boolean;
  heldOut?: number;
  network?: 'unet' | 'mlp' | 'energy';
  channels?: number[];
  blocks?: number;
  groups?: number;
  attention?: 'none' | 'middle' | number[];
  classes?: boolean;
  sigma?: number;
  average?: number;
}

/** Options of `train` where it learns to denoise. */
export type TrainDenoiserFlags = TrainOptions & DenoiserFlags;

/** Options that belong to the article's network. */
const OTHER = [
  'preset',
  'idx',
  'index',
  'builtin',
  'invert',
  'shrink',
  'weights',
  'levels',
  'features',
  'featureScale',
  'featureSpread',
  'encoding',
  'output',
] as const satisfies (keyof TrainOptions)[];

/** Options of denoisers, which a run of the article's network does not have. */
const OWN = [
  'labels',
  'size',
  'grey',
  'heldOut',
  'network',
  'channels',
  'blocks',
  'groups',
  'attention',
  'classes',
  'sigma',
  'average',
] as const satisfies (keyof DenoiserFlags)[];

export const flag = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @throws UsageError on options of denoisers where none is trained */
export function checkNoDenoiser(options: DenoiserFlags): void {
  const found = OWN.find((name) => options[name] !== undefined);
  if (found !== undefined)
    throw new UsageError(`${flag(found)} is for --images or --points; give one of them, or leave it out`);
}

/** @throws UsageError on options that contradict each other */
export function checkFlags(files: readonly string[], options: TrainOptions & DenoiserFlags): void {
  const { images, points, sigma, sigmaMin, sigmaMax } = options;
  if (images && points !== undefined)
    throw new UsageError('--images and --points cannot be combined; give one of them');
  if (files.length > 0) {
    throw new UsageError(
      `${files[0]} stands without --images: a picture by itself is a distribution of places; write --images ${files[0]} to learn it as a point among others`,
    );
  }
  const other = OTHER.find((name) => options[name] !== undefined);
  if (other !== undefined)
    throw new UsageError(`${flag(other)} is not for --images or --points; leave it out`);
  if (points !== undefined) {
    const ofImages = (['labels', 'size', 'grey', 'classes'] as const).find(
      (name) => options[name] !== undefined,
    );
    if (ofImages) throw new UsageError(`${flag(ofImages)} is for --images, not for --points; leave it out`);
    if (options.network === 'unet')
      throw new UsageError('--network unet is for --images; points take mlp or energy');
  }
  const isUnet = kindOf(options) === 'unet';
  const unfit = (
    !isUnet ? (['channels', 'blocks', 'groups', 'attention'] as const) : (['width', 'depth'] as const)
  ).find((name) => options[name] !== undefined);
  if (unfit)
    throw new UsageError(
      `${flag(unfit)} is for --network ${isUnet ? 'mlp or energy' : 'unet'}; leave it out`,
    );
  const { objective, projections } = options;
  if (projections !== undefined && objective !== 'sliced' && objective !== 'slicedReduced')
    throw new UsageError(`--projections is for --objective sliced and slicedReduced; leave it out`);
  if (options.network === 'energy' && objective !== undefined && isMatching(objective))
    throw new UsageError(
      `--objective ${objective} is not for --network energy, whose score is a derivative already; take mlp`,
    );
  if (options.classes && options.network === 'energy')
    throw new UsageError('--classes is for --network unet or mlp; leave it out');
  if (sigma !== undefined && (sigmaMin !== undefined || sigmaMax !== undefined))
    throw new UsageError('--sigma is one noise, --sigma-min and --sigma-max are many; give one or the other');
  if ((sigmaMin === undefined) !== (sigmaMax === undefined))
    throw new UsageError('--sigma-min and --sigma-max go together; give both');
}

/** Steps and points a step where the command line does not say: enough for a first good network. */
export const DEFAULTS = {
  unet: { steps: 3000, batch: 32 },
  mlp: { steps: 5000, batch: 128 },
  energy: { steps: 5000, batch: 128 },
} as const;

export const PRINT_EVERY = 100;
export const CHECKPOINT_EVERY = 100;

/** The part of images that is held out where the command line does not say: a tenth, at most a thousand. */
export function heldOutCount(count: number, { heldOut }: DenoiserFlags): number {
  return heldOut ?? Math.min(1000, Math.floor(count / 10));
}

/** The training that the options ask for, over the library's defaults. */
export function trainingOf(options: TrainOptions & DenoiserFlags): Partial<DenoiserTraining> {
  const { sigma, sigmaMin, sigmaMax, average, learningRate, schedule, layout, projections } = options;
  const { steps, batch } = DEFAULTS[kindOf(options)];
  const noise: NoiseDistribution | undefined =
    sigma !== undefined
      ? { kind: 'fixed', sigma }
      : sigmaMin !== undefined && sigmaMax !== undefined
        ? { kind: 'logUniform', sigmaMin, sigmaMax }
        : undefined;
  return {
    steps: options.steps ?? steps,
    batch: options.batch ?? batch,
    ...(learningRate !== undefined && { learningRate }),
    ...(schedule !== undefined && { schedule }),
    ...(layout !== undefined && { layout }),
    ...(noise && { noise }),
    ...(average !== undefined && { halfLife: average }),
    ...objectiveOf(options),
    ...(projections && { projections }),
  };
}

/** The objective by its name on the command line: two are least squares with weights of their own. */
function objectiveOf({ objective }: TrainOptions): Partial<DenoiserTraining> {
  if (objective === undefined) return {};
  if (isMatching(objective)) return { objective };
  return { objective: 'denoising', weight: objective === 'score' ? 'score' : 'clean' };
}

function kindOf({ network, points }: DenoiserFlags): keyof typeof DEFAULTS {
  return network ?? (points === undefined ? 'unet' : 'mlp');
}

/** What the options are called by which the configuration of a U-Net is given. */
const OF_UNET: Readonly<Record<string, string>> = {
  'config.sample_size': 'with these --channels, height and width of the images (--size)',
  'config.layers_per_block': '--blocks',
  'config.norm_num_groups': '--groups',
  'config.attention_head_dim': 'with --attention, the 8 numbers of a head',
  'config.block_out_channels[0]': 'the first of --channels',
};

/** @throws UsageError, in words of the command line, where the library refuses the options of a network */
function checkedNetwork<T>(make: () => T): T {
  try {
    return checkedUsage(make);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const text = Object.entries(OF_UNET).reduce(
      (words, [name, own]) => words.replace(name, own),
      error.message,
    );
    throw new UsageError(text);
  }
}

/** A new denoiser over points of this shape. */
export function makeDenoiser(
  core: Core,
  shape: PictureShape,
  options: TrainOptions & DenoiserFlags,
  { key, sigmaData, classes }: { key: Key; sigmaData: number; classes: number },
): LearnedDenoiser {
  const { channels, blocks, groups, attention, width, depth } = options;
  const sizes = { key, ...(width && { hidden: width }), ...(depth !== undefined && { depth }) };
  const makers: Record<keyof typeof DEFAULTS, () => TimedNetwork> = {
    mlp: () => mlp(core, shape, { ...sizes, classes }),
    energy: () => energyNetwork(core, shape, sizes),
    unet: () =>
      unet(core, shape, {
        key,
        classes,
        ...(channels && { channels }),
        ...(blocks && { blocks }),
        ...(groups && { groups }),
        ...(attention && { attention }),
      }),
  };
  const network = checkedNetwork(makers[kindOf(options)]);
  return learnedDenoiser(network, { sigmaData });
}
