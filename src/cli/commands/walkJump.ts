import { join } from 'node:path';
import type { Command } from 'commander';
import { collect, key, type Layout, normal, split, walkJump, writeNpy } from '../../index.js';
import { jumpFigure, shortNumber, splitChains } from '../../plots/index.js';
import { openDenoiser } from '../denoiser/folder.js';
import { isForDenoiser, type KindOptions } from '../denoiser/kinds.js';
import { WALK, type WalkJumpRunOptions, walkRun } from '../denoiser/walkJump.js';
import { besideResult, saveFigure } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { CONTOURS } from '../run/mixtureFigures.js';
import { rowsOf } from '../run/npyFile.js';
import { WALK_JUMP_STEP } from '../run/samplers.js';
import { addSourceOptions, exactProb, openSource, type SourceOptions, withOut } from '../run/source.js';
import { UsageError } from '../terminal/failure.js';
import { integerOption, newCommand, positiveOption } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';

export interface WalkJumpCommandOptions extends SourceOptions {
  out: string;
  steps?: number;
  chains?: number;
  stepSize?: number;
  thin?: number;
  seed?: number;
  layout?: Layout;
}

const DEFAULTS = { steps: 2000, chains: 1, stepSize: WALK_JUMP_STEP, thin: 10, seed: 0 };
/** Most numbers in a walk, which is held in memory. */
const MOST_NUMBERS = 2 ** 26;
/** Most positions of a chain, and most chains, in a figure. */
const MOST_DRAWN = 500;
const MOST_CHAINS = 7;

/** Walks over noisy points and jumps from every `thin`-th position to a clean point; returns the files. */
export async function walkAndJump(
  folder: string | undefined,
  options: WalkJumpCommandOptions,
  context: Context,
): Promise<string[]> {
  const { report, signal } = context;
  const { steps, chains, stepSize, thin, seed } = { ...DEFAULTS, ...options };
  const { out, layout = 'original' } = options;
  const kept = Math.floor(steps / thin);
  if (kept === 0) throw new UsageError(`--thin must be at most --steps, ${steps}, to keep any, got ${thin}`);
  const source = await openSource(folder, options, report);
  const { core, dim, sigma, family, name } = source;
  if (kept * chains * dim > MOST_NUMBERS) {
    throw new UsageError(
      `--steps ${steps} times --chains ${chains} is too much to keep; give a larger --thin`,
    );
  }
  const [walkKey, startKey, noiseKey] = split(key(seed), 3, { layout });
  const clean = source.draw(startKey, chains);
  const init = normal(core, noiseKey, [chains, dim], { layout }).map((z, i) => clean[i] + sigma * z);
  const score = family.at(sigma);
  const last = await report.during({ task: 'walking', total: steps }, (progress) =>
    collect(walkJump(score, { sigma, stepSize, key: walkKey, steps, chains, init, thin, layout, signal }), {
      onState: ({ step }) => progress.update(step),
    }),
  );
  const { path } = last;
  const jumps = last.jump(path);
  report.event('walk', {
    sigma,
    stepSize,
    steps,
    chains,
    thin,
    walk: rowsOf(path, dim),
    jumps: rowsOf(jumps, dim),
  });
  await openFolder(out);
  const files: string[] = [];
  for (const [part, x] of Object.entries({ walk: path, jumps })) {
    const file = join(out, `${part}.npy`);
    await saveFile(file, writeNpy(x, [kept, chains, dim]));
    files.push(file);
  }
  if (dim === 2) {
    const [paths, points] = [path, jumps].map((x) =>
      splitChains(x, chains)
        .slice(0, MOST_CHAINS)
        .map((chain) => chain.subarray(0, 2 * MOST_DRAWN)),
    );
    const noise = shortNumber(sigma);
    const { leastSeen } = source;
    const over = leastSeen > 0 ? `, over the exact at σ = ${shortNumber(leastSeen)}` : '';
    files.push(
      ...(await besideResult('walk-jump', context, () =>
        saveFigure(
          out,
          'walk-jump',
          jumpFigure({
            ...source.limits,
            orientation: source.orientation,
            n: CONTOURS,
            side: 380,
            panels: [
              { title: `walk at σ = ${noise}`, prob: exactProb(source, sigma, CONTOURS), paths },
              { title: `jump: the denoised points${over}`, prob: exactProb(source, 0, CONTOURS), points },
            ],
          }),
        ),
      )),
    );
  }
  const count = (kept * chains).toLocaleString('en-US');
  report.say(`${count} jumps from a walk on ${name} at sigma ${shortNumber(sigma)}: ${out}`);
  return files;
}

type WalkJumpFlags = Omit<WalkJumpCommandOptions, 'out'> & WalkJumpRunOptions & { json?: boolean };

const OWN: KindOptions<WalkJumpFlags> = {
  ofPictures: ['level', 'thin', 'means', 'sds', 'weights'],
  ofDenoisers: [],
};

export function walkJumpCommand(setup: Setup): Command {
  const command = newCommand('walk-jump', 'walk noisy points, and jump to clean ones').description(
    'Walks by Langevin dynamics at one noise, where the distribution is smooth, and jumps from every n-th position y to ' +
      'y + sigma^2 score(y): writes walk.npy and jumps.npy, [steps / thin, chains, dim], and a figure with the walk above ' +
      'and the jumps below. With a run of images it starts from held-out ones with noise, jumps from every step, and ' +
      'draws a moving picture too.',
  );
  return addSourceOptions(command)
    .addOption(
      integerOption(
        '--steps <n>',
        `steps of each chain (default: ${DEFAULTS.steps}, of images or points ${WALK.steps})`,
      ),
    )
    .addOption(integerOption('--chains <n>', `chains side by side (default: ${DEFAULTS.chains})`))
    .addOption(
      positiveOption(
        '--step-size <x>',
        `h, in units of sigma^2 (default: ${DEFAULTS.stepSize}, of images or points ${WALK.stepSize})`,
      ),
    )
    .addOption(
      integerOption(
        '--thin <n>',
        `jump at every n-th step (default: ${DEFAULTS.thin}; of a picture or a mixture)`,
      ),
    )
    .action(async (folder: string | undefined, options: WalkJumpFlags) => {
      const context = setup(options);
      const files = (await isForDenoiser(folder, options, OWN))
        ? await walkRun(await openDenoiser(folder as string, options, context.report), options, context)
        : await walkAndJump(folder, withOut(options, 'walk-jump'), context);
      context.report.event('done', { command: 'walk-jump', files });
    });
}
