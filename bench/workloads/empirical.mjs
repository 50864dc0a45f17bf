// The exact score of 10,000 points of 784 coordinates at 64 places: one unit is one evaluation of all 64.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { random } from './seeded.mjs';

const [N, DIM, PLACES] = [10_000, 784, 64];

/**
 * With MNIST_DIR, the images of t10k-images-idx3-ubyte (or .gz) in that folder; else numbers in [0, 1) of the same
 * shape, a fifth of them above zero. The places are points with noise; sigma is large enough for many points to count.
 */
export const empiricalScore = {
  name: 'empirical-score',
  title: 'exact score of 64 places against 10,000 points in 784 dimensions',
  kind: 'empirical',
  unit: 'evaluation',
  async problem(library, core) {
    const folder = process.env.MNIST_DIR;
    const points = folder ? await mnist(library, folder) : synthetic();
    const sigma = 2;
    const noise = library.normal(core, library.key(1), [PLACES, DIM]);
    const x = noise.map((z, i) => points[i] + sigma * z);
    return { points, dim: DIM, sigma, x };
  },
  // x . y and the weighted sum of y.
  multiplyAdds: 2 * PLACES * N * DIM,
  tolerance: { score: 1e-4 },
};

function synthetic() {
  const next = random(7);
  return Float32Array.from({ length: N * DIM }, () => (next() < 0.2 ? next() : 0));
}

async function mnist({ gunzip, readIdx }, folder) {
  const path = join(folder, 't10k-images-idx3-ubyte');
  const bytes = await readFile(path).catch(async () => gunzip(await readFile(`${path}.gz`), `${path}.gz`));
  const images = readIdx(bytes, path);
  const points = new Float32Array(N * DIM);
  for (let i = 0; i < N; i++) points.set(images.image(i).pixels, i * DIM);
  return points;
}
