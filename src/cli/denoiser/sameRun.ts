// Whether the options of a command line agree with a run that is to be gone on with.
import type { DenoiserCheckpoint } from '../../index.js';
import { sourceName } from '../run/imageFiles.js';
import { UsageError } from '../terminal/failure.js';
import type { DenoiserRecord } from './folder.js';
import { flag, type TrainDenoiserFlags } from './settings.js';

/** Options that make the network and the data, and are kept in run.json as they were given. */
const RECORDED = [
  'network',
  'channels',
  'blocks',
  'groups',
  'attention',
  'width',
  'depth',
  'classes',
  'sigma',
  'sigmaMin',
  'sigmaMax',
  'average',
  'objective',
  'projections',
  'heldOut',
  'size',
  'grey',
] as const satisfies (keyof TrainDenoiserFlags)[];

/** Those of the options that run.json keeps. */
export function recorded(options: TrainDenoiserFlags): Partial<TrainDenoiserFlags> {
  return Object.fromEntries(
    RECORDED.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/** Checks that options agree with the run that is to be resumed. @throws UsageError that names every option that differs */
export function checkSameRun(
  options: TrainDenoiserFlags,
  { training, step }: DenoiserCheckpoint,
  record: DenoiserRecord,
): void {
  const { out, steps, images, points } = options;
  const run: Record<string, unknown> = { ...training, ...record.options, ...record };
  const asked: Record<string, unknown> = {
    ...recorded(options),
    seed: options.seed,
    dataSeed: options.dataSeed,
    batch: options.batch,
    learningRate: options.learningRate,
    schedule: options.schedule,
    layout: options.layout,
    ...(options.kernel !== 'auto' && { kernel: options.kernel }),
  };
  const others = Object.entries(asked)
    .filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(run[name]))
    .map(([name, value]) => `${flag(name)} ${text(value)} (it has ${text(run[name])})`);
  if (others.length > 0) {
    throw new UsageError(
      `${others.join(', ')}: not as the run in ${out} was started; leave ${others.length > 1 ? 'them' : 'it'} out, or give another --out`,
    );
  }
  checkSource(out, images ? sourceName(images) : points, record.source);
  if (steps === undefined || steps === training.steps) return;
  if (training.schedule !== 'constant') {
    throw new UsageError(
      `--steps ${steps} (it has ${training.steps}) would change the learning rate of steps already done; only a run with --schedule constant can be made longer`,
    );
  }
  if (steps < training.steps) {
    throw new UsageError(
      `--steps ${steps} is less than the ${training.steps} the run in ${out} was started with (${step} are done); leave it out or give more`,
    );
  }
}

/** @throws UsageError if the data that were named are not those of the run, by their names */
export function checkSource(out: string, named: string | undefined, source: string): void {
  if (named === undefined || named === source) return;
  throw new UsageError(
    `${named} is not what the run in ${out} learns (${source}); leave it out, or give another --out`,
  );
}

/** A value as it is typed: 28x28, or 16,32. */
function text(value: unknown): string {
  if (value === undefined) return 'the default';
  if (typeof value !== 'object') return String(value);
  return Object.values(value ?? {}).join(Array.isArray(value) ? ',' : 'x');
}
