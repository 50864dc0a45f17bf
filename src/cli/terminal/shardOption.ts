// The option --shard, and the variables of systems that start many processes of one command.
import { Option } from 'commander';
import { type Shard, shardRange } from '../../samplers/shard.js';
import { UsageError } from './failure.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which of the tasks of an array this process is: its number from 1 and, where the system says it, of how many. */
interface Task {
  /** The variable that says it, for messages. */
  variable: string;
  k: number;
  n?: number;
}

/** An integer of the environment. @throws UsageError unless it is one */
function integerOf(env: Environment, variable: string): number {
  const text = env[variable] ?? '';
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(
    `--shard auto needs an integer in ${variable}, got ${JSON.stringify(text)}; give --shard K/N`,
  );
}

/** Of Slurm the tasks of an array may have any numbers; with N given, they are those of the shards. */
function slurmTask(env: Environment, given: number | undefined): Task {
  const variable = 'SLURM_ARRAY_TASK_ID';
  const id = integerOf(env, variable);
  if (given !== undefined) return { variable, k: id };
  const [min, max, n] = ['MIN', 'MAX', 'COUNT'].map((name) => integerOf(env, `SLURM_ARRAY_TASK_${name}`));
  if (min > 1) {
    throw new UsageError(
      `--shard auto needs an array from 0 or 1, and this array begins at ${min}; where it is a part of one started before, give --shard auto/N`,
    );
  }
  const step = n > 1 ? (max - min) / (n - 1) : 1;
  const k = (id - min) / step + 1;
  if (Number.isInteger(step) && Number.isInteger(k)) return { variable, k, n };
  throw new UsageError(
    `--shard auto needs an array of evenly spaced tasks, and this one has ${n} from ${min} to ${max}; give --shard auto/N, where task K is shard K of N`,
  );
}

/** Variables by the system that sets them. */
const SYSTEMS: Record<string, (env: Environment, given: number | undefined) => Task> = {
  SLURM_ARRAY_TASK_ID: slurmTask,
  AWS_BATCH_JOB_ARRAY_INDEX: (env) => ({
    variable: 'AWS_BATCH_JOB_ARRAY_INDEX',
    k: integerOf(env, 'AWS_BATCH_JOB_ARRAY_INDEX') + 1,
    n: integerOf(env, 'AWS_BATCH_JOB_ARRAY_SIZE'),
  }),
  JOB_COMPLETION_INDEX: (env) => ({
    variable: 'JOB_COMPLETION_INDEX',
    k: integerOf(env, 'JOB_COMPLETION_INDEX') + 1,
  }),
  PARALLEL_SEQ: (env) => ({ variable: 'PARALLEL_SEQ', k: integerOf(env, 'PARALLEL_SEQ') }),
};

/** The shard that a system's variables say. @throws UsageError unless exactly one system says which, of how many */
function shardOfSystem(env: Environment, given: number | undefined): Shard {
  const set = Object.keys(SYSTEMS).filter((variable) => env[variable] !== undefined);
  if (set.length !== 1) {
    const found =
      set.length === 0
        ? `none of ${Object.keys(SYSTEMS).join(', ')} is set`
        : `${set.join(' and ')} are both set`;
    throw new UsageError(`--shard auto cannot tell which shard this is: ${found}; give --shard K/N`);
  }
  const { variable, k, n = given } = SYSTEMS[set[0]](env, given);
  if (n === undefined)
    throw new UsageError(
      `--shard auto must be auto/N here: ${variable} does not say how many shards there are`,
    );
  if (given !== undefined && n !== given) {
    throw new UsageError(`--shard auto/${given} is started as one of ${n} (${variable}); give --shard auto`);
  }
  if (k >= 1 && k <= n) return [k, n];
  throw new UsageError(`--shard auto/${n} must be started as 1 to ${n}, got ${k} from ${variable}`);
}

/** Reads K/N, auto or auto/N. @throws UsageError */
export function parseShard(text: string, env: Environment): Shard {
  const [, k, auto, n] = /^(?:(\d{1,9})|(auto))(?:\/(\d{1,9}))?$/.exec(text) ?? [];
  const isWhole = auto !== undefined || n !== undefined;
  if ((k ?? auto) === undefined || !isWhole)
    throw new UsageError(
      `--shard must be K/N, as 1/4 to 4/4, or auto or auto/N, got ${JSON.stringify(text)}`,
    );
  const many = n === undefined ? undefined : Number(n);
  if (many === 0) throw new UsageError(`--shard must be of 1 or more, got ${JSON.stringify(text)}`);
  if (auto !== undefined) return shardOfSystem(env, many);
  if (Number(k) >= 1 && Number(k) <= (many as number)) return [Number(k), many as number];
  throw new UsageError(`--shard must be from 1/${n} to ${n}/${n}, got ${JSON.stringify(text)}`);
}

/** The option --shard. @param what is shared out, as text */
export function shardOption(what: string): Option {
  return new Option(
    '--shard <k/n>',
    `do the k-th of n shares of the ${what} alone, k from 1, and leave a file for scorefield merge; auto or auto/n takes k ` +
      '(and n, where it is known) from an array of Slurm, Kubernetes or AWS Batch, or from GNU parallel',
  ).argParser((text) => parseShard(text, process.env));
}

/**
 * The first of so many units that a shard has, and the one after its last; without a shard, all.
 *
 * @param units what they are, for the message
 * @throws UsageError if there are more shards than units
 */
export function rangeOf(shard: Shard | undefined, count: number, units: string): [number, number] {
  const [k, n] = shard ?? [1, 1];
  if (n <= count) return shardRange('shard', count, [k, n]);
  throw new UsageError(`--shard ${k}/${n} needs at least ${n} ${units}, got ${count}`);
}
