import { STAGE_BYTES, STAGES_HEADER_BYTES, StageField, StageTableField } from '../abi/samplers.js';
import { f32, u32, writeFields } from '../core/fields.js';
import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';
import type { Span } from '../core/segments.js';
import type { FusedFamily } from '../diffusion/family.js';

/**
 * One affine change of a chain, with s the score under the noise sigma at u x, and z ~ N(0, I):
 *
 *   x <- a x + b s + c z + d y + e w,   w <- y,   y <- f x + g s
 *
 * all from the old x, y and w. y and w start from zero, and stay as they are where there is noise c. A stage with b = 0
 * and g = 0 asks for no score.
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
  e?: number;
  f?: number;
  g?: number;
}

const HEADER = {
  stagesPerStep: u32(StageTableField.PER_STEP),
  stages: u32(StageTableField.FIRST),
  noises: u32(StageTableField.NOISES),
  parameters: u32(StageTableField.PARAMETERS),
  variances: u32(StageTableField.VARIANCES),
  components: u32(StageTableField.COMPONENTS),
};

const STAGE = {
  noise: u32(StageField.NOISE),
  u: f32(StageField.U),
  a: f32(StageField.A),
  b: f32(StageField.B),
  c: f32(StageField.C),
  d: f32(StageField.D),
  e: f32(StageField.E),
  f: f32(StageField.F),
  g: f32(StageField.G),
};

/** The stages of a run and the parameters of their noises in memory, as `assembly/samplers/diffusion.ts` reads them. */
export class StageTable {
  readonly pointer: number;
  readonly #lease: Lease;

  /** @param family whose noises they are; left out when scores are JavaScript's, which the stages' noises then do not reach */
  constructor(core: Core, stages: readonly Stage[], stagesPerStep: number, family?: FusedFamily) {
    const { memory } = core;
    const indices = new Map<number, number>();
    for (const { sigma } of stages) if (!indices.has(sigma)) indices.set(sigma, indices.size);
    const noises = family ? [...indices.keys()].map((sigma) => family.noise(sigma)) : [];
    const parameters = noises[0]?.length ?? 0;
    const variances = family?.variances ?? new Float64Array(0);
    let pointer = 0;
    this.#lease = new Lease(memory, (lease) => {
      pointer = lease.take(STAGES_HEADER_BYTES);
      const at = {
        stages: lease.take(STAGE_BYTES * stages.length),
        noises: lease.take(8 * parameters * noises.length),
        variances: lease.take(8 * variances.length),
      };
      const components = family ? variances.length / family.dim : 0;
      writeFields(memory, pointer, HEADER, { ...at, stagesPerStep, parameters, components });
      memory.f64(at.noises, parameters * noises.length).set(noises.flat());
      memory.f64(at.variances, variances.length).set(variances);
      stages.forEach(({ sigma, u = 1, a = 1, b, c = 0, d = 0, e = 0, f = 0, g = 0 }, i) => {
        const noise = indices.get(sigma) as number;
        writeFields(memory, at.stages + STAGE_BYTES * i, STAGE, { noise, u, a, b, c, d, e, f, g });
      });
    });
    this.pointer = pointer;
  }

  /** All the memory of the table, for a copy in another thread. */
  spans(): Span[] {
    return this.#lease.spans();
  }

  dispose(): void {
    this.#lease.end();
  }
}
