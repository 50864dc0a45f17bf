// A U-Net trained on MNIST's digits, and its errors on digits that it has not seen. The first 9,000 images of MNIST's test file are
// trained on, the last 1,000 are held out.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const HELD_OUT = 1000;

/** @throws Error without MNIST_DIR */
export async function mnistDigits({ gunzip, imageRows, readIdxImages, splitImages }) {
  const folder = process.env.MNIST_DIR;
  if (!folder) throw new Error('MNIST_DIR must name a folder with t10k-images-idx3-ubyte.gz');
  const file = await readFile(join(folder, 't10k-images-idx3-ubyte.gz'));
  const { training, heldOut } = splitImages(readIdxImages(await gunzip(file)), HELD_OUT);
  const points = imageRows(
    heldOut,
    Uint32Array.from({ length: heldOut.count }, (_, i) => i),
  );
  return { training, heldOut, points, dim: points.length / heldOut.count };
}

/** Mean squared errors a pixel on the held-out digits by name, at each noise: [names, sigmas]. */
export async function errorsOf({ heldOutErrors, key }, { points, dim }, sigmas, denoisers) {
  const table = {};
  for await (const { errors } of heldOutErrors({ dim, points }, { sigmas, denoisers, key: key(1) })) {
    for (const [name, error] of Object.entries(errors)) table[name] = [...(table[name] ?? []), error];
  }
  return table;
}

/** Denoisers that need no training by steps: the best linear one, the exact score of the training set, a blur and the mean. */
export function simpleDenoisers(library, core, { training, heldOut, dim }) {
  const seen = library.imagePoints(training);
  const linear = library.linearDenoisers(core, seen);
  return (sigma) => {
    const exact = library.empirical(core, seen, sigma);
    const tweedie = library.denoiser(exact, sigma);
    return {
      linear: linear.at(sigma),
      exact: { core, dim, denoise: (y) => tweedie.denoise(y), dispose: () => exact.dispose() },
      blur: library.blurDenoiser(core, heldOut),
      mean: library.meanDenoiser(core, linear.mean),
    };
  };
}

/**
 * One training. Yields after each step { step, seconds, errors(sigmas) }: steps done, and seconds of training, by `clock`, which
 * stops while the caller looks; errors are those of the moving average of the weights.
 *
 * @param seed of the initial weights, and of the batches
 */
export async function* trainOnDigits(library, core, digits, { seed, steps, clock = wall }) {
  const { key, learnedDenoiser, loadDenoiser, trainDenoiser, unet } = library;
  const model = learnedDenoiser(unet(core, digits.training, { key: key(seed) }), { sigmaData: 0.31 });
  const options = {
    steps,
    batch: 32,
    noise: { kind: 'logNormal', mean: -1, sd: 1.2 },
    // A decay of .999 a step of 32.
    halfLife: (32 * Math.log(0.5)) / Math.log(0.999),
    key: key(1000 + seed),
  };
  let seconds = 0;
  let began = clock();
  try {
    for await (const { step, checkpoint } of trainDenoiser(model, digits.training, options)) {
      seconds += clock() - began;
      const errors = async (sigmas) => {
        const averaged = loadDenoiser(core, checkpoint());
        try {
          return (await errorsOf(library, digits, sigmas, (sigma) => ({ mse: averaged.at(sigma) }))).mse;
        } finally {
          averaged.dispose();
        }
      };
      yield { step: step + 1, seconds, errors };
      began = clock();
    }
  } finally {
    model.dispose();
  }
}

/** Seconds that passed. */
export function wall() {
  return performance.now() / 1000;
}

/** Seconds that all threads of the process computed: for a machine shared with others. */
export function processor() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
