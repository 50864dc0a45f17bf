import { join } from 'node:path';
import { denoiserScores, key, type Layout, split, walkJump, writeNpy } from '../../index.js';
import { shortNumber } from '../../plots/index.js';
import { besideResult } from '../run/figures.js';
import { openFolder, saveFile } from '../run/files.js';
import { saveWalkJump } from '../run/imageFigures.js';
import { UsageError } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import { toData } from './data.js';
import { arrayShape, counted, drawnSize, noisyRows, repeated } from './examples.js';
import type { OpenDenoiser } from './folder.js';
import { sigmaOf } from './noise.js';
import { savePlaneWalk } from './planeFigures.js';

export interface WalkJumpRunOptions {
  /** Folder for the files. Default: the run's. */
  out?: string;
  sigma?: number;
  /** h, in units of sigma^2. */
  stepSize?: number;
  steps?: number;
  chains?: number;
  seed?: number;
  layout?: Layout;
}

/**
 * A step of h = sigma^2 goes to the estimate, and from there by noise sqrt(2) sigma z. Where the data do not vary, a step leaves
 * 1 - h / sigma^2 of the distance to them: nothing at h = sigma^2, and beyond 2 sigma^2 it grows without end.
 */
export const WALK = { steps: 100, chains: 1, stepSize: 1, seed: 0 };
/** Most numbers of a walk, which is held in memory. */
const MOST_NUMBERS = 2 ** 26;
/** Most steps of a chain in the figure and frames of the moving picture, and most chains in both. */
const MOST_STEPS = 400;
const MOST_FRAMES = 400;
const MOST_CHAINS = 4;

/** Walks over noisy images or points, and jumps from every position to a clean one; returns the files. */
export async function walkRun(
  run: OpenDenoiser,
  options: WalkJumpRunOptions,
  context: Context,
): Promise<string[]> {
  const { report } = context;
  const { steps, chains, stepSize, seed } = { ...WALK, ...options };
  const { out = run.folder } = options;
  const { data, denoiser } = run;
  const { dim } = denoiser;
  if (steps * chains * dim > MOST_NUMBERS) {
    throw new UsageError(
      `--steps ${steps} times --chains ${chains} is too much to keep; give at most ${Math.floor(MOST_NUMBERS / dim)} in all`,
    );
  }
  const sigma = sigmaOf(run, options.sigma, context);
  const { walk, jumps } = await walkOf(run, { ...options, sigma, steps, chains, stepSize, seed }, context);
  report.event('walk', { sigma, stepSize, steps, chains, dim });
  await openFolder(out);
  const files: string[] = [];
  const parts = { walk: toData(data, walk), jumps: toData(data, jumps) };
  for (const [part, x] of Object.entries(parts)) {
    const file = join(out, `${part}.npy`);
    await saveFile(file, writeNpy(x, arrayShape(data, steps, chains)));
    files.push(file);
  }
  const size = drawnSize(data);
  if (size) {
    const shown = Math.min(chains, MOST_CHAINS);
    const every = Math.ceil(steps / MOST_STEPS);
    const kept = Array.from({ length: Math.floor(steps / every) }, (_, i) => (i + 1) * every);
    const of = (x: Float32Array) => someOf(x, { steps: kept, chains, shown, dim });
    const chain = { ...size, walk: of(walk), jumps: of(jumps), chains: shown, steps: kept };
    const title = `A walk at σ = ${shortNumber(sigma)}, and the jump from ${every > 1 ? `every ${every}th` : 'each'} step`;
    const frames = Math.ceil(kept.length / MOST_FRAMES);
    const strip = () => saveWalkJump(out, 'walk-jump', { ...chain, title, every: frames }, context);
    files.push(...(await besideResult('walk-jump', context, strip)));
  } else if (data.kind === 'points' && dim === 2) {
    const plane = () => savePlaneWalk(out, { ...parts, chains }, sigma);
    files.push(...(await besideResult('walk-jump', context, plane)));
  }
  const each = chains > 1 ? `${steps} steps of ${chains} chains` : `${steps} steps`;
  report.say(
    `${counted(data, steps * chains)} by jumps from a walk at sigma ${shortNumber(sigma)}, ${each}: ${out}`,
  );
  return files;
}

/** Walks from clean points with noise, and jumps from every position: [steps, chains, dim] both. */
async function walkOf(
  run: OpenDenoiser,
  options: { sigma: number; stepSize: number; steps: number; chains: number; seed: number; layout?: Layout },
  { report, signal }: Context,
): Promise<{ walk: Float32Array; jumps: Float32Array }> {
  const { sigma, stepSize, steps, chains, seed, layout = 'original' } = options;
  // As for runs of pictures: of the walk, of the points it starts from, and of their noise.
  const [walkKey, , noiseKey] = split(key(seed), 3, { layout });
  const init = noisyRows(run, repeated(run.data, chains), { sigma, key: noiseKey, layout });
  const walk = new Float32Array(steps * init.length);
  const jumps = new Float32Array(steps * init.length);
  const score = denoiserScores(run.denoiser).at(sigma);
  try {
    await report.during({ task: 'walking', total: steps }, async (progress) => {
      let at = 0;
      const chainOptions = { key: walkKey, steps, chains, init, thin: 1, layout, signal };
      for await (const state of walkJump(score, { ...chainOptions, sigma, stepSize })) {
        walk.set(state.path, at);
        jumps.set(state.jump(state.path), at);
        at += state.path.length;
        progress.update(state.step);
      }
    });
  } finally {
    score.dispose();
  }
  signal.throwIfAborted();
  return { walk, jumps };
}

/** Some steps and the first `shown` chains of x [T, chains, dim]. */
function someOf(
  x: Float32Array,
  { steps, chains, shown, dim }: { steps: number[]; chains: number; shown: number; dim: number },
): Float32Array {
  const out = new Float32Array(steps.length * shown * dim);
  for (const [i, step] of steps.entries()) {
    const from = (step - 1) * chains * dim;
    out.set(x.subarray(from, from + shown * dim), i * shown * dim);
  }
  return out;
}
