import {
  blurDenoiser,
  type Denoiser,
  denoiser,
  empirical,
  heldOutErrors,
  key,
  normal,
  type Score,
} from '../../../index.js';
import type { Context } from '../../calls/rpc.js';
import type { Session } from '../session.js';
import type { Families } from './families.js';
import { DIM, radiusAt, SIZE } from './numbers.js';
import { heldOutDigit, type Stock } from './stock.js';

/** Denoisers that are compared on the same noise. */
export const ESTIMATES = ['unet', 'linear', 'local', 'exact', 'blur'] as const;
export type EstimateName = (typeof ESTIMATES)[number];

/** Whose network is compared: that of the page, or the reader's. */
export type Net = 'unet' | 'trained';

export interface EstimateArgs {
  /** A digit that the reader drew, or null for number `index` of the held-out ones. */
  picture: Float32Array | null;
  index: number;
  sigma: number;
  seed: number;
  net: Net;
}

/** A clean picture, noisy, and what each denoiser makes of that: [DIM] each; mean squared errors a pixel. */
export interface Estimated {
  clean: Float32Array;
  noisy: Float32Array;
  estimates: Record<EstimateName, Float32Array>;
  errors: Record<EstimateName | 'noisy', number>;
}

/** A denoiser by a score that is disposed of with it. */
function byScore(score: Score, sigma: number): Denoiser {
  const tweedie = denoiser(score, sigma);
  return { ...tweedie, denoise: (y, out) => tweedie.denoise(y, out), dispose: () => score.dispose() };
}

/** All denoisers of digits at one noise. Dispose of those that ask for it. */
function denoisersAt(
  session: Session,
  stock: Stock,
  families: Families,
  sigma: number,
  net: Net,
): Record<EstimateName, Denoiser> {
  const { core } = session;
  const { points, linear } = stock.of('digits');
  return {
    unet: families.network(net).at(sigma),
    linear: linear.at(sigma),
    local: byScore(families.local(core, 'digits').at(sigma), sigma),
    exact: byScore(empirical(core, points, sigma), sigma),
    blur: blurDenoiser(core, { height: SIZE, width: SIZE }, { radius: radiusAt(sigma) }),
  };
}

/** Adds noise to a picture, number `index` of the held-out digits or one that was drawn, and denoises it in every way. */
export function estimate(
  session: Session,
  stock: Stock,
  families: Families,
  { picture, index, sigma, seed, net }: EstimateArgs,
): Estimated {
  const clean = picture ?? heldOutDigit(stock, index);
  const z = normal(session.core, key(seed), [DIM]);
  const noisy = clean.map((value, i) => value + sigma * z[i]);
  const error = (x: Float32Array) => x.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0) / DIM;
  const all = denoisersAt(session, stock, families, sigma, net);
  try {
    const made = ESTIMATES.map((name) => [name, all[name].denoise(noisy).slice()] as const);
    const errors = made.map(([name, x]) => [name, error(x)] as const);
    return {
      clean: clean.slice(),
      noisy,
      estimates: Object.fromEntries(made) as Estimated['estimates'],
      errors: { noisy: error(noisy), ...Object.fromEntries(errors) } as Estimated['errors'],
    };
  } finally {
    for (const one of Object.values(all)) one.dispose?.();
  }
}

/** Noises and held-out digits of the comparison. */
export const COMPARED = { sigmas: [0.1, 0.25, 0.5, 1, 2], digits: 100 };

/** What the worker emits in {@link compare}: mean squared errors a pixel at one noise. */
export interface CompareEvent {
  sigma: number;
  errors: Record<EstimateName, number>;
}

/** Compares all denoisers on held-out digits, and emits the errors at one noise after the other. */
export async function compare(
  session: Session,
  stock: Stock,
  families: Families,
  { net }: { net: Net },
  { emit, signal }: Context,
): Promise<void> {
  const points = stock.of('digits').heldOut.subarray(0, COMPARED.digits * DIM);
  const denoisers = (sigma: number) => denoisersAt(session, stock, families, sigma, net);
  const release = families.keep(net);
  try {
    for await (const { sigma, errors } of heldOutErrors(
      { dim: DIM, points },
      { sigmas: COMPARED.sigmas, denoisers, signal },
    ))
      emit({ sigma, errors } as CompareEvent);
  } finally {
    release();
  }
}
