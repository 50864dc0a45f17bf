import type { Command } from 'commander';
import { explained, objectiveLines } from '../../apps/explanations.js';
import {
  builtInImages,
  type Checkpoint,
  type Kernel,
  type NetworkConfig,
  presets,
  type TrainConfig,
} from '../../index.js';
import { UsageError } from '../terminal/failure.js';
import {
  choiceOption,
  integerOption,
  kernelOption,
  layoutOption,
  positiveOption,
  positivesOption,
  seedOption,
  threadsOption,
} from '../terminal/options.js';
import type { PictureOptions } from './pictures.js';
import type { RunRecord } from './runFolder.js';

/** Options of `train` on the command line; those left out are undefined. */
export interface TrainOptions extends PictureOptions, Partial<NetworkConfig>, Partial<TrainConfig> {
  out: string;
  preset?: keyof typeof presets;
  seed?: number;
  dataSeed?: number;
  printEvery?: number;
  checkpointEvery?: number;
  threads?: 'auto' | number;
  kernel?: 'auto' | Kernel;
  resume?: boolean;
  overwrite?: boolean;
}

/** The settings of a run: a preset, changed by the options given. */
export interface Settings {
  preset: keyof typeof presets;
  network: NetworkConfig;
  training: TrainConfig;
  printEvery: number;
  checkpointEvery: number;
  seed: number;
  dataSeed: number;
}

const NETWORK = [
  'features',
  'featureScale',
  'featureSpread',
  'encoding',
  'width',
  'depth',
  'levels',
  'sigmaMin',
  'sigmaMax',
  'output',
] as const satisfies (keyof NetworkConfig)[];
const TRAINING = [
  'batch',
  'steps',
  'learningRate',
  'schedule',
  'layout',
  'objective',
  'projections',
] as const satisfies (keyof TrainConfig)[];

const CHECKPOINT_EVERY = 500;

/** The options of these names that were given. */
function given<T extends object>(
  options: TrainOptions,
  names: readonly (keyof T & keyof TrainOptions)[],
): Partial<T> {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  ) as Partial<T>;
}

export function settingsOf(options: TrainOptions): Settings {
  const preset = options.preset ?? 'quick';
  const { network, training, printEvery } = presets[preset];
  return {
    preset,
    network: { ...network, ...given<NetworkConfig>(options, NETWORK) },
    training: { ...training, ...given<TrainConfig>(options, TRAINING) },
    printEvery: options.printEvery ?? printEvery,
    checkpointEvery: options.checkpointEvery ?? CHECKPOINT_EVERY,
    seed: options.seed ?? 0,
    dataSeed: options.dataSeed ?? 426,
  };
}

/**
 * Checks that options agree with the run that is to be resumed.
 * @throws UsageError that names every option that differs
 */
export function checkSameRun(
  options: TrainOptions,
  { network, training, step }: Checkpoint,
  record: RunRecord,
): void {
  const { kernel, steps, ...rest } = options;
  const run: Record<string, unknown> = { ...network, ...training, ...record };
  const names = ['preset', 'seed', 'dataSeed', ...NETWORK, ...TRAINING] as const;
  const others = names
    .filter((name) => name !== 'steps' && rest[name as keyof typeof rest] !== undefined)
    .filter((name) => rest[name as keyof typeof rest] !== run[name])
    .map((name) => `${flag(name)} ${rest[name as keyof typeof rest]} (it has ${run[name]})`);
  if (kernel !== undefined && kernel !== 'auto' && kernel !== record.kernel) {
    others.push(`--kernel ${kernel} (it has ${record.kernel})`);
  }
  if (others.length > 0) {
    throw new UsageError(
      `${others.join(', ')}: not as the run in ${options.out} was started; leave ${others.length > 1 ? 'them' : 'it'} out, or give another --out`,
    );
  }
  if (steps === undefined || steps === training.steps) return;
  if (training.schedule !== 'constant') {
    throw new UsageError(
      `--steps ${steps} (it has ${training.steps}) would change the learning rate of steps already done; only a run with --schedule constant can be made longer`,
    );
  }
  if (steps < training.steps) {
    throw new UsageError(
      `--steps ${steps} is less than the ${training.steps} the run in ${options.out} was started with (${step} are done); leave it out or give more`,
    );
  }
}

const flag = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The default for the help: one value, or that of each preset where they differ. */
function preset(choose: (preset: (typeof presets)['quick']) => unknown): string {
  const [quick, article] = [choose(presets.quick), choose(presets.article)];
  return quick === article ? `(default: ${quick})` : `(default: ${quick} in quick, ${article} in article)`;
}

/** Adds all options of a training run but --out. */
export function addTrainOptions(command: Command): Command {
  return command
    .optionsGroup('Picture:')
    .option('--idx <file>', 'take the picture from a file of MNIST, plain or gzipped')
    .addOption(integerOption('--index <n>', 'number of the picture in the --idx file (default: 0)', 0))
    .addOption(choiceOption('--builtin <name>', `one of ${builtInImages.join(', ')}`, builtInImages))
    .option('--invert', 'dark is dense, for dark ink on white paper')
    .addOption(integerOption('--shrink <n>', 'make pictures n times smaller a side, by means over areas'))
    .addOption(
      positivesOption(
        '--weights <w,w,...>',
        'shares of several pictures in one distribution (default: equal)',
      ),
    )
    .optionsGroup('Network:')
    .addOption(
      choiceOption(
        '--preset <name>',
        'quick (default), or article: its own run, number by number',
        Object.keys(presets),
      ),
    )
    .addOption(integerOption('--levels <n>', `noise levels ${preset((p) => p.network.levels)}`))
    .addOption(
      positiveOption('--sigma-min <x>', `noise of the first level ${preset((p) => p.network.sigmaMin)}`),
    )
    .addOption(
      positiveOption('--sigma-max <x>', `noise of the last level ${preset((p) => p.network.sigmaMax)}`),
    )
    .addOption(
      integerOption(
        '--features <n>',
        `cosine features, and as many sines ${preset((p) => p.network.features)}`,
      ),
    )
    .addOption(
      positiveOption(
        '--feature-scale <x>',
        `standard deviation of their frequencies, the first one's ${preset((p) => p.network.featureScale)}`,
      ),
    )
    .addOption(
      positiveOption(
        '--feature-spread <x>',
        "the last one's over the first one's (default: the pixels a side, from 32 to 128, in quick, 1 in article)",
      ),
    )
    .addOption(
      choiceOption(
        '--encoding <kind>',
        `plain: features as they are; averaged: over the noise of each level ${preset((p) => p.network.encoding)}`,
        ['plain', 'averaged'],
      ),
    )
    .addOption(integerOption('--width <n>', `units of a hidden layer ${preset((p) => p.network.width)}`))
    .addOption(integerOption('--depth <n>', `hidden layers ${preset((p) => p.network.depth)}`, 0))
    .addOption(
      choiceOption(
        '--output <kind>',
        `what the last layer gives: the score, or the score times sigma, noise ${preset((p) => p.network.output)}`,
        ['score', 'noise'],
      ),
    )
    .optionsGroup('Training:')
    .addOption(
      integerOption(
        '--batch <n>',
        `points a step, each seen at every level ${preset((p) => p.training.batch)}`,
      ),
    )
    .addOption(integerOption('--steps <n>', `steps ${preset((p) => p.training.steps)}`))
    .addOption(
      positiveOption('--learning-rate <x>', `Adam's step size ${preset((p) => p.training.learningRate)}`),
    )
    .addOption(
      choiceOption(
        '--schedule <kind>',
        `constant, or cosine: down to zero ${preset((p) => p.training.schedule)}`,
        ['constant', 'cosine'],
      ),
    )
    .addOption(
      choiceOption(
        '--objective <kind>',
        `${Object.keys(objectiveLines).join(', ')} (default: score; of images and points an error weighed between score and denoiser)`,
        Object.keys(objectiveLines),
      ),
    )
    .addOption(
      choiceOption(
        '--projections <kind>',
        `of sliced and slicedReduced: sign, 1 or -1, or normal (default: sign)`,
        ['sign', 'normal'],
      ),
    )
    .addOption(seedOption('--seed <n>', 'of the network (default: 0)'))
    .addOption(seedOption('--data-seed <n>', 'of the draws and the noise (default: 426)'))
    .addOption(layoutOption())
    .addOption(threadsOption())
    .addOption(kernelOption())
    .optionsGroup('Output:')
    .addOption(
      integerOption('--print-every <n>', `steps between two printed losses ${preset((p) => p.printEvery)}`),
    )
    .addOption(
      integerOption('--checkpoint-every <n>', `steps between two checkpoints (default: ${CHECKPOINT_EVERY})`),
    )
    .addHelpText('after', explained('Objectives', objectiveLines));
}
