import { join } from 'node:path';
import type { Command } from 'commander';
import { HMC_DEFAULTS } from '../../apps/samplerTable.js';
import { hypot } from '../../core/elementary.js';
import { collect, type Kernel, key, type Layout, loadCore, normal, split, writeNpy } from '../../index.js';
import { besideResult } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { drawFigures } from '../run/mixtureFigures.js';
import {
  addMixtureOptions,
  type MixtureFlags,
  type MixtureSource,
  mixtureSource,
} from '../run/mixtureSource.js';
import { flowOptions, samplerOption, stepSizeOption } from '../run/samplerOptions.js';
import {
  checkSampler,
  type OwnOptions,
  remark,
  type SamplerName,
  type Statistics,
  samplerOf,
  startSampling,
  statisticsOf,
  statisticsText,
  type Target,
} from '../run/samplers.js';
import { UsageError } from '../terminal/failure.js';
import {
  integerOption,
  kernelOption,
  layoutOption,
  newCommand,
  positiveOption,
  seedOption,
} from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';
import { explanations } from './sample.js';

export interface MixtureOptions extends MixtureFlags, OwnOptions {
  out: string;
  sampler?: SamplerName;
  steps?: number;
  chains?: number;
  /** Noise of the mixture that is sampled. */
  sigma?: number;
  seed?: number;
  layout?: Layout;
  kernel?: 'auto' | Kernel;
}

/** What the command writes for a mixture in the plane; mp4 where there is ffmpeg. */
export const MIXTURE_FILES = [
  'density.svg',
  'density.png',
  'path.svg',
  'path.png',
  'path.gif',
  'path.npy',
] as const;

/** Defaults: the article's path, and the numbers of samplers that differ. */
const ARTICLE = { steps: 200, stepSize: 0.01, chains: 1, seed: 0 };
const OTHERS: Partial<Record<SamplerName, { steps: number; chains: number }>> = {
  annealed: { steps: 50, chains: 20 },
  reverse: { steps: 100, chains: 20 },
  flow: { steps: 40, chains: 20 },
};
/** Noise levels of annealing; and the noise that samplers start from, in units of the mixture's standard deviation. */
const LEVELS = 10;
const START = 3;
/** Most numbers in a path, which is held in memory and printed with --json. */
const MOST_NUMBERS = 2 ** 26;

function targetOf(source: MixtureSource, sampler: SamplerName, given?: number): Target {
  const { family, spread, least } = source;
  // Walk-jump walks under noise that fills the gaps between components.
  const sigma = given ?? (sampler === 'walk-jump' ? spread : 0);
  const sigmaMax = START * spread;
  if (samplerOf(sampler).startsFromNoise && sigma >= sigmaMax) {
    throw new UsageError(
      `--sigma must be below ${sigmaMax.toPrecision(3)}, the noise that ${sampler} starts from, got ${sigma}`,
    );
  }
  return {
    family,
    score: source.at(sigma),
    sigma,
    scale: hypot(least, sigma),
    sigmaMax,
    levels: LEVELS,
  };
}

/** Draws a mixture's log-density and score, and a path of a sampler on it; returns the files. */
export async function runMixture(
  options: MixtureOptions,
  context: Context,
): Promise<{ files: string[]; statistics: Statistics }> {
  const { report, signal } = context;
  const { out, sampler = 'langevin', layout = 'original', kernel, leapfrogs, solver, schedule } = options;
  const { steps, chains, seed } = { ...ARTICLE, ...OTHERS[sampler], ...options };
  checkSampler(sampler, options);
  const core = await loadCore({ kernel });
  const source = mixtureSource(core, options);
  const { means, sds, family } = source;
  const { dim } = family;
  if (steps * (sampler === 'annealed' ? LEVELS + 1 : 1) * chains * dim > MOST_NUMBERS) {
    throw new UsageError(
      `--steps ${steps} times --chains ${chains} is a path of more than ${MOST_NUMBERS} numbers; lower one of them`,
    );
  }
  const target = targetOf(source, sampler, options.sigma);
  const stepSize = options.stepSize ?? (sampler === 'langevin' ? ARTICLE.stepSize : undefined);
  const [zKey, x0Key] = split(key(seed), 3, { layout });
  const init = normal(core, x0Key, [chains, dim], { layout }).map((z) => 0.5 * z);
  const sampling = startSampling(
    sampler,
    target,
    { key: zKey, steps, chains, init, thin: 1, layout, signal },
    { stepSize, leapfrogs, solver, schedule },
  );
  const { steps: total, warmup } = sampling;
  await openFolder(out);
  const last = await report.during({ task: 'sampling', total: warmup + total }, (progress) =>
    collect(sampling.states, { onState: ({ step }) => progress.update(step + warmup) }),
  );
  const { path } = last;
  for (let chain = 0; chain < chains; chain++) {
    const x = Array.from({ length: total }, (_, t) =>
      Array.from(path.subarray((t * chains + chain) * dim, (t * chains + chain + 1) * dim)),
    );
    report.event('path', { chain, x });
  }
  const files = [join(out, 'path.npy')];
  await saveFile(files[0], writeNpy(path, [total, chains, dim]));
  if (last.jump) {
    files.push(join(out, 'jumps.npy'));
    await saveFile(files[1], writeNpy(last.jump(path), [total, chains, dim]));
  }
  const { title, startsFromNoise } = samplerOf(sampler);
  const statistics = statisticsOf(last, sampling.stepSize, sampler);
  const steppedBy = `${total.toLocaleString('en-US')} steps of ${title}`;
  const made = `${steppedBy}${sampler === 'langevin' ? '' : statisticsText(statistics)}`;
  const about = remark(statistics);
  if (dim !== 2) {
    report.say(`${made}. The figures are for 2 dimensions; with ${dim} there is only the path: ${files[0]}`);
    if (about) report.say(about);
    return { files, statistics };
  }
  const noisy = sds.map((row) => row.map((sd) => hypot(sd, target.sigma)));
  const drawn = { means, sds: noisy, path, steps: total, chains, title: steppedBy, startsFromNoise, out };
  const figures = await besideResult('path', context, () =>
    drawFigures(source.at(target.sigma), drawn, context),
  );
  report.say(`A mixture of ${means.length}, and ${made} on it: ${out}`);
  if (about) report.say(about);
  return { files: [...figures, ...files], statistics };
}

export function mixtureCommand(setup: Setup): Command {
  const command = newCommand('mixture', 'draw a mixture of Gaussians, its score, and a path on it')
    .description(
      'Draws the log-density of a mixture of Gaussians with its score, and a path of a sampler as a picture and as a ' +
        'moving picture. In other than 2 dimensions there is only the path. Of walk-jump the path is the walk, and ' +
        'jumps.npy the jumps from it.',
    )
    .addOption(samplerOption());
  const [solver, schedule] = flowOptions();
  return addMixtureOptions(command)
    .addOption(solver)
    .addOption(schedule)
    .addOption(
      integerOption(
        '--steps <n>',
        `steps of each chain, of annealed at each of ${LEVELS} levels (default: ${ARTICLE.steps}, 50 in annealed, 100 in reverse, 40 in flow)`,
      ),
    )
    .addOption(stepSizeOption(`${ARTICLE.stepSize}`))
    .addOption(
      integerOption(
        '--leapfrogs <n>',
        `leapfrog steps of a step of hmc (default: ${HMC_DEFAULTS.leapfrogs})`,
      ),
    )
    .addOption(
      positiveOption(
        '--sigma <x>',
        'noise on the mixture that is sampled (default: none; for walk-jump its largest standard deviation)',
      ),
    )
    .addOption(
      integerOption(
        '--chains <n>',
        `chains side by side (default: ${ARTICLE.chains}, or 20 where they start from noise)`,
      ),
    )
    .addOption(seedOption('--seed <n>', `of starts and noise (default: ${ARTICLE.seed})`))
    .addOption(layoutOption())
    .addOption(kernelOption())
    .requiredOption('--out <folder>', 'where the files go')
    .addHelpText('after', explanations())
    .action(async (options: MixtureOptions & { json?: boolean }) => {
      const context = setup(options);
      const { files, statistics } = await runMixture(options, context);
      const { sampler = 'langevin' } = options;
      context.report.event('done', { command: 'mixture', sampler, ...statistics, files });
    });
}
