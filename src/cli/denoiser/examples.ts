// The clean points that commands show and start from, and the shapes of what they write.
import { imageRows, type Layout, normal } from '../../index.js';
import type { DenoiserData } from './data.js';
import type { OpenDenoiser } from './folder.js';

/** The first rows that are trained on, at most `most` of them: [n, dim]. */
export function firstTrainingRows({ training }: DenoiserData, most: number): Float32Array {
  if (!('pixels' in training)) return training.points.slice(0, most * training.dim);
  return imageRows(
    training,
    Uint32Array.from({ length: Math.min(most, training.count) }, (_, i) => i),
  );
}

/** Clean points of a run, [n, dim]: the first that are held out, or if none are, that are trained on; at most `most`. */
export function examples(data: DenoiserData, most: number): Float32Array {
  const { heldOut } = data;
  if (!heldOut) return firstTrainingRows(data, most);
  const { height, width, channels } = data.shape;
  return heldOut.slice(0, most * height * width * channels);
}

/** `count` clean points, [count, dim]: the examples, again from the first where there are fewer. */
export function repeated(data: DenoiserData, count: number): Float32Array {
  const clean = examples(data, count);
  const { height, width, channels } = data.shape;
  return Float32Array.from({ length: count * height * width * channels }, (_, i) => clean[i % clean.length]);
}

/** Adds noise of deviation sigma to rows x [n, dim]. */
export function noisyRows(
  { core, denoiser: { dim } }: OpenDenoiser,
  x: Float32Array,
  { sigma, key, layout }: { sigma: number; key: Uint32Array; layout: Layout },
): Float32Array {
  return normal(core, key, [x.length / dim, dim], { layout }).map((z, i) => x[i] + sigma * z);
}

/** The shape of an array of points or images: `lead`, then [dim], [height, width] or [height, width, channels]. */
export function arrayShape({ kind, shape }: DenoiserData, ...lead: number[]): number[] {
  const { height, width, channels } = shape;
  if (kind === 'points') return [...lead, channels];
  return channels === 1 ? [...lead, height, width] : [...lead, height, width, channels];
}

/** The size of images for figures; nothing where they are points, or neither grey nor of three colours. */
export function drawnSize({
  kind,
  shape,
}: DenoiserData): { height: number; width: number; channels: 1 | 3 } | undefined {
  const { channels } = shape;
  return kind === 'images' && (channels === 1 || channels === 3) ? { ...shape, channels } : undefined;
}

/** "1 image", "3 held-out points". */
export function counted({ kind }: DenoiserData, n: number, which = ''): string {
  const unit = `${kind === 'images' ? 'image' : 'point'}${n === 1 ? '' : 's'}`;
  return [n.toLocaleString('en-US'), which, unit].filter(Boolean).join(' ');
}
