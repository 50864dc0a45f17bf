import { type Core, type Density, mixture } from '../../index.js';

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
  const spread = Math.hypot(sd, sigma);
  const axis = (c: number) => mirrored(c, spread);
  const means = axis(centre[0]).flatMap((x) => axis(centre[1]).map((y) => [x, y]));
  return { density: mixture(core, { means, sds: means.map(() => [spread, spread]) }), images: means.length };
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

/** Entropy H in nats and Fisher information J of the colour in the glass, by the midpoint rule. */
export function glassEntropy(
  core: Core,
  drop: Drop,
  sigma: number,
  cells = 128,
): { entropy: number; fisher: number } {
  const { density, images } = spreadDrop(core, drop, sigma);
  const x = Float32Array.from({ length: 2 * cells * cells }, (_, i) => {
    const cell = i >> 1;
    return ((i % 2 === 0 ? cell % cells : Math.floor(cell / cells)) + 0.5) / cells;
  });
  const logs = density.logProb(x);
  const scores = density.score(x);
  density.dispose();
  let [entropy, fisher] = [0, 0];
  for (const [i, log] of logs.entries()) {
    const logDensity = log + Math.log(images);
    const mass = Math.exp(logDensity) / cells ** 2;
    entropy -= mass * logDensity;
    fisher += mass * (scores[2 * i] ** 2 + scores[2 * i + 1] ** 2);
  }
  return { entropy, fisher };
}
