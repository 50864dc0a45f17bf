import type { Command } from 'commander';
import type { Kernel } from '../../index.js';
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

/** Draws the learned score as arrows, one panel a noise level; returns the files. */
export async function drawField(
  { folder, network, step }: OpenRun,
  { levels, grid: n = GRID, out = folder }: FieldOptions,
  { report, signal }: Context,
): Promise<string[]> {
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
    panels.push({ title: `level ${level}: sigma ${shortNumber(sigma)}`, n, x, score });
    report.event('field', { level, sigma, grid: n, x: rowsOf(x, 2), score: rowsOf(score, 2) });
  }
  await openFolder(out);
  const title = `The learned score after ${step.toLocaleString('en-US')} steps`;
  const files = await saveFigure(out, 'field', fieldFigure({ ...limits, panels, title }));
  report.say(`Score field at level${shown.length > 1 ? 's' : ''} ${shown.join(', ')}: ${files[1]}`);
  return files;
}

export function fieldCommand(setup: Setup): Command {
  return newCommand('field', 'draw the learned score as arrows')
    .description('Draws the vector field of the learned score at several noise levels, 3 panels a row.')
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
