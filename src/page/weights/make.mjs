// Makes the weights that come with the page: node src/page/weights/make.mjs [NAME ...], after npm run build. Of each built-in
// picture, the network that the page trains with the settings and seeds it begins with; of the digits that the library draws, a
// small U-Net. A picture takes less than a minute of one core, the digits about ten; to be run again only when
// settings change.

import { writeFile } from 'node:fs/promises';
import {
  builtInImage,
  builtInImages,
  digits,
  encodeDenoiserWeights,
  encodeWeights,
  imageDistribution,
  imageMoments,
  key,
  learnedDenoiser,
  loadCore,
  network,
  presets,
  train,
  trainDenoiser,
  unet,
} from '../../../dist/index.js';
import { packWeights } from './pack.mjs';

/** Pixels of a digit's side, how many digits the U-Net learns from, and its training. */
const SIZE = 20;
const DIGITS = 20_000;
const TRAINING = { steps: 6600, batch: 32, learningRate: 3e-3, schedule: 'cosine', halfLife: 10_000 };

/** The network that the page trains of a built-in picture. */
async function pictureWeights(core, name) {
  const { batch, steps, learningRate, schedule } = presets.quick.training;
  const net = network(core, presets.quick.network, { key: key(0) });
  const options = { batch, steps, learningRate, schedule, key: key(426) };
  for await (const { step, loss } of train(net, imageDistribution(builtInImage(name)), options))
    if ((step + 1) % 1000 === 0) console.log(name, step + 1, loss.toFixed(4));
  return encodeWeights(net, steps);
}

/** A U-Net of digits that knows their classes. Its file holds the moving averages of the weights alone. */
async function digitWeights(core) {
  const images = digits(core, key(0), DIGITS, { size: SIZE });
  const net = unet(core, { height: SIZE, width: SIZE, channels: 1 }, { channels: [16, 32, 32], classes: 10 });
  const denoiser = learnedDenoiser(net, { sigmaData: imageMoments(images).sd });
  let last;
  for await (const state of trainDenoiser(denoiser, images, { ...TRAINING, key: key(426) })) {
    if ((state.step + 1) % 200 === 0) console.log('digits', state.step + 1, state.loss.toFixed(4));
    // After the last step there is none to ask for.
    if (state.step === TRAINING.steps - 1) last = state.checkpoint();
  }
  const { kind, network: config, denoiser: form, step, average } = last;
  return encodeDenoiserWeights({
    kind,
    network: config,
    denoiser: form,
    step,
    tensors: average,
    average: {},
  });
}

const known = [...builtInImages, 'digits'];
const names = process.argv.length > 2 ? process.argv.slice(2) : known;
const wrong = names.find((name) => !known.includes(name));
if (wrong !== undefined) {
  console.error(`make.mjs: NAME must be one of ${known.join(', ')}, got ${wrong}`);
  process.exit(2);
}
const core = await loadCore();
for (const name of names) {
  const file = name === 'digits' ? await digitWeights(core) : await pictureWeights(core, name);
  await writeFile(new URL(`${name}.safetensors`, import.meta.url), packWeights(file));
}
core.dispose();
