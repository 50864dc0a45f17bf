import { Argument, type Command } from 'commander';
import { pause } from '../../core/pause.js';
import { type Core, foldIn, type Kernel, key, loadCore } from '../../index.js';
import { averageFigure } from '../lecture/average.js';
import { blurFigure } from '../lecture/blur.js';
import { colourFigure } from '../lecture/colour.js';
import { conditionalFigure } from '../lecture/conditional.js';
import { denoisingFigure } from '../lecture/denoising.js';
import { dropFigure } from '../lecture/drop.js';
import { energyFigure } from '../lecture/energy.js';
import type { FigureInput, FigureOutput, LearnedFigure, LectureFigure } from '../lecture/figure.js';
import { filledInFigure } from '../lecture/filledIn.js';
import { illConditionedFigure } from '../lecture/illConditioned.js';
import { type ImageRun, openImageRun, ownImageRun } from '../lecture/imageRun.js';
import { inpaintedFigure } from '../lecture/inpainted.js';
import { landingFigure } from '../lecture/landing.js';
import { learnedDigitsFigure } from '../lecture/learnedDigits.js';
import { learnedWalkFigure } from '../lecture/learnedWalk.js';
import { localFigure } from '../lecture/local.js';
import { manifoldFigure } from '../lecture/manifold.js';
import { mixingFigure } from '../lecture/mixingFigure.js';
import { noiseModelsFigure } from '../lecture/noiseModels.js';
import { normsFigure } from '../lecture/norms.js';
import { objectivesFigure } from '../lecture/objectives.js';
import { regressionFigure } from '../lecture/regression.js';
import { ridgeFigure } from '../lecture/ridge.js';
import { smoothingFigure } from '../lecture/smoothing.js';
import { solversFigure } from '../lecture/solvers.js';
import { stepSizeFigure } from '../lecture/stepSize.js';
import { tradeOffFigure } from '../lecture/tradeOff.js';
import { trappedFigure } from '../lecture/trapped.js';
import { viewsFigure } from '../lecture/views.js';
import { walkJumpFigure } from '../lecture/walkJump.js';
import { saveFigure, saveMoving } from '../run/figures.js';
import { openFolder } from '../run/files.js';
import { UsageError } from '../terminal/failure.js';
import { kernelOption, newCommand, seedOption } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';

/** Figures in the order of the lecture. */
export const LECTURE: readonly (LectureFigure | LearnedFigure)[] = [
  stepSizeFigure,
  trappedFigure,
  normsFigure,
  smoothingFigure,
  denoisingFigure,
  walkJumpFigure,
  tradeOffFigure,
  viewsFigure,
  landingFigure,
  learnedDigitsFigure,
  learnedWalkFigure,
  mixingFigure,
  manifoldFigure,
  colourFigure,
  noiseModelsFigure,
  regressionFigure,
  averageFigure,
  illConditionedFigure,
  ridgeFigure,
  dropFigure,
  blurFigure,
  localFigure,
  solversFigure,
  conditionalFigure,
  filledInFigure,
  inpaintedFigure,
  energyFigure,
  objectivesFigure,
];

const isLearned = (figure: LectureFigure | LearnedFigure): figure is LearnedFigure => 'lacks' in figure;

export interface LectureOptions {
  out: string;
  /** The folder of a run of images. */
  run?: string;
  seed?: number;
  kernel?: 'auto' | Kernel;
}

/** Draws the named figures of the lecture, or all that fit; returns the files. */
export async function drawLecture(
  names: readonly string[],
  options: LectureOptions,
  context: Context,
): Promise<string[]> {
  const known = LECTURE.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`figure must be one of ${known.join(', ')}, got ${JSON.stringify(unknown)}`);
  const named = LECTURE.filter(({ name }) => names.includes(name));
  const run = await runFor(named, options, context);
  try {
    const fitting = LECTURE.filter((figure) => !isLearned(figure) || (run && !figure.lacks(run)));
    const core = await loadCore({ kernel: options.kernel });
    return await drawFigures(named.length > 0 ? named : fitting, options, { core, run, context });
  } finally {
    run?.denoiser.core.dispose();
  }
}

/** The run of images that the named figures, or all, are drawn from; undefined if they need none. */
async function runFor(
  named: readonly (LectureFigure | LearnedFigure)[],
  options: LectureOptions,
  context: Context,
): Promise<ImageRun | undefined> {
  const learned = named.filter(isLearned);
  if (options.run === undefined) {
    if (learned.length === 0) return undefined;
    if (learned.includes(colourFigure)) {
      throw new UsageError(
        'colour needs a run of colour images, given by --run; scorefield train --images FILES --out RUN makes one',
      );
    }
    return ownImageRun(
      options.out,
      { kernel: options.kernel, names: named.map(({ name }) => name) },
      context,
    );
  }
  const run = await openImageRun(options.run, options, context.report);
  for (const figure of learned) {
    const lacking = figure.lacks(run);
    if (lacking === undefined) continue;
    run.denoiser.core.dispose();
    throw new UsageError(`${figure.name} needs ${lacking}, which the run in ${options.run} does not have`);
  }
  return run;
}

async function drawFigures(
  chosen: readonly (LectureFigure | LearnedFigure)[],
  { out, seed = 0 }: LectureOptions,
  { core, run, context }: { core: Core; run?: ImageRun; context: Context },
): Promise<string[]> {
  const { report, signal } = context;
  await openFolder(out);
  const files: string[] = [];
  const total = chosen.reduce((sum, { parts }) => sum + parts, 0);
  let before = 0;
  await report.during({ task: 'drawing', total, unit: 'part' }, async (progress) => {
    for (const figure of chosen) {
      const { name, parts } = figure;
      let completed = before;
      progress.update(completed, name);
      const part = () => progress.update(++completed, name);
      const figureKey = foldIn(key(seed), figure.draws);
      const { svg, numbers, frames } = await made(figure, { core, key: figureKey, signal, part }, run);
      // Lets a signal handler run: a figure may compute without ever waiting.
      await pause();
      signal.throwIfAborted();
      const saved = await saveFigure(out, name, svg);
      if (frames) saved.push(...(await saveMoving(out, name, frames, context)));
      report.event('figure', { name, ...numbers, files: saved });
      files.push(...saved);
      before += parts;
      progress.update(before, name);
    }
  });
  report.say(`${chosen.length === 1 ? `The figure ${chosen[0].name}` : `${chosen.length} figures`}: ${out}`);
  return files;
}

function made(
  figure: LectureFigure | LearnedFigure,
  input: FigureInput,
  run?: ImageRun,
): Promise<FigureOutput> {
  return isLearned(figure) ? figure.make(input, run as ImageRun) : figure.make(input);
}

export function lectureCommand(setup: Setup): Command {
  const list = (figures: readonly { name: string; about: string }[]) =>
    figures.map(({ name, about }) => `  ${name.padEnd(15)} ${about}`).join('\n');
  return newCommand('lecture', 'draw the figures of a lecture on sampling, denoising and diffusion')
    .description(
      'Draws what a lecture shows of Langevin dynamics, smoothing, denoising, walk-jump sampling and diffusion, each ' +
        'figure as SVG and PNG; each is the same alone and among the others. With --json the numbers of each are printed. ' +
        'Some are of a learned denoiser of images: that of --run, which scorefield train --images makes, or a small ' +
        'network that is trained on digits for a few minutes, in the folder denoiser of --out, and used again.',
    )
    .addArgument(
      new Argument('[figures...]', 'which figures to draw (default: all; without --run, those of no run)'),
    )
    .requiredOption('--out <folder>', 'where the files go')
    .option('--run <folder>', 'a run of images, for the figures of a learned denoiser')
    .addOption(seedOption('--seed <n>', 'of all draws (default: 0)'))
    .addOption(kernelOption())
    .addHelpText(
      'after',
      `\nFigures:\n${list(LECTURE.filter((figure) => !isLearned(figure)))}\n\n` +
        `Figures of a learned denoiser, of --run:\n${list(LECTURE.filter(isLearned))}`,
    )
    .action(async (figures: string[], options: LectureOptions & { json?: boolean }) => {
      const context = setup(options);
      const files = await drawLecture(figures, options, context);
      context.report.event('done', { command: 'lecture', files });
    });
}
