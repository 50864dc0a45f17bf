import { exp, log, square } from '../core/elementary.js';
import { type Guided, observed } from '../diffusion/guidance.js';
import type { Observation } from '../diffusion/observation.js';

/** Particles are drawn anew where their effective share is below this. */
const EVEN = 0.5;

/** The weighted particles of chains that know nothing of each other: the bookkeeping of the twisted diffusion sampler. */
export class Particles {
  /** Noisy points, [chains, particles, dim]. */
  u: Float32Array = new Float32Array(0);
  #guided: Guided = emptyGuided();
  readonly #caller: string;
  readonly #chains: number;
  readonly #particles: number;
  readonly #dim: number;
  /** Since particles were last drawn anew, [chains, particles]. */
  readonly #logWeights: Float64Array;
  /** log p(y) of what came before that, [chains]. */
  readonly #logEvidence: Float64Array;
  readonly #effective: Float64Array;
  /** How far a step's guidance moved its mean, in standard deviations of its noise, and that noise: both [.., dim]. */
  #moved: { shift: Float64Array; z: Float32Array } = { shift: new Float64Array(0), z: new Float32Array(0) };

  constructor(caller: string, chains: number, particles: number, dim: number) {
    this.#caller = caller;
    this.#chains = chains;
    this.#particles = particles;
    this.#dim = dim;
    this.#logWeights = new Float64Array(chains * particles);
    this.#logEvidence = new Float64Array(chains);
    this.#effective = new Float64Array(chains).fill(1);
  }

  /** Takes the first positions, which weigh what the observation says of them. */
  place(u: Float32Array, guided: Guided): void {
    this.u = u;
    this.#guided = guided;
    this.#logWeights.set(guided.logProbs);
  }

  /** Draws particles anew where their weights are uneven, systematically from one uniform number a chain. */
  resample(draws: Float32Array): void {
    for (let c = 0; c < this.#chains; c++) {
      const { weights, logMean, effective } = this.#weightsOf(c);
      this.#effective[c] = Math.min(this.#effective[c], effective);
      if (effective >= EVEN) continue;
      const first = c * this.#particles;
      const sources = systematic(weights, draws[c]).map((p) => first + p);
      const { clean, guidance } = this.#guided;
      for (const array of [this.u, clean, guidance]) {
        const rows = sources.map((p) => array.slice(p * this.#dim, (p + 1) * this.#dim));
        rows.forEach((row, p) => void array.set(row, (first + p) * this.#dim));
      }
      const logs = sources.map((p) => this.#guided.logProbs[p]);
      this.#guided.logProbs.set(logs, first);
      this.#logWeights.fill(0, first, first + this.#particles);
      this.#logEvidence[c] += logMean;
    }
  }

  /**
   * A step of ancestral sampling from the noise sigma to the next, its mean moved by the guidance as much as it would move
   * the score. z: standard normals [chains, particles, dim].
   */
  propose(sigma: number, next: number, z: Float32Array): void {
    const { clean, guidance } = this.#guided;
    const kept = square(next / sigma);
    const sd = next * Math.sqrt(1 - kept);
    const pull = (1 - kept) * sigma * sigma;
    const shift = new Float64Array(guidance.length);
    const u = new Float32Array(guidance.length);
    for (let i = 0; i < u.length; i++) {
      shift[i] = (pull * guidance[i]) / sd;
      u[i] = clean[i] + kept * (this.u[i] - clean[i]) + sd * (shift[i] + z[i]);
    }
    this.u = u;
    this.#moved = { shift, z };
  }

  /**
   * Weighs the positions that {@link propose} made: by what the observation says now against before, and by the density of the
   * step without guidance against that with it.
   */
  weigh(guided: Guided): void {
    const { shift, z } = this.#moved;
    const dim = this.#dim;
    guided.logProbs.forEach((log, p) => {
      let ratio = log - this.#guided.logProbs[p];
      for (let i = p * dim; i < (p + 1) * dim; i++) ratio -= shift[i] * (z[i] + shift[i] / 2);
      this.#logWeights[p] += ratio;
    });
    this.#guided = guided;
  }

  /** The last step: to the clean estimates, which weigh what the observation says of them as clean points. */
  finish(observation: Observation): void {
    const { clean, logProbs } = this.#guided;
    const exact = observed(observation, clean, 0, new Float32Array(clean.length), this.#dim);
    exact.forEach((log, p) => {
      this.#logWeights[p] += log - logProbs[p];
    });
    this.u = clean;
  }

  /** Positions of the process, alpha u, with weights; x is a particle of each chain, drawn by its weights. */
  state(alpha: number, draws: Float32Array) {
    const dim = this.#dim;
    const particles = this.u.map((u) => alpha * u);
    const x = new Float32Array(this.#chains * dim);
    const weights = new Float64Array(this.#logWeights.length);
    const logEvidence = this.#logEvidence.slice();
    for (let c = 0; c < this.#chains; c++) {
      const own = this.#weightsOf(c);
      weights.set(own.weights, c * this.#particles);
      logEvidence[c] += own.logMean;
      this.#effective[c] = Math.min(this.#effective[c], own.effective);
      const chosen = c * this.#particles + drawnBy(own.weights, draws[c]);
      x.set(particles.subarray(chosen * dim, (chosen + 1) * dim), c * dim);
    }
    return { x, particles, weights, logEvidence, effective: this.#effective.slice() };
  }

  /** Weights of a chain's particles, the logarithm of their mean before, and how even they are. */
  #weightsOf(c: number): { weights: Float64Array; logMean: number; effective: number } {
    const logs = this.#logWeights.subarray(c * this.#particles, (c + 1) * this.#particles);
    const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!Number.isFinite(most)) {
      throw new Error(
        `${this.#caller}: no particle of chain ${c} is possible; take more steps, more particles, or more noise of the observation`,
      );
    }
    const weights = logs.map((log) => exp(log - most));
    const total = weights.reduce((a, b) => a + b, 0);
    const square = weights.reduce((sum, w) => sum + w * w, 0);
    return {
      weights: weights.map((w) => w / total),
      logMean: most + log(total / this.#particles),
      effective: (total * total) / square / this.#particles,
    };
  }
}

function emptyGuided(): Guided {
  const none = new Float32Array(0);
  return { clean: none, guidance: none, logProbs: new Float64Array(0) };
}

/** As many indices as weights, the i-th where the weights' running sum passes (i + u) / n. */
function systematic(weights: Float64Array, u: number): number[] {
  const n = weights.length;
  let [sum, at] = [weights[0], 0];
  return Array.from(weights, (_, i) => {
    while (at < n - 1 && sum * n < i + u) sum += weights[++at];
    return at;
  });
}

/** The index where the weights' running sum passes u. */
function drawnBy(weights: Float64Array, u: number): number {
  let [sum, at] = [weights[0], 0];
  while (at < weights.length - 1 && sum < u) sum += weights[++at];
  return at;
}
