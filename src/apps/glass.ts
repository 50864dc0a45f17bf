import { exp, hypot, log, square } from '../core/elementary.js';
import { type Core, type Density, mixture } from '../index.js';

/** A drop of colour: where it falls into a glass, the unit square, and the standard deviation of what it is then. */
export interface Drop {
  centre: readonly [number, number];
  sd: number;
}

/**
 * The density of the drop's colour after it has spread by sigma in still water. The walls of the glass reflect: inside, it is
 * the sum of the Gaussians of the drop and of all its mirror images, of variance sd^2 + sigma^2, and so it satisfies the heat
 * equation d p / d(sigma^2) = Laplacian(p) / 2 with no flow through the walls.
 *
 * The mixture has the mass 1 over the whole plane; inside the glass its density is the colour's divided by `images`.
 */
export function spreadDrop(
  core: Core,
  { centre, sd }: Drop,
  sigma: number,
): { density: Density; images: number } {
  const spread = hypot(sd, sigma);
  const axis = (c: number) => mirrored(c, spread);
  const means = axis(centre[0]).flatMap((x) => axis(centre[1]).map((y) => [x, y]));
  return { density: mixture(core, { means, sds: means.map(() => [spread, spread]) }), images: means.length };
}

/**
 * One coordinate of the colour after it has spread by sigma, which is independent of the other one: its density on the line, which
 * inside the glass is to be multiplied by `images`.
 *
 * @param centre where the drop fell, in this coordinate; sd: the drop's own standard deviation
 */
export function spreadAxis(
  core: Core,
  centre: number,
  sd: number,
  sigma: number,
): { density: Density; images: number } {
  const spread = hypot(sd, sigma);
  const means = mirrored(centre, spread).map((x) => [x]);
  return { density: mixture(core, { means, sds: means.map(() => [spread]) }), images: means.length };
}

/** Mirror images of a number in walls at 0 and 1, all that have weight inside at this spread. */
function mirrored(c: number, spread: number): number[] {
  const most = Math.ceil((1 + 6 * spread) / 2);
  const images: number[] = [];
  for (let k = -most; k <= most; k++) images.push(2 * k + c, 2 * k - c);
  return images;
}

/** A number as walls at 0 and 1 reflect it. */
export function reflected(x: number): number {
  const folded = Math.abs(x) % 2;
  return folded > 1 ? 2 - folded : folded;
}

/**
 * Entropy H in nats and Fisher information J of the colour in the glass, by the midpoint rule. Coordinates are independent, so both
 * are sums over them.
 */
export function glassEntropy(
  core: Core,
  { centre, sd }: Drop,
  sigma: number,
  cells = 128,
): { entropy: number; fisher: number } {
  const x = Float32Array.from({ length: cells }, (_, i) => (i + 0.5) / cells);
  let [entropy, fisher] = [0, 0];
  for (const c of centre) {
    const { density, images } = spreadAxis(core, c, sd, sigma);
    const logs = density.logProb(x);
    const scores = density.score(x);
    density.dispose();
    for (const [i, onLine] of logs.entries()) {
      const logDensity = onLine + log(images);
      const mass = exp(logDensity) / cells;
      entropy -= mass * logDensity;
      fisher += mass * square(scores[i]);
    }
  }
  return { entropy, fisher };
}
