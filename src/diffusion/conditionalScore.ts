import { CONDITIONAL, CONDITIONAL_BYTES, ConditionalField } from '../abi/scores.js';
import { f32, u32, writeFields } from '../core/fields.js';
import { FusedScore, type OpenScore } from '../core/fusedScore.js';
import type { Core } from '../core/instantiate.js';
import { Lease } from '../core/memory.js';
import type { Span } from '../core/segments.js';
import { FusedFamily, type Moments } from './family.js';
import type { Masked } from './observation.js';

const FIELDS = {
  dim: u32(ConditionalField.D),
  of: u32(ConditionalField.OF),
  square: f32(ConditionalField.SQUARE),
  pull: f32(ConditionalField.PULL),
  mask: u32(ConditionalField.MASK),
  observed: u32(ConditionalField.OBSERVED),
};

/** What an observation of coordinates adds at one noise: sigma^2, and the factor of y - clean. */
interface Pull {
  square: number;
  pull: number;
}

const bytesOf = (dim: number) => CONDITIONAL_BYTES + 8 * dim;

/** Writes a descriptor at `at`, but for its first word, with the mask and the observed numbers behind it. */
function write({ memory }: Core, at: number, of: number, { mask, observed }: Masked, added: Pull): void {
  const dim = mask.length;
  const [masks, numbers] = [at + CONDITIONAL_BYTES, at + CONDITIONAL_BYTES + 4 * dim];
  writeFields(memory, at, FIELDS, { dim, of, ...added, mask: masks, observed: numbers });
  memory.f32(masks, dim).set(mask);
  memory.f32(numbers, dim).set(observed);
}

/** A descriptor for each room over those of an opened score, of which it disposes. */
function openOver(core: Core, part: OpenScore, masked: Masked, added: Pull): OpenScore {
  try {
    const { memory } = core;
    const lease = new Lease(memory, (taken) => {
      for (const of of part.pointers) {
        const pointer = taken.take(bytesOf(masked.mask.length));
        memory.u32(pointer, 1)[0] = CONDITIONAL;
        write(core, pointer, of, masked, added);
      }
    });
    return {
      pointers: lease.spans().map(({ at }) => at),
      spans: () => [...lease.spans(), ...part.spans()],
      dispose() {
        lease.end();
        part.dispose();
      },
    };
  } catch (error) {
    part.dispose();
    throw error;
  }
}

/** A score given some coordinates of the clean point, in WebAssembly. It disposes of the score that it is of. */
class ConditionalScore extends FusedScore {
  readonly #of: FusedScore;
  readonly #masked: Masked;
  readonly #added: Pull;

  constructor(of: FusedScore, masked: Masked, added: Pull) {
    const { core, dim } = of;
    super(core, dim, CONDITIONAL, bytesOf(dim), (at) => write(core, at, of.pointer, masked, added));
    this.#of = of;
    this.#masked = masked;
    this.#added = added;
  }

  override spans(): Span[] {
    return [...super.spans(), ...this.#of.spans()];
  }

  override prepare(): void {
    super.prepare();
    this.#of.prepare();
  }

  override open(rooms: number): OpenScore {
    super.prepare();
    return openOver(this.core, this.#of.open(rooms), this.#masked, this.#added);
  }

  override dispose(): void {
    super.dispose();
    this.#of.dispose();
  }
}

/** The scores of a family given some coordinates of the clean point: samplers run them in WebAssembly. */
export class MaskedScores extends FusedFamily {
  readonly core: Core;
  readonly dim: number;
  readonly moments?: Moments;
  readonly sigmas?: ArrayLike<number>;
  override readonly variances?: Float64Array;
  readonly #family: FusedFamily;
  readonly #masked: Masked;
  readonly #pull: (sigma: number) => number;

  /** @param pull what y - clean is multiplied by at sigma */
  constructor(
    family: FusedFamily & { sigmas?: ArrayLike<number> },
    masked: Masked,
    pull: (sigma: number) => number,
    moments?: Moments,
  ) {
    super();
    this.core = family.core;
    this.dim = family.dim;
    this.moments = moments;
    this.sigmas = family.sigmas;
    this.variances = family.variances;
    this.#family = family;
    this.#masked = masked;
    this.#pull = pull;
  }

  at(sigma: number): FusedScore {
    const score = this.#family.at(sigma) as FusedScore;
    try {
      return new ConditionalScore(score, this.#masked, this.#at(sigma));
    } catch (error) {
      score.dispose();
      throw error;
    }
  }

  open(rooms: number): OpenScore {
    return openOver(this.core, this.#family.open(rooms), this.#masked, this.#at(1));
  }

  noise(sigma: number): number[] {
    const { square, pull } = this.#at(sigma);
    return [square, pull, ...this.#family.noise(sigma)];
  }

  #at(sigma: number): Pull {
    return { square: sigma * sigma, pull: this.#pull(sigma) };
  }
}
