import { type Core, type ImageSet, imageSet, type Key, uniform } from '../../../index.js';

/** Pixels of a side of the colour pictures: few, so that a walk over them shows thirty steps a second. */
export const SIDE = 16;
/** Numbers of a colour picture: red, green and blue of each pixel. */
export const SCENE_DIM = SIDE * SIDE * 3;

type Colour = readonly [red: number, green: number, blue: number];

/** Skies: above, at the horizon, and the sun or moon in them. */
const SKIES: readonly (readonly [above: Colour, below: Colour, sun: Colour])[] = [
  [
    [66, 133, 216],
    [190, 224, 246],
    [255, 224, 70],
  ],
  [
    [94, 52, 130],
    [250, 150, 70],
    [250, 60, 40],
  ],
  [
    [12, 18, 58],
    [40, 62, 122],
    [240, 240, 220],
  ],
  [
    [226, 128, 150],
    [255, 224, 160],
    [255, 250, 235],
  ],
];
/** Ground: grass, earth, sand, water and snow. */
const GROUNDS: readonly Colour[] = [
  [60, 140, 60],
  [112, 76, 50],
  [222, 190, 120],
  [30, 90, 140],
  [236, 242, 250],
];
const PETALS: readonly Colour[] = [
  [220, 40, 60],
  [250, 250, 250],
  [255, 170, 30],
  [170, 90, 210],
  [255, 120, 180],
];
const HEARTS: readonly Colour[] = [
  [255, 214, 50],
  [90, 50, 30],
];
const STEM: Colour = [30, 96, 44];

/** Numbers that one picture is drawn of. */
const DRAWS = 13;

const clamp = (share: number) => Math.max(0, Math.min(1, share));
const distance = (x: number, y: number) => Math.sqrt(x * x + y * y);
const one = <T>(of: readonly T[], draw: number) => of[Math.floor(draw * of.length)];

/**
 * Draws colour pictures of 16 x 16 pixels: a flower under a sun or moon, over ground of one of five kinds. The kinds, places and
 * sizes of their parts are drawn independently, so that hardly any two pictures are alike in all.
 *
 * @param key the same key gives the same pictures
 * @returns a set [count, 16, 16, 3] of bytes
 */
export function scenes(core: Core, key: Key, count: number): ImageSet {
  const draws = uniform(core, key, [count, DRAWS]);
  const pixels = new Uint8Array(count * SCENE_DIM);
  for (let n = 0; n < count; n++)
    paint(draws.subarray(n * DRAWS, (n + 1) * DRAWS), pixels.subarray(n * SCENE_DIM, (n + 1) * SCENE_DIM));
  return imageSet({ height: SIDE, width: SIDE, channels: 3, pixels });
}

/** Paints one picture of uniform numbers [DRAWS] into bytes [16, 16, 3]. */
function paint(u: Float32Array, out: Uint8Array): void {
  const [above, below, sun] = one(SKIES, u[0]);
  const ground = one(GROUNDS, u[1]);
  const [petal, heart] = [one(PETALS, u[2]), one(HEARTS, u[3])];
  const [horizon, slope] = [10 + 3 * u[4], 0.3 * (u[5] - 0.5)];
  const [sunX, sunY, sunRadius] = [1.5 + 13 * u[6], 1.5 + 3.5 * u[7], 1.3 + 1.2 * u[8]];
  const [headX, headY, headRadius] = [4.5 + 7 * u[9], 6 + 3 * u[10], 2 + 1.1 * u[11]];
  const lean = 3 * (u[12] - 0.5);
  let [red, green, blue] = [0, 0, 0];
  /** Lays a colour over what is there: `share` of it, below 0 none and above 1 all. */
  const lay = (colour: Colour, share: number) => {
    const part = clamp(share);
    red += part * (colour[0] - red);
    green += part * (colour[1] - green);
    blue += part * (colour[2] - blue);
  };
  for (let i = 0; i < SIDE * SIDE; i++) {
    // The middle of the pixel, to the right and down.
    const [x, y] = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
    lay(above, 1);
    lay(below, y / horizon);
    lay(sun, sunRadius + 0.5 - distance(x - sunX, y - sunY));
    lay(ground, y + 0.5 - horizon - slope * (x - 8));
    const along = (y - headY) / (15 - headY);
    if (along > 0 && along < 1) lay(STEM, 1.1 - Math.abs(x - headX - along * lean));
    const away = distance(x - headX, y - headY);
    lay(petal, headRadius + 0.5 - away);
    lay(heart, 1.5 - away);
    out[3 * i] = Math.round(red);
    out[3 * i + 1] = Math.round(green);
    out[3 * i + 2] = Math.round(blue);
  }
}
