import { Argument, type Command } from 'commander';
import { pause } from '../../core/pause.js';
import { foldIn, type Kernel, key, loadCore } from '../../index.js';
import { denoisingFigure } from '../lecture/denoising.js';
import type { LectureFigure } from '../lecture/figure.js';
import { landingFigure } from '../lecture/landing.js';
import { normsFigure } from '../lecture/norms.js';
import { smoothingFigure } from '../lecture/smoothing.js';
import { stepSizeFigure } from '../lecture/stepSize.js';
import { tradeOffFigure } from '../lecture/tradeOff.js';
import { trappedFigure } from '../lecture/trapped.js';
import { viewsFigure } from '../lecture/views.js';
import { walkJumpFigure } from '../lecture/walkJump.js';
import { saveFigure, saveMoving } from '../run/figures.js';
import { openFolder } from '../run/files.js';
import { UsageError } from '../terminal/failure.js';
import { integerOption, kernelOption, newCommand } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';

/** Figures in the order of the lecture. A figure's index is folded into its key, so new ones go to the end. */
export const LECTURE: readonly LectureFigure[] = [
  stepSizeFigure,
  trappedFigure,
  normsFigure,
  smoothingFigure,
  denoisingFigure,
  walkJumpFigure,
  tradeOffFigure,
  viewsFigure,
  landingFigure,
];

export interface LectureOptions {
  out: string;
  seed?: number;
  kernel?: 'auto' | Kernel;
}

/** Draws the named figures of the lecture, or all; returns the files. */
export async function drawLecture(
  names: readonly string[],
  options: LectureOptions,
  context: Context,
): Promise<string[]> {
  const { report, signal } = context;
  const { out, seed = 0, kernel } = options;
  const known = LECTURE.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`figure must be one of ${known.join(', ')}, got ${JSON.stringify(unknown)}`);
  const chosen = LECTURE.filter(({ name }) => names.length === 0 || names.includes(name));
  const core = await loadCore({ kernel });
  await openFolder(out);
  const files: string[] = [];
  const total = chosen.reduce((sum, { parts }) => sum + parts, 0);
  let before = 0;
  await report.during({ task: 'drawing', total, unit: 'part' }, async (progress) => {
    for (const { name, parts, make } of chosen) {
      let completed = before;
      progress.update(completed, name);
      const part = () => progress.update(++completed, name);
      const figureKey = foldIn(key(seed), known.indexOf(name));
      const { svg, numbers, frames } = await make({ core, key: figureKey, signal, part });
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

export function lectureCommand(setup: Setup): Command {
  const list = LECTURE.map(({ name, about }) => `  ${name.padEnd(11)} ${about}`).join('\n');
  return newCommand('lecture', 'draw the figures of a lecture on sampling, denoising and diffusion')
    .description(
      'Draws what a lecture shows of Langevin dynamics, smoothing, denoising, walk-jump sampling and diffusion, each ' +
        'figure as SVG and PNG; each is the same alone and among the others. With --json the numbers of each are printed.',
    )
    .addArgument(new Argument('[figures...]', 'which figures to draw (default: all)'))
    .requiredOption('--out <folder>', 'where the files go')
    .addOption(integerOption('--seed <n>', 'of all draws (default: 0)', 0))
    .addOption(kernelOption())
    .addHelpText('after', `\nFigures:\n${list}`)
    .action(async (figures: string[], options: LectureOptions & { json?: boolean }) => {
      const context = setup(options);
      const files = await drawLecture(figures, options, context);
      context.report.event('done', { command: 'lecture', files });
    });
}
