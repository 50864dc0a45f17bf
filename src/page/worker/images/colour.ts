import { decodeColour, fitImages } from '../../../images/index.js';
import {
  concatImages,
  denoiser,
  type ImageSet,
  imagePoints,
  imageSet,
  key,
  langevin,
  localScores,
  nearest,
  normal,
  type PointSet,
  readCifar,
  split,
  splitImages,
  writeNpy,
} from '../../../index.js';
import type { Context } from '../../calls/rpc.js';
import { paced } from '../pace.js';
import type { Session } from '../session.js';
import { COLOUR_STEPS, SCENES } from './numbers.js';
import { SCENE_DIM as DIM, SIDE, scenes } from './scenes.js';

/** Time between two steps that are shown, about a frame of film. */
const SHOW_MS = 33;
/** Most pictures of the reader's that are kept, those that are shown, and those whose distance from the others is taken. */
const MOST = { kept: 1000, shown: 16, measured: 64 };

/** Colour pictures that the page draws, or those the reader gave. */
export type ColourSource = 'scenes' | 'own';

interface Gallery {
  set: ImageSet;
  points: PointSet;
  /** How far a picture is from the nearest other one, on average; of one picture 0. */
  apart: number;
}

/** What the page shows of a source: the first pictures [n, 16, 16, 3], and how far pictures are apart. */
export interface Shown {
  first: Float32Array;
  apart: number;
}

/** Which points are nearest to the rows of x, and their root mean square differences, [n] each. */
function nearestOf(x: Float32Array, points: Float32Array) {
  const { index, distance } = nearest(x, points, { dim: DIM });
  return { index, distance: Float32Array.from(distance, (d) => d / Math.sqrt(DIM)) };
}

/** The colour pictures of the chapter on images, 16 x 16. */
export class Colours {
  readonly #session: Session;
  readonly #made = new Map<ColourSource, Gallery>();
  #own?: ImageSet;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @throws Error if there are no pictures of the reader's yet */
  of(source: ColourSource): Gallery {
    const made = this.#made.get(source) ?? gallery(this.#setOf(source));
    this.#made.set(source, made);
    return made;
  }

  #setOf(source: ColourSource): ImageSet {
    if (source === 'scenes') return scenes(this.#session.core, key(0), SCENES);
    if (!this.#own) throw new Error('There are no colour pictures of yours yet: drop some.');
    return this.#own;
  }

  show(source: ColourSource): Shown {
    const { points, apart } = this.of(source);
    return { first: points.points.slice(0, MOST.shown * DIM), apart };
  }

  /**
   * Takes a file of the reader's: the pictures of a batch of CIFAR-10 in place of all before, or a PNG or JPEG beside those before.
   *
   * @throws Error if the file is neither
   */
  async read(bytes: Uint8Array, name: string): Promise<{ count: number }> {
    const many = /\.bin$/i.test(name) ? plain(readCifar(bytes, { name })) : undefined;
    const set = fitImages(many ?? asSet(await decodeColour(bytes, { name })), { height: SIDE, width: SIDE });
    const all = this.#own && !many ? concatImages([this.#own, set]) : set;
    this.#own = all.count > MOST.kept ? splitImages(all, all.count - MOST.kept).training : all;
    this.#made.delete('own');
    return { count: this.#own.count };
  }

  /** The pictures in use as a file of numpy's, which copied code reads. */
  save(source: ColourSource): Uint8Array {
    const { set } = this.of(source);
    return writeNpy(set.pixels, [set.count, SIDE, SIDE, 3]);
  }
}

const asSet = ({ height, width, pixels }: { height: number; width: number; pixels: Float32Array }) =>
  imageSet({
    height,
    width,
    channels: 3,
    pixels: Uint8Array.from(pixels, (value) => Math.round(255 * value)),
  });

/** A set without its labels. */
const plain = ({ height, width, channels, pixels }: ImageSet) =>
  imageSet({ height, width, channels, pixels });

/** Further from every picture than any other picture is. */
const FAR = 9;

function gallery(set: ImageSet): Gallery {
  const points = imagePoints(set);
  const data = points.points;
  const others = data.slice();
  const measured = set.count < 2 ? 0 : Math.min(MOST.measured, set.count);
  let sum = 0;
  for (let at = 0; at < measured * DIM; at += DIM) {
    const one = data.subarray(at, at + DIM);
    others.fill(FAR, at, at + DIM);
    sum += nearestOf(one, others).distance[0];
    others.set(one, at);
  }
  return { set, points, apart: sum / (measured || 1) };
}

export interface ColourWalkArgs {
  source: ColourSource;
  sigma: number;
  /** Of a step, in units of sigma^2. */
  stepSize: number;
  /** Pixels of a patch's side, odd; Infinity for the whole picture. */
  patch: number;
  chains: number;
  seed: number;
}

/** What the worker emits in {@link walkColours}: pictures [chains, 16, 16, 3]. */
export interface ColourEvent {
  step: number;
  noisy: Float32Array;
  /** What the chains jump to. */
  clean: Float32Array;
  /** The picture of the data that is nearest to each jump, and by how much a number of it differs, [chains]. */
  near: Float32Array;
  distance: Float32Array;
}

/** Walks noisy colour pictures by the scores of patches, and jumps at each step, from data under noise, until it is stopped. */
export async function walkColours(
  session: Session,
  colours: Colours,
  { source, sigma, stepSize, patch, chains, seed }: ColourWalkArgs,
  { emit, signal }: Context,
): Promise<void> {
  const core = await session.threadedCore();
  const { set, points } = colours.of(source);
  const data = points.points;
  const score = localScores(core, set, { patch }).at(sigma);
  const tweedie = denoiser(score, sigma);
  const [startKey, walkKey] = split(key(seed));
  const z = normal(core, startKey, [chains * DIM]);
  const init = z.map((noise, i) => data[i % data.length] + sigma * noise);
  const options = {
    key: walkKey,
    steps: COLOUR_STEPS,
    stepSize: 2 * stepSize * sigma ** 2,
    chains,
    init,
    thin: 1,
  };
  const pace = paced(SHOW_MS);
  let step = 0;
  try {
    for await (const { path } of langevin(score, { ...options, signal })) {
      for (let at = 0; at < path.length; at += chains * DIM) {
        signal.throwIfAborted();
        const noisy = path.slice(at, at + chains * DIM);
        const clean = tweedie.denoise(noisy).slice();
        const { index, distance } = nearestOf(clean, data);
        const near = new Float32Array(clean.length);
        for (const [i, from] of index.entries())
          near.set(data.subarray(from * DIM, (from + 1) * DIM), i * DIM);
        emit({ step: ++step, noisy, clean, near, distance } satisfies ColourEvent);
        await pace();
      }
    }
  } finally {
    score.dispose();
  }
}
