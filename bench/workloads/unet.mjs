// The default U-Net over 28 x 28 pictures: a training step of a denoiser, and the network's output for one picture.
import { random } from './seeded.mjs';

const SHAPE = { height: 28, width: 28, channels: 1 };
const BATCH = 32;
/** Multiply-adds of one picture's forward pass; its backward pass takes two more for each but those of the first layer. */
const MULTIPLY_ADDS = 46_867_008;

/** The network in diffusers' names, and pictures with a time each. */
function problem(library, core, pictures) {
  const network = library.unet(core, SHAPE, { key: library.key(1) });
  const next = random(5);
  const x = Float32Array.from({ length: pictures * network.dim }, next);
  const times = Float32Array.from({ length: pictures }, (_, i) => 1 + 7 * i);
  const { config } = network;
  const tensors = network.tensors();
  network.dispose();
  return { shape: SHAPE, config, tensors, x, times, batch: BATCH, key: library.key(426) };
}

export const unetStep = {
  name: 'unet-step',
  title: 'training step of a U-Net of 267k parameters, 28 x 28, batch 32',
  kind: 'unetTrain',
  unit: 'step',
  problem: (library, core) => problem(library, core, BATCH),
  multiplyAdds: 3 * BATCH * MULTIPLY_ADDS,
  tolerance: { y: 1e-4 },
};

export const unetPicture = {
  name: 'unet-picture',
  title: 'output of the same U-Net for one picture',
  kind: 'unetPredict',
  unit: 'picture',
  problem: (library, core) => problem(library, core, 1),
  multiplyAdds: MULTIPLY_ADDS,
  tolerance: { y: 1e-4 },
};
