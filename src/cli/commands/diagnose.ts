import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { pause } from '../../core/pause.js';
import { integratedAutocorrelationTime, modeOccupancy, summary } from '../../index.js';
import { drawChains } from '../run/chainFigures.js';
import { type Chains, column, ORDERS, type Order, readChains } from '../run/chainFile.js';
import { COLUMNS, type Diagnosis, table, verdict } from '../run/diagnosis.js';
import { openFolder, saveFile } from '../run/files.js';
import { UsageError } from '../terminal/failure.js';
import { choiceOption, integerOption, newCommand, pointsOption } from '../terminal/options.js';
import type { Context, Setup } from '../terminal/report.js';

export interface DiagnoseOptions {
  order?: Order;
  chains?: number;
  burnIn?: number;
  modes?: number[][];
  out?: string;
}

/** Reports how well chains have mixed and the statistics of each coordinate; returns the files, if any. */
export async function diagnoseFile(
  file: string,
  options: DiagnoseOptions,
  context: Context,
): Promise<string[]> {
  const { report } = context;
  const { out } = options;
  const samples = await readChains(file, options);
  if (samples.hint) report.say(samples.hint);
  const { draws, length, chains, dim, burnIn } = samples;
  const modes = options.modes && occupancy(draws, { chains, dim }, options.modes);
  if (out !== undefined) await openFolder(out);
  report.event('samples', { draws: length, chains, dim, burnIn });
  const rows = await diagnose(samples, context);
  report.say(
    `${basename(file)}: ${length.toLocaleString('en-US')} draws of ${chains} chain${chains > 1 ? 's' : ''}` +
      `, ${dim} coordinate${dim > 1 ? 's' : ''}${burnIn > 0 ? `, after ${burnIn.toLocaleString('en-US')} left out` : ''}` +
      `\n${table(rows)}\n${verdict(rows)}`,
  );
  if (modes) {
    const count = modes.share.length;
    const byChain = Array.from({ length: chains }, (_, c) => [
      ...modes.byChain.subarray(c * count, (c + 1) * count),
    ]);
    const jumps = modes.jumps.reduce((sum, n) => sum + n, 0);
    report.event('modes', {
      centres: options.modes,
      share: [...modes.share],
      mcse: [...modes.mcse],
      byChain,
      jumps: [...modes.jumps],
    });
    const shares = [...modes.share].map(
      (share, k) => `${share.toFixed(3)} \u00b1 ${modes.mcse[k].toFixed(3)}`,
    );
    report.say(
      `Modes hold ${shares.join(', ')} of the draws; ${jumps.toLocaleString('en-US')} jumps between them`,
    );
  }
  if (out === undefined) return [];
  const csv = join(out, 'diagnostics.csv');
  const lines = rows.map(({ name, ...row }) =>
    [`"${name}"`, ...COLUMNS.map((column) => row[column])].join(','),
  );
  await saveFile(csv, [['name', ...COLUMNS].join(','), ...lines, ''].join('\n'));
  return [...(await drawChains(samples, rows, out, context)), csv];
}

function occupancy(draws: Chains['draws'], shape: { chains: number; dim: number }, centres: number[][]) {
  const wrong = centres.find((centre) => centre.length !== shape.dim);
  if (wrong) {
    throw new UsageError(
      `--modes must be points of ${shape.dim} coordinates, as the samples are, got ${wrong.length}`,
    );
  }
  return modeOccupancy(draws, { ...shape, centres });
}

async function diagnose(samples: Chains, { report, signal }: Context): Promise<Diagnosis[]> {
  const { chains, dim } = samples;
  const rows: Diagnosis[] = [];
  await report.during({ task: 'diagnosing', total: dim, unit: 'coordinate' }, async (progress) => {
    for (let at = 0; at < dim; at++) {
      await pause();
      signal.throwIfAborted();
      const x = column(samples, at);
      const [row] = summary(x, { chains, names: [`x[${at}]`] });
      const [autocorrelationTime] = integratedAutocorrelationTime(x, { chains });
      rows.push({ ...row, autocorrelationTime });
      report.event('coordinate', rows[at]);
      progress.update(at + 1);
    }
  });
  return rows;
}

export function diagnoseCommand(setup: Setup): Command {
  return newCommand('diagnose', 'say how well chains have mixed, and what their samples are worth')
    .description(
      'Gives mean, standard deviation, their Monte-Carlo errors, bulk and tail effective sample size, rank-normalised ' +
        'split R-hat and the integrated autocorrelation time (tau, in draws) of every coordinate; after Vehtari and ' +
        'others 2021, as ArviZ does. With --json a number that does not exist is null.',
    )
    .argument(
      '<SAMPLES.npy>',
      'samples of shape [draws, chains, dim], as sample --save has them, or [draws, dim]',
    )
    .addOption(
      choiceOption(
        '--order <axes>',
        'draws,chains as above (default), or chains,draws: [chains, draws, dim] or [chains, draws], as ArviZ and Stan have them',
        ORDERS,
      ),
    )
    .addOption(
      integerOption('--chains <n>', 'chains of a [draws, dim] file, whose rows then take turns (default: 1)'),
    )
    .addOption(
      integerOption('--burn-in <n>', 'draws of each chain to leave out at its start (default: 0)', 0),
    )
    .addOption(
      pointsOption('--modes <points>', 'centres of modes, to count draws in each and jumps between them'),
    )
    .option(
      '--out <folder>',
      'where to write diagnostics.csv and the figures: trace, autocorrelation and, of several chains, rank',
    )
    .action(async (file: string, options: DiagnoseOptions & { json?: boolean }) => {
      const context = setup(options);
      const files = await diagnoseFile(file, options, context);
      context.report.event('done', { command: 'diagnose', files });
    });
}
