// A scalar of a point and a time, and its gradient at the point, as plans with the same parameters: both are made from one list of
// layers, so that the parameters stand in the same order.
import type { Core } from '../core/instantiate.js';
import { denseTranspose, energy, featuresTranspose, product, siluSlope } from './gradientLayers.js';
import {
  bias,
  type DenseWeights,
  dense,
  features,
  fork,
  linearInitial,
  nextKeyOf,
  toPanels,
  toRows,
} from './layers.js';
import { TIME_NUMBERS } from './mlp.js';
import { Activation, type NetworkBuffer, Plan } from './plan.js';
import type { PictureShape } from './timedNetwork.js';
import { add, broadcast, silu } from './valueLayers.js';

/** Sizes of a network that is the gradient of a scalar. */
export interface EnergyConfig extends PictureShape {
  /** Numbers of a hidden layer. */
  hidden: number;
  /** Hidden layers, at least one. */
  depth: number;
  /** Random cosines, and as many random sines, that the first layer reads beside the coordinates; 0 for none. */
  features: number;
  /** Frequencies of the features: standard normal times a scale that grows from featureScale to featureScale featureSpread. */
  featureScale: number;
  /** The largest scale of a frequency over the smallest. */
  featureSpread: number;
}

/** Numbers of the embedded time, of which each layer's shift is a linear function. */
const EMBEDDING = 32;

/** A plan, and where its frequencies stand, f32 [D][2F] in turns per unit, if it has features. */
export interface EnergyPlan {
  plan: Plan;
  frequencies?: NetworkBuffer;
}

/**
 * phi(x, t) = w h_L + b with h_l = SiLU(a_l), a_l = W_l h_(l-1) + b_l + shift_l(t), and h_0 = (cos 2 pi B x, sin 2 pi B x, x): the
 * shifts are linear layers of the embedded time, which the gradient at x does not pass.
 *
 * @param output `gradient`: that of phi at x, [D], g_(l-1) = W_l^T (g_l SiLU'(a_l)) from g_L = w on, over the weights of phi;
 *   `scalar`: phi itself, [1]
 */
export function energyPlan(core: Core, config: EnergyConfig, output: 'gradient' | 'scalar'): EnergyPlan {
  const { height, width, channels, hidden, depth, features: F } = config;
  const D = height * width * channels;
  const isGradient = output === 'gradient';
  let frequencies: NetworkBuffer | undefined;
  const layers = (plan: Plan) => {
    // Sines of one sample are computed four at a time, up to three too many.
    if (F > 0) frequencies = plan.buffer(4 * 2 * F * D + 16);
    const named = (name: string, outputs: number) => ({ name, outputs, keyOf: nextKeyOf(plan) });
    const { h: first, x } = featuresOf(plan, { D, F, frequencies, isGradient });
    const weights: DenseWeights[] = [];
    const slopes: Activation[] = [];
    let h = first;
    let embedded = silu(
      plan,
      bias(plan, dense(plan, plan.noise as Activation, named('embedding.time', EMBEDDING))),
    );
    for (let l = 0; l < depth; l++) {
      let own = embedded;
      if (l < depth - 1) [own, embedded] = fork(plan, embedded);
      const shift = broadcast(plan, bias(plan, dense(plan, own, named(`shift.${l}`, hidden))));
      const layer = dense(plan, h, { ...named(`layers.${l}`, hidden), isTied: isGradient });
      const a = add(plan, bias(plan, layer), shift);
      weights.push(layer.weights);
      if (!isGradient) h = silu(plan, a);
      else {
        const [y, d] = siluSlope(plan, a);
        h = y;
        slopes.push(d);
      }
    }
    if (!isGradient) return toRows(plan, bias(plan, dense(plan, h, named('out', 1))));
    const keyOf = nextKeyOf(plan);
    const W = plan.parameter('out.weight', [1, hidden], linearInitial(hidden, keyOf, 0, [1, hidden]));
    const B = plan.parameter('out.bias', [1], linearInitial(hidden, keyOf, 1, [1]));
    let g = energy(plan, [h, slopes[depth - 1]], { W, B });
    for (let l = depth - 1; l > 0; l--) g = product(plan, denseTranspose(plan, g, weights[l]), slopes[l - 1]);
    g = denseTranspose(plan, g, weights[0]);
    return toRows(plan, x && frequencies ? featuresTranspose(plan, { g, x, frequencies }) : g);
  };
  const plan = new Plan(core, new Activation(D, 'rows'), layers, new Activation(TIME_NUMBERS));
  return { plan, frequencies };
}

/** What the first layer reads, [2F + D]; and, where there are features, x once more for their gradient. */
function featuresOf(
  plan: Plan,
  {
    D,
    F,
    frequencies,
    isGradient,
  }: { D: number; F: number; frequencies: NetworkBuffer | undefined; isGradient: boolean },
): { h: Activation; x?: Activation } {
  if (!frequencies) return { h: toPanels(plan, plan.input) };
  const joined = new Activation(2 * F + D);
  const x = toPanels(plan, plan.input, joined.slice(2 * F, D));
  const write = (from: Activation) =>
    features(plan, from, joined.slice(0, 2 * F), { frequencies, gainBytes: 0 });
  if (!isGradient) {
    write(x);
    return { h: joined };
  }
  const [forFeatures, forGradient] = fork(plan, x);
  write(forFeatures);
  return { h: joined, x: forGradient };
}
