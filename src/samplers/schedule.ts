import { EXTERNAL } from '../core/abi.js';
import type { FusedScore } from '../core/fusedScore.js';
import type { Span } from '../core/job.js';
import { Lease } from '../core/memory.js';
import type { Score } from '../core/score.js';
import { fromFunction } from '../densities/function.js';
import { FusedFamily, type ScoreFamily } from '../diffusion/family.js';

/**
 * One affine change of a chain, with s the score under the noise sigma at u x, and z ~ N(0, I):
 *
 *   x <- a x + b s + c z + d y,   y <- f x + g s   (both from the old x and y; y stays where there is noise c)
 */
export interface Stage {
  /** The noise of u x = x0 + sigma noise. */
  sigma: number;
  /** Default: 1. */
  u?: number;
  /** Default: 1. */
  a?: number;
  b: number;
  /** Default: 0, as of those below. */
  c?: number;
  d?: number;
  f?: number;
  g?: number;
}

const ROW_BYTES = 32;
const HEADER_BYTES = 64;

/** The stages of a run in memory, as `assembly/diffusion.ts` reads them, with a score whose noise they change. */
export class Schedule {
  readonly pointer: number;
  /** The score of a fused family for this run alone; of another family, one that is never asked. */
  readonly score: Score;
  readonly #lease: Lease;

  constructor(family: ScoreFamily, stages: readonly Stage[], stagesPerStep: number) {
    const { core } = family;
    const fused = family instanceof FusedFamily ? family : undefined;
    const numbers = new Map<number, number>();
    for (const { sigma } of stages) if (!numbers.has(sigma)) numbers.set(sigma, numbers.size);
    const noises = fused ? [...numbers.keys()].map((sigma) => fused.noise(sigma)) : [];
    const count = noises[0]?.length ?? 0;
    const variances = fused?.variances ?? new Float64Array(0);
    this.score = fused ? fused.open() : fromFunction(core, family.dim, () => {});
    let pointer = 0;
    try {
      this.#lease = new Lease(core.memory, (lease) => {
        pointer = lease.take(HEADER_BYTES);
        const rows = lease.take(ROW_BYTES * stages.length);
        const parameters = lease.take(8 * count * noises.length);
        const components = lease.take(8 * variances.length);
        const { memory } = core;
        // A score computed outside is described behind the header.
        const external = pointer + HEADER_BYTES / 2;
        memory.u32(external, 2).set([EXTERNAL, family.dim]);
        const score = fused ? (this.score as FusedScore).pointer : external;
        const K = variances.length / family.dim;
        memory.u32(pointer, 7).set([score, stagesPerStep, rows, parameters, count, components, K]);
        noises.forEach((values, i) => {
          memory.f64(parameters + 8 * count * i, count).set(values);
        });
        memory.f64(components, variances.length).set(variances);
        const words = memory.u32(rows, 8 * stages.length);
        const floats = memory.f32(rows, 8 * stages.length);
        stages.forEach(({ sigma, u = 1, a = 1, b, c = 0, d = 0, f = 0, g = 0 }, i) => {
          floats.set([0, u, a, b, c, d, f, g], 8 * i);
          words[8 * i] = numbers.get(sigma) as number;
        });
      });
    } catch (error) {
      this.score.dispose();
      throw error;
    }
    this.pointer = pointer;
  }

  spans(): Span[] {
    return this.#lease.spans();
  }

  dispose(): void {
    this.score.dispose();
    this.#lease.end();
  }

  /** Panels of s, u x and y. */
  workBytes(chains: number): number {
    return 3 * Math.ceil(chains / 8) * this.score.dim * 32;
  }
}
