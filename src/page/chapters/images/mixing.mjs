// Measures what the figure of mixing shows, and writes it to mixingTable.ts: node src/page/chapters/images/mixing.mjs, after
// npm run build. A few minutes of one core; to be run again when the weights of the digits' network change.

import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import {
  decodeDenoiserWeights,
  denoiser,
  denoiserScores,
  digits,
  imagePoints,
  key,
  langevin,
  loadCore,
  loadDenoiser,
  nearest,
  normal,
} from '../../../../dist/index.js';
import { unpackedWeights } from '../../weights/pack.mjs';

const DIM = 400;
export const SIGMAS = [0.2, 0.3, 0.45, 0.65, 0.9, 1.2, 1.5];
/** Chains and steps of a walk, the step size in units of sigma^2, steps that are left out, and exact draws. */
export const MIXING = { chains: 8, steps: 110, stepSize: 0.5, burnIn: 10, draws: 150 };

/** Mean distance of the rows of a to those of b, or to the others where a is b. */
function meanDistance(a, b) {
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < a.length; i += DIM) {
    for (let j = 0; j < b.length; j += DIM) {
      if (a === b && i === j) continue;
      let squares = 0;
      for (let d = 0; d < DIM; d++) squares += (a[i + d] - b[j + d]) ** 2;
      sum += Math.sqrt(squares);
      pairs++;
    }
  }
  return sum / pairs;
}

/**
 * Walks at one noise by a learned denoiser.
 *
 * @returns changes of digit in 100 steps of a chain, and the energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| of the jumps X of exact
 *   noisy digits from other digits Y, so that it does not depend on how well the walk mixes
 */
export async function mixingAt(learned, sigma) {
  const { core } = learned;
  const { chains, steps, stepSize, burnIn, draws } = MIXING;
  const known = digits(core, key(0), 2000, { size: 20 });
  const { points } = imagePoints(known);
  const clean = imagePoints(digits(core, key(2), draws, { size: 20 })).points;
  const other = imagePoints(digits(core, key(3), draws, { size: 20 })).points;
  const z = normal(core, key(4), [clean.length]);
  const noisy = clean.map((x, i) => x + sigma * z[i]);
  const score = denoiserScores(learned).at(sigma);
  const jumps = learned.denoise(noisy, sigma);
  const distance = 2 * meanDistance(jumps, other) - meanDistance(jumps, jumps) - meanDistance(other, other);
  const init = noisy.slice(0, chains * DIM);
  const options = { key: key(5), steps, stepSize: 2 * stepSize * sigma ** 2, chains, init, thin: 1 };
  const tweedie = denoiser(score, sigma);
  let before;
  let [changes, step] = [0, 0];
  for await (const { path } of langevin(score, options)) {
    for (let at = 0; at < path.length; at += chains * DIM) {
      const jump = tweedie.denoise(path.slice(at, at + chains * DIM));
      const now = Array.from(nearest(jump, points, { dim: DIM }).index, (i) => known.labels[i]);
      if (++step > burnIn) changes += now.filter((label, i) => label !== before[i]).length;
      before = now;
    }
  }
  score.dispose();
  return {
    sigma,
    changes: Number(((100 * changes) / chains / (steps - burnIn)).toPrecision(3)),
    distance: Number(distance.toPrecision(3)),
  };
}

/** The network of the page, on the strict kernel, which gives the same numbers everywhere. */
export async function digitsNetwork() {
  const core = await loadCore({ kernel: 'strict' });
  const file = await readFile(new URL('../../weights/digits.safetensors', import.meta.url));
  return loadDenoiser(core, decodeDenoiserWeights(unpackedWeights(file)), { averaged: false });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const learned = await digitsNetwork();
  const rows = [];
  for (const sigma of SIGMAS) {
    rows.push(await mixingAt(learned, sigma));
    console.log(rows.at(-1));
  }
  const lines = rows.map(
    ({ sigma, changes, distance }) => `  { sigma: ${sigma}, changes: ${changes}, distance: ${distance} },`,
  );
  const { chains, steps, stepSize } = MIXING;
  await writeFile(
    new URL('mixingTable.ts', import.meta.url),
    `// Made by mixing.mjs, with the weights of the digits' network that come with the page.

/** Chains and steps of the walks, and the step size in units of sigma^2. */
export const MIXING = { chains: ${chains}, steps: ${steps}, stepSize: ${stepSize} };

/** At each noise the changes of digit in 100 steps of a chain, and the energy distance of jumps from digits. */
export const mixing = [
${lines.join('\n')}
];
`,
  );
  learned.dispose();
}
