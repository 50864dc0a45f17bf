import { joined } from '../../core/joined.js';
import { PointCounter } from '../../diagnostics/pointCounter.js';
import {
  collect,
  expectedTotalVariation,
  type HistogramGrid,
  type HistogramOptions,
  key,
  momentsOf,
  readNpy,
  type SampleHistogram,
  smoothedHistogram,
  split,
  totalVariation,
  writeNpy,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import { burnInOf, isChain, keptEvery, type SamplerName } from './samplerMenu.js';
import { type FlowOptions, starts } from './samplers.js';
import type { ScoreRequest, Session } from './session.js';

export interface SampleArgs {
  score: ScoreRequest;
  sampler: SamplerName;
  chains: number;
  steps: number;
  stepSize: number;
  seed: number;
  init: readonly [number, number];
  bins: number;
  /** Noise levels, descending; the truth is smoothed by the last. */
  sigmas: readonly number[];
  /** How the probability flow is solved; the others do not read it. */
  flow?: FlowOptions;
}

/** What the worker emits while it draws samples. */
export interface SampleEvent {
  step: number;
  x: Float32Array;
  histogram: SampleHistogram;
  totalVariation: number;
  /** What as many exact draws would score on average. */
  exact: number;
}

const EVERY_MS = 60;

const unit = (bins: number): HistogramOptions & HistogramGrid => ({ bins, xlim: [0, 1], ylim: [0, 1] });

/** The samples of the last run, for a file. */
export class Samples {
  #kept: { parts: Float32Array[]; chains: number } = { parts: [], chains: 1 };
  #truth?: { name: string; counts: Float64Array; outside: number };

  /** The picture's distribution under noise sigma, on the cells of the histogram. */
  truth(session: Session, sigma: number, bins: number) {
    const points = session.points();
    const name = `${sigma} ${bins} ${points.logits.length}`;
    if (this.#truth?.name !== name || this.#data !== points) {
      this.#data = points;
      this.#truth = { name, ...smoothedHistogram(points, sigma, unit(bins)) };
    }
    return this.#truth;
  }
  #data: unknown;

  async draw(
    session: Session,
    { score: request, sampler, chains, steps, stepSize, seed, init, bins, sigmas, flow }: SampleArgs,
    { emit, signal }: Context,
  ): Promise<SampleEvent> {
    const isOfChains = isChain(sampler);
    const truth = this.truth(session, sigmas[sigmas.length - 1], bins);
    const open = session.openScore(request);
    const target = {
      score: open.score,
      family: session.family(request),
      sigmas,
      moments: momentsOf(session.points()),
    };
    const thin = keptEvery({ sampler, steps, chains });
    const kept = { parts: [] as Float32Array[], chains };
    this.#kept = kept;
    let last: SampleEvent | undefined;
    let told = 0;
    try {
      const [burnInKey, runKey] = split(key(seed));
      const options = { stepSize, chains, signal };
      let start = Float32Array.from(init);
      // Chains forget where they started before their places count.
      if (isOfChains) {
        const { x } = await collect(
          starts[sampler](target, { ...options, key: burnInKey, steps: burnInOf(steps), init: start }),
        );
        start = x.slice();
      }
      const states = starts[sampler](target, {
        ...options,
        key: isOfChains ? runKey : key(seed),
        steps,
        init: start,
        thin,
        flow,
        ...(isOfChains && { histogram: unit(bins) }),
      });
      for await (const { step, x, path, histogram } of states) {
        if (path.length > 0) kept.parts.push(path);
        const now = performance.now();
        if (last && now - told < EVERY_MS && isOfChains && step < steps) continue;
        told = now;
        const counted = histogram ?? count(x, bins);
        last = { step, x, histogram: counted, ...distances(counted, truth) };
        // `emit` transfers arrays; a copy is sent, since `last` is still needed here.
        emit(structuredClone(last));
        // Samplers from noise take few steps: wait a frame, so that each step is seen.
        if (!isOfChains) await new Promise((resolve) => setTimeout(resolve, 16));
      }
      if (last && !isOfChains) kept.parts.push(last.x.slice());
      if (!last) throw new Error('the sampler gave no samples');
      return last;
    } finally {
      open.release();
    }
  }

  /** The kept positions of the last run as npy, [kept, chains, 2]. */
  save(): Uint8Array {
    const { parts, chains } = this.#kept;
    const all = joined(Float32Array, parts);
    if (all.length === 0) throw new Error('there are no samples yet: draw some first');
    return writeNpy(all, [all.length / 2 / chains, chains, 2]);
  }

  /** Counts the samples of an npy file [..., 2]. @throws Error if it holds other numbers */
  load(session: Session, bytes: Uint8Array, name: string, sigma: number, bins: number): SampleEvent {
    const { data, shape } = readNpy(bytes, name);
    if (shape.at(-1) !== 2 || data.length === 0) {
      throw new Error(`${name}: must hold points of 2 coordinates, got shape [${shape.join(', ')}]`);
    }
    const x = Float32Array.from(data);
    const wrong = x.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new Error(`${name}: must be finite, got ${x[wrong]} at index ${wrong}`);
    // A file of [steps, chains, 2] is taken for a run, as `save` writes it.
    const chains = shape.length === 3 ? shape[1] : 1;
    this.#kept = { parts: [x], chains };
    const histogram = count(x, bins);
    const truth = this.truth(session, sigma, bins);
    const shown = x.slice(0, 2 * 2000);
    return { step: x.length / 2 / chains, x: shown, histogram, ...distances(histogram, truth) };
  }
}

/** How far a histogram is from the truth, and how far one of as many exact draws would be on average. */
function distances(histogram: SampleHistogram, truth: { counts: Float64Array; outside: number }) {
  const drawn = histogram.counts.reduce((sum, count) => sum + count, histogram.outside);
  return {
    totalVariation: totalVariation(histogram, truth),
    exact: expectedTotalVariation(truth, drawn),
  };
}

/** Counts points x [n, 2] in the cells of the unit square. */
function count(x: Float32Array, bins: number): SampleHistogram {
  const counter = new PointCounter(unit(bins), 2);
  counter.add(x);
  return counter.histogram();
}
