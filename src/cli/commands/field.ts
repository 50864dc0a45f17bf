import type { Command } from 'commander';
import { type Kernel, type PointSet, smoothedHistogram } from '../../index.js';
import { type FieldPanel, fieldFigure, gridPoints, shortNumber } from '../../plots/index.js';
import { saveFigure } from '../run/figures.js';
import { openFolder } from '../run/files.js';
import { rowsOf } from '../run/npyFile.js';
import { type OpenRun, openRun } from '../run/runFolder.js';
import { UsageError } from '../terminal/failure.js';
import { integerOption, integersOption, kernelOption, newCommand } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';

export interface FieldOptions {
  levels?: number[];
  grid?: number;
  out?: string;
}

const LEVELS = [0, 3, 6, 9, 12, 15, 18, 21, 24];
const GRID = 15;
/** More arrows a side are no picture: each is smaller than a pixel. */
const MOST_GRID = 500;

/** Draws the learned score as arrows, one panel a noise level; returns the files. */
export async function drawField(
  { folder, network, data, step }: OpenRun,
  { levels, grid: n = GRID, out = folder }: FieldOptions,
  { report, signal }: Context,
): Promise<string[]> {
  if (n > MOST_GRID) throw new UsageError(`--grid must be at most ${MOST_GRID}, got ${n}`);
  const { length } = network.sigmas;
  const wrong = levels?.find((level) => level >= length);
  if (wrong !== undefined) {
    throw new UsageError(
      `--levels must be from 0 to ${length - 1}, the levels of this network, got ${wrong}`,
    );
  }
  const shown = levels ?? LEVELS.filter((level) => level < length);
  const limits = { xlim: [0, 1] as const, ylim: [0, 1] as const };
  const x = gridPoints({ ...limits, n });
  const panels: FieldPanel[] = [];
  for (const level of shown) {
    signal.throwIfAborted();
    const learned = network.at(level);
    const score = learned.score(x);
    learned.dispose();
    const sigma = network.sigmas[level];
    const ground = pictureUnder(data, Math.max(sigma, LEAST_BLUR));
    panels.push({ title: `level ${level}: σ = ${shortNumber(sigma)}`, n, x, score, ground });
    report.event('field', { level, sigma, grid: n, x: rowsOf(x, 2), score: rowsOf(score, 2) });
  }
  await openFolder(out);
  const title = `The learned score after ${step.toLocaleString('en-US')} steps`;
  const files = await saveFigure(out, 'field', fieldFigure({ ...limits, panels, title }));
  report.say(`Score field at level${shown.length > 1 ? 's' : ''} ${shown.join(', ')}: ${files[1]}`);
  return files;
}

/** Grid points a side of the picture under the arrows, and the least noise that it is drawn with. */
const GROUND = 64;
const LEAST_BLUR = 0.02;

/** The density of the data under noise sigma, on a grid over the unit square. */
function pictureUnder(data: PointSet, sigma: number): { n: number; values: Float64Array } {
  const n = GROUND;
  // Cells whose middles are the points of the grid.
  const half = 0.5 / (n - 1);
  const limits = [-half, 1 + half] as const;
  const { counts } = smoothedHistogram(data, sigma, { bins: n, xlim: limits, ylim: limits });
  return { n, values: counts.map((_, k) => counts[(k % n) * n + Math.floor(k / n)]) };
}

export function fieldCommand(setup: Setup): Command {
  return newCommand('field', 'draw the learned score as arrows')
    .description(
      'Draws the vector field of the learned score at several noise levels, 3 panels a row, over the picture under their ' +
        'noise. Lengths of arrows go with the root of the score, in each panel on a scale of its own.',
    )
    .argument('<RUN>', 'folder of a run')
    .addOption(
      integersOption(
        '--levels <l,l,...>',
        `noise levels (default: ${LEVELS}, as far as the network has them)`,
      ),
    )
    .addOption(integerOption('--grid <n>', `arrows a side (default: ${GRID})`))
    .option('--out <folder>', 'where the files go (default: the folder of the run)')
    .addOption(kernelOption())
    .action(async (folder: string, options: FieldOptions & { kernel?: 'auto' | Kernel; json?: boolean }) => {
      const context = setup(options);
      const files = await drawField(await openRun(folder, options, context.report), options, context);
      context.report.event('done', { command: 'field', files });
    });
}
