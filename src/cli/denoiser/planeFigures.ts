// Figures of points in the plane.
import { type PointLayer, pointFigure, shortNumber, splitChains } from '../../plots/index.js';
import { saveFigure } from '../run/figures.js';
import type { Square } from '../run/mixtureFigures.js';

/** Most points of a layer, and positions of a path. */
const MOST = 2000;
const MOST_ARROWS = 400;
const SIDE = 380;
const MOST_ASPECT = 4;

const some = (x: Float32Array, most = MOST) => x.subarray(0, 2 * most);

/** A rectangle that holds all points [n, 2], with a margin, at most four times as long as it is wide. */
function around(...layers: Float32Array[]): Square {
  const spans = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (const x of layers) {
      for (let i = axis; i < x.length; i += 2) {
        low = Math.min(low, x[i]);
        high = Math.max(high, x[i]);
      }
    }
    return { middle: (low + high) / 2, half: 0.55 * (high - low) };
  });
  const least = Math.max(...spans.map(({ half }) => half)) / MOST_ASPECT || 1;
  const [xlim, ylim] = spans.map(({ middle, half }): [number, number] => {
    const reach = Math.max(half, least);
    return [middle - reach, middle + reach];
  });
  return { xlim, ylim };
}

/** Draws an arrow from each noisy point to its estimate, over the clean points, as denoise.svg and .png. */
export function saveArrows(
  out: string,
  x: { clean: Float32Array; noisy: Float32Array; denoised: Float32Array },
  sigma: number,
): Promise<string[]> {
  const [clean, noisy, denoised] = [x.clean, x.noisy, x.denoised].map((part) => some(part, MOST_ARROWS));
  const layers: PointLayer[] = [
    { kind: 'rings', name: 'clean', x: clean, colour: 'ink', opacity: 0.5 },
    { kind: 'arrows', name: 'noisy to denoised', x: noisy, to: denoised, colour: 0, opacity: 0.5 },
    { kind: 'dots', name: 'denoised', x: denoised, colour: 1 },
  ];
  return saveFigure(
    out,
    'denoise',
    pointFigure({
      title: `Denoising at σ = ${shortNumber(sigma)}`,
      side: SIDE,
      panels: [{ ...around(clean, noisy, denoised), layers }],
    }),
  );
}

/** Draws walks [steps, chains, 2] beside their jumps, as walk-jump.svg and .png. */
export function savePlaneWalk(
  out: string,
  { walk, jumps, chains }: { walk: Float32Array; jumps: Float32Array; chains: number },
  sigma: number,
): Promise<string[]> {
  const paths = splitChains(walk, chains).map((path) => some(path));
  const points = some(jumps);
  return saveFigure(
    out,
    'walk-jump',
    pointFigure({
      side: SIDE,
      panels: [
        {
          title: `walk at σ = ${shortNumber(sigma)}`,
          ...around(...paths),
          layers: [{ kind: 'paths', paths, opacity: 0.6 }],
        },
        { title: 'jump: the denoised points', ...around(points), layers: [{ kind: 'dots', x: points }] },
      ],
    }),
  );
}

/** Draws samples beside points of the data, as samples.svg and .png. */
export function savePlaneSamples(out: string, data: Float32Array, samples: Float32Array): Promise<string[]> {
  const [left, right] = [some(data), some(samples)];
  const limits = around(left, right);
  const panel = (title: string, x: Float32Array, colour: number | 'ink') => ({
    title,
    ...limits,
    layers: [{ kind: 'dots' as const, x, colour, radius: 1.5, opacity: 0.6 }],
  });
  return saveFigure(
    out,
    'samples',
    pointFigure({ side: SIDE, panels: [panel('data', left, 'ink'), panel('samples', right, 0)] }),
  );
}
