import { join } from 'node:path';
import type { Command } from 'commander';
import { explained, samplerLines, scheduleLines, solverLines } from '../../apps/explanations.js';
import { writeNpy } from '../../index.js';
import { imageFigure, type Picture, shortNumber } from '../../plots/index.js';
import { openDenoiser } from '../denoiser/folder.js';
import { isForDenoiser, type KindOptions } from '../denoiser/kinds.js';
import { SAMPLE_STEPS, SAMPLED, type SampleRunOptions, sampleParts, saveParts } from '../denoiser/sample.js';
import { drawParts, drawSamples, type Samples, samplesOf } from '../run/draws.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { truth } from '../run/pictureFigure.js';
import { type OpenOptions, type OpenRun, openRun } from '../run/runFolder.js';
import { flowOptions, samplerOption, stepSizeOption } from '../run/samplerOptions.js';
import { remark, samplerOf, statisticsText } from '../run/samplers.js';
import { MOST_BINS, OTHER_SAMPLING, SAMPLING, type SamplingOptions } from '../run/samples.js';
import type { ShardOptions } from '../shards/shardFile.js';
import { perform, type Work } from '../shards/work.js';
import {
  integerOption,
  kernelOption,
  layoutOption,
  newCommand,
  positiveOption,
  seedOption,
  threadsOption,
} from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';
import { shardOption } from '../terminal/shardOption.js';

export interface SampleOptions extends SamplingOptions {
  /** Folder for the files. Default: the run's. */
  out?: string;
}

/** Draws samples from a run and writes their histogram beside the truth. */
export async function sampleRun(
  run: OpenRun,
  options: SampleOptions,
  context: Context,
): Promise<{ samples: Samples; files: string[] }> {
  await openFolder(options.out ?? run.folder);
  return saveSamples(run, options, await drawSamples(run, options, context), context);
}

/** Writes the histogram of samples beside the truth. */
async function saveSamples(
  run: OpenRun,
  options: SampleOptions,
  samples: Samples,
  context: Context,
): Promise<{ samples: Samples; files: string[] }> {
  const { report } = context;
  const folder = options.out ?? run.folder;
  await openFolder(folder);
  const { sampler, level, sigma, steps, chains, burnIn, count, histogram, exact, exactSigma } = samples;
  const { totalVariation, expectedTotalVariation } = samples;
  const { bins, xlim, ylim, counts, outside, mean } = histogram;
  report.event('histogram', {
    sampler,
    level,
    sigma,
    chains,
    steps,
    burnIn,
    bins,
    xlim,
    ylim,
    counts: [...counts],
    outside,
    mean: [...mean],
  });
  report.event('distance', { level, sigma, totalVariation, expectedTotalVariation });
  const total = `${count.toLocaleString('en-US')} sample${count === 1 ? '' : 's'}`;
  const by = sampler === 'langevin' ? '' : ` by ${samplerOf(sampler).title}`;
  const left =
    burnIn > 0
      ? `, the first ${burnIn === 1 ? 'step' : `${burnIn.toLocaleString('en-US')} steps`} left out`
      : '';
  report.say(
    `${total} at level ${level} (sigma ${shortNumber(sigma)})${by}: total variation ${totalVariation.toFixed(4)} ` +
      `to the exact distribution${exactSigma === 0 ? ' without noise' : ''} (as many exact draws: ${expectedTotalVariation.toFixed(4)}), ` +
      `mean (${[...mean].map((m) => m.toFixed(3)).join(', ')})${left}${statisticsText(samples.statistics)}`,
  );
  const about = remark(samples.statistics);
  if (about) report.say(about);
  const cells = join(folder, 'histogram.npy');
  await saveFile(cells, writeNpy(counts, [bins, bins]));
  const shown = asDensity(truth(run.data, run.image));
  const exactly = asDensity({
    title: exactSigma === 0 ? 'exact, without noise' : `exact at σ = ${shortNumber(exactSigma)}`,
    height: bins,
    width: bins,
    values: exact.counts,
    caption: `${bins} × ${bins} cells`,
  });
  const figures = await besideResult('histogram', context, () =>
    saveFigure(
      folder,
      'histogram',
      imageFigure({
        pictures: [
          shown,
          {
            ...asDensity({
              title: `${total}, level ${level}`,
              height: bins,
              width: bins,
              values: counts,
              caption: `total variation ${totalVariation.toFixed(3)}; as many exact draws ${expectedTotalVariation.toFixed(3)}`,
            }),
            // Of few samples single cells are far denser than anything exact, which would be dark on their scale.
            range: [0, largest([shown, exactly])],
          },
          exactly,
        ],
        colourBar: 'density',
      }),
    ),
  );
  return { samples, files: [...figures, cells, ...(options.save === undefined ? [] : [options.save])] };
}

/** A picture whose values are the density that they stand for: their mean over the square is 1. */
function asDensity(picture: Picture): Picture {
  const { values, height, width } = picture;
  const total = Array.from(values).reduce((sum, value) => sum + value, 0);
  return { ...picture, values: Float64Array.from(values, (value) => (value / total) * height * width) };
}

/** What each sampler, solver and schedule is. */
export const explanations = () =>
  explained('Samplers', samplerLines) +
  explained('Solvers of flow', solverLines) +
  explained('Schedules of flow and reverse', scheduleLines);

/** The largest value of pictures. */
const largest = (pictures: readonly Picture[]) =>
  pictures.reduce((most, { values }) => Array.from(values).reduce((a, b) => Math.max(a, b), most), 0);

/** The default as text: that of langevin, then those of samplers with another. */
function byDefault(name: 'chains' | 'steps'): string {
  const others = Object.entries(OTHER_SAMPLING).map(
    ([sampler, its]) => `${its[name] ?? SAMPLING[name]} in ${sampler}`,
  );
  return `(default: ${[SAMPLING[name], ...others].join(', ')})`;
}

type SampleFlags = SampleOptions & SampleRunOptions & OpenOptions & ShardOptions & { json?: boolean };

/** The work of sampling a run, of a picture or of a denoiser. */
export async function sampleWork(folder: string, options: SampleFlags, context: Context): Promise<Work> {
  if (await isForDenoiser(folder, options, OWN)) {
    const run = await openDenoiser(folder, options, context.report);
    return {
      core: run.core,
      out: options.out ?? folder,
      compute: (shard) => sampleParts(run, options, context, shard),
      finish: async (parts) => ({ files: await saveParts(run, options, parts, context) }),
    };
  }
  const run = await openRun(folder, options, context.report);
  const out = options.out ?? folder;
  return {
    core: run.core,
    out,
    async compute(shard, samples) {
      await openFolder(out);
      const save = options.save === undefined ? undefined : (samples ?? options.save);
      return drawParts(run, { ...options, save }, context, shard);
    },
    async finish(parts) {
      const drawn = samplesOf(run, options, parts);
      const { samples, files } = await saveSamples(run, options, drawn, context);
      const { sampler, statistics, totalVariation } = samples;
      return { sampler, ...statistics, totalVariation, files };
    },
  };
}

const OWN: KindOptions<SampleFlags> = {
  ofPictures: ['level', 'bins', 'burnIn', 'thin'],
  ofDenoisers: ['label', 'guidance'],
};

const STEPS = Object.entries(SAMPLE_STEPS).map(([name, steps]) => `${name} ${steps}`);

/** Adds the options for drawing samples. */
export function addSamplingOptions(command: Command): Command {
  const [solver, schedule] = flowOptions();
  return command
    .addOption(samplerOption())
    .addOption(solver)
    .addOption(schedule)
    .addOption(
      integerOption(
        '--level <n>',
        'noise level (default: 17, or that of the nearest noise in another network; for walk-jump of sigma 0.1)',
        0,
      ),
    )
    .addOption(integerOption('--chains <n>', `chains side by side ${byDefault('chains')}`))
    .addOption(
      integerOption('--steps <n>', `steps of each chain, of annealed at each level ${byDefault('steps')}`),
    )
    .addOption(stepSizeOption(`${SAMPLING.stepSize}`))
    .addOption(seedOption('--seed <n>', `of the noise (default: ${SAMPLING.seed})`))
    .addOption(
      integerOption(
        '--bins <n>',
        `cells a side of the histogram (default: ${SAMPLING.bins}, or the picture's pixels where noise is less than half of one: of several pixels each above ${MOST_BINS})`,
      ),
    )
    .addOption(
      integerOption('--burn-in <n>', 'first steps of each walk, which are not counted (default: a tenth)', 0),
    )
    .addOption(layoutOption());
}

export function sampleCommand(setup: Setup): Command {
  const command = newCommand('sample', 'draw samples from a run and count them')
    .description(
      'Runs a sampler with the learned score of one noise level and draws the histogram of its steps; of annealed, ' +
        'reverse and flow, which start from the noise of the highest level, that of where they end, and of walk-jump ' +
        'that of its jumps. With a run of images or points it makes new ones from noise by flow, reverse or annealed, ' +
        `or walks at one noise by walk-jump, mala, hmc or nuts and ends with a jump: a sheet of ${SAMPLED.images} images or ${SAMPLED.points} points, in ${STEPS.join(', ')} steps.`,
    )
    .argument('<RUN>', 'folder of a run');
  return addSamplingOptions(command)
    .option(
      '--save <file.npy>',
      'keep the samples themselves: [steps / thin, chains, 2], or [chains, 2] where they start from noise, float32; of ' +
        'images [chains, height, width] or [chains, height, width, channels], from 0 to 1; with --shard the name is not ' +
        'kept: merge writes samples.npy, or what its --out names',
    )
    .addOption(
      integerOption(
        '--thin <n>',
        'keep every n-th position; of walk-jump, jump at every n-th (default: 1, or 10)',
      ),
    )
    .option('--out <folder>', 'where the files go (default: the folder of the run)')
    .addOption(shardOption('chains'))
    .addOption(threadsOption())
    .addOption(kernelOption())
    .addHelpText('after', explanations())
    .optionsGroup('Images and points:')
    .addOption(
      integerOption(
        '--label <k>',
        'make images of this class alone (default: of any; a run with --classes)',
        0,
      ),
    )
    .addOption(
      positiveOption('--guidance <w>', 'with --label: above 1, lean towards the class so much (default: 1)'),
    )
    .action(async (folder: string, options: SampleFlags) => {
      const context = setup(options);
      await perform('sample', await sampleWork(folder, options, context), { folder, options }, context);
    });
}
