import { join } from 'node:path';
import type { Command } from 'commander';
import { digits, type ImageSet, type Kernel, key, loadCore } from '../../index.js';
import { type DenoiserData, imageData } from '../denoiser/data.js';
import { denoiseRun } from '../denoiser/denoise.js';
import { evaluateDenoiser } from '../denoiser/evaluate.js';
import { isDenoiserRun, type OpenDenoiser, openDenoiser, readDenoiserRecord } from '../denoiser/folder.js';
import { addUnetOptions } from '../denoiser/options.js';
import { checkSource } from '../denoiser/sameRun.js';
import { sampleDenoiser } from '../denoiser/sample.js';
import {
  CHECKPOINT_EVERY,
  heldOutCount,
  PRINT_EVERY,
  type TrainDenoiserFlags,
} from '../denoiser/settings.js';
import { trainDenoiserRun } from '../denoiser/train.js';
import { walkRun } from '../denoiser/walkJump.js';
import { exists } from '../run/files.js';
import { readImages, sourceName } from '../run/imageFiles.js';
import { areNewer, type Outputs, sayOutputs } from '../run/mainJob.js';
import { holdsRun, runPath } from '../run/runFolder.js';
import { UsageError } from '../terminal/failure.js';
import {
  integerOption,
  kernelOption,
  newCommand,
  positiveOption,
  seedOption,
  threadsOption,
} from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';

export interface DigitsOptions extends TrainDenoiserFlags {
  /** A file of images; without it, digits are drawn. */
  idx?: string;
  /** Digits to draw. */
  count?: number;
}

const DEFAULTS = { count: 10_000, steps: 2500 };
/** The key of the digits that are drawn. */
const DIGITS_KEY = 0;
/** Held-out images that the denoisers are compared on: enough for three digits. */
const JUDGED = 300;

/** Files of the command with a description each, for the final list. */
const OUTPUTS: Outputs = [
  ['images.png', 'some of the digits that are learned'],
  ['loss.png', 'how the loss went'],
  ['denoise.png', 'digits it has not seen: clean, noisy, denoised'],
  ['walk-jump.png', 'a walk through noisy digits, and the jump from every step to a clean one'],
  ['walk-jump.gif', 'the same, moving'],
  ['walk-jump.mp4', 'the same, as a film'],
  ['samples.png', 'new digits, made from noise'],
  ['quality.png', 'errors on digits it has not seen, beside those of other denoisers'],
  ['weights.safetensors', 'the network'],
];

type Look = (run: OpenDenoiser, context: Context) => Promise<string[]>;

/** What is done with a trained network, and the files that show that it has been. */
const LOOKS: readonly { files: readonly string[]; look: Look }[] = [
  {
    files: ['denoise.svg', 'denoise.png', 'denoised.npy'],
    look: (run, context) => denoiseRun(run, {}, context),
  },
  {
    files: ['walk-jump.svg', 'walk-jump.png', 'walk-jump.gif', 'walk.npy', 'jumps.npy'],
    look: (run, context) => walkRun(run, {}, context),
  },
  { files: ['samples.png', 'samples.npy'], look: (run, context) => sampleDenoiser(run, {}, context) },
  {
    files: ['quality.svg', 'quality.png', 'quality.csv'],
    look: (run, context) => evaluateDenoiser(run, { samples: JUDGED }, context),
  },
];

/** Learns to denoise digits, and shows what that is good for, in one folder; skips what exists already. */
export async function runDigits(options: DigitsOptions, context: Context): Promise<string[]> {
  const { out, kernel, threads } = options;
  const began = performance.now();
  if (options.idx !== undefined && options.count !== undefined)
    throw new UsageError('--count is for digits that are drawn, not for --idx; leave it out');
  const resume = await holdsRun(out);
  const { idx, count } = options;
  if (await isDenoiserRun(out)) {
    const named = idx === undefined ? count && drawn(count) : sourceName([idx]);
    checkSource(out, named || undefined, (await readDenoiserRecord(out)).source);
  }
  // A run that has begun keeps its own number.
  const hasBegun = await exists(runPath(out, 'checkpoint'));
  const steps = options.steps ?? (hasBegun ? undefined : DEFAULTS.steps);
  const training = { ...options, steps, resume, idx: undefined };
  const given = { load: () => digitData(options), goOn: `scorefield digits --out ${out}` };
  await trainDenoiserRun([], training, context, given);
  let run: OpenDenoiser | undefined;
  for (const { files, look } of LOOKS) {
    context.signal.throwIfAborted();
    if (await areNewer(out, files)) continue;
    run ??= await openDenoiser(out, { kernel, threads }, context.report);
    await look(run, context);
  }
  return sayOutputs(out, OUTPUTS, context, began);
}

const drawn = (count: number) => `${count.toLocaleString('en-US')} drawn digits`;

/** Digits of the file, or drawn ones; the last are held out. */
async function digitData(options: DigitsOptions): Promise<{ data: DenoiserData; source: string }> {
  const { idx, count = DEFAULTS.count, kernel } = options;
  // The denoisers are compared on what is held out.
  const split = (set: ImageSet) =>
    imageData(set, { heldOut: options.heldOut ?? Math.max(1, heldOutCount(set.count, {})) });
  if (idx !== undefined) {
    const set = await readImages([idx]);
    return { data: split(set), source: set.source };
  }
  const core = await loadCore({ kernel });
  try {
    const set = digits(core, key(DIGITS_KEY), count);
    return { data: split(set), source: drawn(count) };
  } finally {
    core.dispose();
  }
}

export function digitsCommand(setup: Setup): Command {
  const command = newCommand('digits', 'the other main job: learn whole pictures of digits, in one folder')
    .description(
      'Trains a U-Net to take noise off handwritten digits, drawn ones or those of an IDX file; then denoises digits it ' +
        'has not seen, walks and jumps, makes new digits from noise, and says how good it is beside other denoisers. ' +
        'Interrupted or run again, it goes on with what is there.',
    )
    .option('--out <folder>', 'where everything goes', join('runs', 'digits'))
    .option('--idx <file>', 'digits of this IDX file, as of MNIST, plain or gzipped (default: drawn ones)')
    .addOption(integerOption('--count <n>', `digits to draw (default: ${DEFAULTS.count})`))
    .addOption(
      integerOption('--held-out <n>', 'the last n are not trained on (default: a tenth, at most 1000)', 1),
    )
    .optionsGroup('Network:');
  return addUnetOptions(command)
    .optionsGroup('Training:')
    .addOption(integerOption('--steps <n>', `steps (default: ${DEFAULTS.steps})`))
    .addOption(integerOption('--batch <n>', 'images a step (default: 32)'))
    .addOption(positiveOption('--learning-rate <x>', "Adam's step size (default: 0.001)"))
    .addOption(seedOption('--seed <n>', 'of the network (default: 0)'))
    .addOption(seedOption('--data-seed <n>', 'of the draws and the noise (default: 426)'))
    .addOption(threadsOption())
    .addOption(kernelOption())
    .addOption(
      integerOption('--print-every <n>', `steps between two printed losses (default: ${PRINT_EVERY})`),
    )
    .addOption(
      integerOption('--checkpoint-every <n>', `steps between two checkpoints (default: ${CHECKPOINT_EVERY})`),
    )
    .action(async (options: DigitsOptions & { kernel?: 'auto' | Kernel; json?: boolean }) => {
      const context = setup(options);
      const files = await runDigits(options, context);
      context.report.event('done', { command: 'digits', files });
    });
}
