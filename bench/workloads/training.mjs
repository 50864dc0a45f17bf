// One training step: draw a batch and its noise, the loss over all levels, its gradient, one update of Adam.
import { random } from './seeded.mjs';

/** The article's network and batch. */
const ARTICLE = { dim: 2, features: 256, width: 128, depth: 3, levels: 30, sigmaMin: 1e-4, sigmaMax: 1 };

/** 784-1024-1024-784 with softplus, one level of noise, and two random features, the fewest the library allows. */
const WIDE = { dim: 784, features: 1, width: 1024, depth: 2, levels: 1, sigmaMin: 0.5, sigmaMax: 0.5 };

/**
 * Multiply-adds a row that a step cannot do without: the forward pass and the weights' gradients, each every weight
 * once, and the gradients at the hidden units, every weight but the first layer's once.
 */
function multiplyAddsPerRow({ dim, features, width, depth }) {
  const first = (2 * features + dim) * width;
  const rest = (depth - 1) * width * width + width * dim;
  return 2 * (first + rest) + rest;
}

/** Everything a system needs, and the batch and noise that the key gives, for the check. */
function problem(library, core, config, batch, { points, logits, drawing }) {
  const { dim, levels } = config;
  const key = library.key(426);
  const network = library.network(core, config);
  const tensors = network.tensors();
  const keys = library.split(key, batch + 2);
  const drawn = library.categorical(core, keys[batch], logits, batch);
  const x = new Float32Array(batch * dim);
  const z = new Float32Array(batch * levels * dim);
  for (let b = 0; b < batch; b++) {
    x.set(points.subarray(drawn[b] * dim, (drawn[b] + 1) * dim), b * dim);
    z.set(library.normal(core, keys[b], [levels, dim]), b * levels * dim);
  }
  const sigmas = network.sigmas.slice();
  const full = { ...network.config };
  network.dispose();
  return { config: full, sigmas, tensors, points, logits, drawing, batch, key, x, z };
}

function workload(name, title, config, batch, data, more = {}) {
  return {
    name,
    title,
    kind: 'train',
    unit: 'step',
    problem: (library, core) => problem(library, core, config, batch, data(library)),
    multiplyAdds: batch * config.levels * multiplyAddsPerRow(config),
    // Relative: a sum of batch x levels terms in float32, some systems adding them in another order.
    tolerance: { loss: 1e-4, gradient: 1e-4 },
    ...more,
  };
}

const digit = (library) => library.imageDistribution(library.builtInImage('five'));

/** A thousand smooth random pictures. */
function pictures() {
  const [N, dim] = [1000, WIDE.dim];
  const next = random(3);
  return { points: Float32Array.from({ length: N * dim }, next), logits: new Float32Array(N) };
}

export const articleStep = workload(
  'training-step',
  "the article's training step, 128 x 30 rows",
  ARTICLE,
  128,
  digit,
);

export const wideStep = workload(
  'wide-step',
  'training step of 784-1024-1024-784, batch 128',
  WIDE,
  128,
  pictures,
);

/** A picture of 1,000 x 1,000 pixels, rings that grow darker from the middle on, as a distribution over them. */
function largePicture(library) {
  const side = 1000;
  const pixels = Float32Array.from({ length: side * side }, (_, i) => {
    const r = Math.hypot((i % side) - side / 2, Math.floor(i / side) - side / 2) / side;
    return (1 + Math.cos(60 * r)) * Math.exp(-4 * r);
  });
  return { ...library.imageDistribution({ height: side, width: side, pixels }), drawing: 'alias' };
}

/** Its pixels are drawn from a million, not from 784, here by an alias table; a step is the same in everything else. */
export const largePictureStep = workload(
  'large-picture',
  "the article's training step on a picture of 1,000 x 1,000",
  ARTICLE,
  128,
  largePicture,
  { long: true },
);

const doublings = (first) => Array.from({ length: 5 }, (_, i) => first * 2 ** i);

export const growthWithBatch = doublings(32).map((batch) =>
  workload(`batch-${batch}`, `training step, batch ${batch}`, ARTICLE, batch, digit, {
    growth: 'batch',
    size: batch,
  }),
);

export const growthWithWidth = doublings(32).map((width) =>
  workload(`width-${width}`, `training step, width ${width}`, { ...ARTICLE, width }, 128, digit, {
    growth: 'width',
    size: width,
  }),
);
