// The score of a network of rows that denoises, at one noise, as samplers use it: s(x) = POINT x + OUT F(IN x). `score` is the
// address of its descriptor, DenoiserScoreField. Where F is the gradient of a scalar phi, s is that of
// POINT |x|^2 / 2 + (OUT / IN) phi(IN x), the log-density up to a constant.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { FIXED, FIXED_ROW, PACK_ROW } from '../../src/abi/plan';
import { DenoiserScoreField as Score } from '../../src/abi/scores';
import { walk } from './walk';

/** After the parameters changed: packs the weights for products with one sample, and computes what depends on the noise alone. */
export function denoiserPack(score: usize): void {
  walk(load<usize>(score, Score.ONCE), PACK_ROW, 0, 0, false);
  walk(load<usize>(score, Score.ROW), PACK_ROW, 0, 0, false);
  walk(load<usize>(score, Score.ONCE), FIXED_ROW, 1, 0, false);
}

/**
 * Sets the noise, and computes what depends on it alone.
 * p: f64, POINT, OUT, IN, the level, then the numbers that describe the noise to the network.
 */
export function denoiserNoise(score: usize, p: usize): void {
  store<f32>(score, <f32>load<f64>(p), Score.POINT);
  store<f32>(score, <f32>load<f64>(p, 8), Score.OUT);
  store<f32>(score, <f32>load<f64>(p, 16), Score.IN);
  store<u32>(score, <u32>load<f64>(p, 24), Score.LEVEL);
  const noise = load<usize>(score, Score.NOISE);
  for (let i: usize = 0; i < load<usize>(score, Score.NUMBERS); i++)
    store<f32>(noise + (i << 2), <f32>load<f64>(p + (i << 3), 32));
  walk(load<usize>(score, Score.ONCE), FIXED_ROW, 1, 0, false);
}

/**
 * The scores of the first n samples of a panel, and their log-densities unless logp is 0 or F is no gradient. x: [D][8]; s: [D][8]
 * and logp: [8], of which other lanes keep what they hold.
 */
export function denoiserPanel(score: usize, x: usize, s: usize, logp: usize, n: usize): void {
  const panels = load<usize>(score, Score.PANELS);
  if (panels == 0 || n == 1) {
    const input = load<usize>(score, Score.ROW_INPUT);
    const output = load<usize>(score, Score.ROW_OUTPUT);
    for (let lane: usize = 0; lane < n; lane++) {
      toNetwork(score, x + (lane << 2), input);
      walk(load<usize>(score, Score.ROW), FIXED_ROW, 1, 0, false);
      fromNetwork(score, x + (lane << 2), output, s + (lane << 2));
      logDensity(score, x + (lane << 2), load<usize>(score, Score.ROW_ENERGY), logp, lane);
    }
    return;
  }
  const bytes = load<usize>(score, Score.D) << 2;
  const input = load<usize>(score, Score.INPUT);
  const output = load<usize>(score, Score.OUTPUT);
  for (let lane: usize = 0; lane < LANES; lane++) {
    // Lanes past the end are computed too, from zeros: what an earlier call left there may be too large to compute with.
    if (lane < n) toNetwork(score, x + (lane << 2), input + lane * bytes);
    else memory.fill(input + lane * bytes, 0, bytes);
  }
  walk(panels, FIXED, LANES, 0, false);
  for (let lane: usize = 0; lane < n; lane++) {
    fromNetwork(score, x + (lane << 2), output + lane * bytes, s + (lane << 2));
    const energy = load<usize>(score, Score.ENERGY);
    logDensity(score, x + (lane << 2), energy == 0 ? 0 : energy + (lane << 2), logp, lane);
  }
}

/** The log-density of one lane into logp, unless that is 0 or there is no energy. x: one lane of a panel; energy: phi. */
function logDensity(score: usize, x: usize, energy: usize, logp: usize, lane: usize): void {
  if (logp == 0 || energy == 0) return;
  // In float64, since samplers take differences of log-densities.
  let square: f64 = 0;
  for (let d: usize = 0; d < load<usize>(score, Score.D); d++) {
    const v = <f64>load<f32>(x + d * LANE_BYTES);
    square += v * v;
  }
  const gain = <f64>load<f32>(score, Score.OUT) / <f64>load<f32>(score, Score.IN);
  const value = 0.5 * <f64>load<f32>(score, Score.POINT) * square + gain * <f64>load<f32>(energy);
  store<f32>(logp + (lane << 2), <f32>value);
}

/** input <- IN x. x: one lane of a panel; input: [D]. */
function toNetwork(score: usize, x: usize, input: usize): void {
  const scale = load<f32>(score, Score.IN);
  for (let d: usize = 0; d < load<usize>(score, Score.D); d++)
    store<f32>(input + (d << 2), load<f32>(x + d * LANE_BYTES) * scale);
}

/** s <- POINT x + OUT output. x, s: one lane of a panel; output: [D]. */
function fromNetwork(score: usize, x: usize, output: usize, s: usize): void {
  const point = load<f32>(score, Score.POINT);
  const out = load<f32>(score, Score.OUT);
  for (let d: usize = 0; d < load<usize>(score, Score.D); d++) {
    const at = d * LANE_BYTES;
    store<f32>(s + at, load<f32>(x + at) * point + load<f32>(output + (d << 2)) * out);
  }
}
