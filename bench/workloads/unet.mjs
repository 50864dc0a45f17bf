// U-Nets over 28 x 28 pictures: a training step of a denoiser, the network's output for one picture, and pictures made from noise.
import { random } from './seeded.mjs';

const SHAPE = { height: 28, width: 28, channels: 1 };
const BATCH = 32;

/**
 * Channels of the levels by those of the finest, and the multiply-adds of one picture's forward pass; its backward pass takes two
 * more for each but those of the first layer.
 */
const NETWORKS = {
  16: { channels: [16, 32, 32], parameters: '267k', multiplyAdds: 46_867_008 },
  32: { channels: [32, 64, 64], parameters: '1.06M', multiplyAdds: 186_709_120 },
  64: { channels: [64, 128, 128], parameters: '4.24M', multiplyAdds: 745_318_656 },
};

/** Noise of Heun's method: from the most to the least, evenly spaced in the seventh root, then none. */
const FLOW = { steps: 5, sigmaMin: 0.05, sigmaMax: 10, spacing: 7 };
/** The last step, to no noise, takes one score, the others two. */
const SCORES = 2 * FLOW.steps - 1;

/** The network in diffusers' names, and pictures with a time each. */
function problem(library, core, { channels }, pictures) {
  const network = library.unet(core, SHAPE, { channels, key: library.key(1) });
  const next = random(5);
  const x = Float32Array.from({ length: pictures * network.dim }, next);
  const times = Float32Array.from({ length: pictures }, (_, i) => 1 + 7 * i);
  const { config } = network;
  const tensors = network.tensors();
  network.dispose();
  return { shape: SHAPE, channels, config, tensors, x, times, batch: BATCH, key: library.key(426) };
}

/** The same with noise to start from, the levels on the way, and what the network's denoiser multiplies by at each. */
function flowProblem(library, core, network, pictures) {
  const { x: places, times: _, ...rest } = problem(library, core, network, pictures);
  const { steps, sigmaMin, sigmaMax, spacing } = FLOW;
  const [from, to] = [sigmaMax ** (1 / spacing), sigmaMin ** (1 / spacing)];
  const sigmas = Array.from({ length: steps }, (_, i) => (from + (i / (steps - 1)) * (to - from)) ** spacing);
  const x = library.normal(core, library.key(2), [places.length]).map((z) => sigmaMax * z);
  return { ...rest, x, pictures, sigmas: [...sigmas, 0], flow: FLOW };
}

const suffix = (finest) => (finest === 16 ? '' : `-${finest}`);

/** A step of {@link trainDenoiser}. */
function step(finest, more = {}) {
  const network = NETWORKS[finest];
  return {
    name: `unet-step${suffix(finest)}`,
    title: `training step of a U-Net of ${network.parameters} parameters, 28 x 28, batch 32`,
    kind: 'unetTrain',
    unit: 'step',
    problem: (library, core) => problem(library, core, network, BATCH),
    multiplyAdds: 3 * BATCH * network.multiplyAdds,
    perUnit: { count: BATCH, of: 'picture' },
    tolerance: { y: 1e-4 },
    ...more,
  };
}

function picture(finest) {
  const network = NETWORKS[finest];
  return {
    name: `unet-picture${suffix(finest)}`,
    title: `output of the U-Net of ${network.parameters} parameters for one picture`,
    kind: 'unetPredict',
    unit: 'picture',
    problem: (library, core) => problem(library, core, network, 1),
    multiplyAdds: network.multiplyAdds,
    tolerance: { y: 1e-4 },
  };
}

/** Pictures from noise by the default network, untrained: no time depends on its weights. */
function sample(pictures, name) {
  return {
    name,
    title: `${pictures} picture${pictures === 1 ? '' : 's'} by ${FLOW.steps} steps of the flow, U-Net of 267k parameters`,
    kind: 'unetFlow',
    unit: 'run',
    problem: (library, core) => flowProblem(library, core, NETWORKS[16], pictures),
    multiplyAdds: SCORES * pictures * NETWORKS[16].multiplyAdds,
    perUnit: { count: pictures, of: 'picture' },
    tolerance: { x: 1e-4 },
  };
}

export const unets = [
  step(16),
  step(32),
  step(64, { long: true }),
  picture(16),
  picture(32),
  picture(64),
  sample(64, 'unet-sample'),
  sample(1, 'unet-sample-1'),
];
