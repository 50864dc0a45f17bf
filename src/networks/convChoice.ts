import { LANES } from '../abi/panels.js';

/** What a convolution works on. */
export interface ConvSizes {
  height: number;
  width: number;
  channels: number;
  outputs: number;
  side: number;
  step: number;
  pad: number;
}

// How many times the time of Winograd's F(4x4, 3x3) the direct product takes, relaxed, in Node 20; for one picture forward, and
// for eight forward and backward:
//
//   pixels of a side   16 channels            64                     256
//    3                 0.29, 0.97, 0.93       0.49, 1.76, 1.50       0.85, 1.65, 1.36
//    4                 0.44, 1.49, 1.43       0.76, 2.71, 2.31       0.97, 2.69, 1.89
//    5                 0.61, 0.77, 0.76       1.12, 1.27, 1.16       1.26, 1.16, 1.12
//    6                 0.78, 0.99, 1.00       1.43, 1.59, 1.53       1.55, 1.64, 1.58
//    7                 1.08, 1.37, 1.35       2.00, 2.21, 2.08       2.17, 2.21, 2.05
//    8                 1.35, 1.69, 1.68       2.53, 2.82, 2.79       3.31, 2.78, 2.60
//   14                 1.29, 1.38, 1.39       2.19, 1.97, 2.10       1.85, 2.27, 2.26
//
// One number of samples must not be computed otherwise than another, so that the choice looks at the picture alone. F(2x2, 3x3)
// is not among the choices: one picture takes no longer here than one of eight.

/** Side of a tile of outputs. */
const TILE = 4;
/** Least part of a picture's tiles that is inside of the picture. */
const LEAST_FILLING = 0.5;
/** Most channels of a pixel: the smallest piece of a row of tiles must fit a line of the transforms. */
const MOST_CHANNELS = 1024;

/** Whether Winograd's F(4x4, 3x3) computes a convolution, and not the direct product. */
export function takesWinograd({ height, width, channels, outputs, side, step, pad }: ConvSizes): boolean {
  const tiled = (size: number) => TILE * Math.ceil(size / TILE);
  return (
    side === 3 &&
    step === 1 &&
    pad === 1 &&
    // Channels are in the lanes, two vectors at a time in the wide binary.
    channels % LANES === 0 &&
    outputs % LANES === 0 &&
    Math.max(channels, outputs) <= MOST_CHANNELS &&
    Math.min(height, width) >= TILE &&
    height * width >= LEAST_FILLING * tiled(height) * tiled(width)
  );
}
