// A network trained here with classes (tests/fixtures/classes): in diffusers, and its samples, told by a classifier trained in
// PyTorch on MNIST.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  collect,
  denoiserScores,
  key,
  learnedDenoiser,
  loadCore,
  loadUnet,
  probabilityFlow,
  readSafetensors,
  saveUnet,
  UNET_FILES,
  varianceExploding,
} from '../../src/index.js';
import { relativeToLargest } from '../cores.js';
import { classify } from '../reference/classifier.js';

const file = (name: string) => readFileSync(new URL(`../fixtures/classes/${name}`, import.meta.url));

it('a U-Net trained here gives the outputs that diffusers gives with its files, within 1e-5 of the largest', async () => {
  const core = await loadCore({ kernel: 'strict' });
  const config = JSON.parse(file(UNET_FILES.config).toString());
  const network = loadUnet(core, { config, weights: file(UNET_FILES.weights) });
  const { x, times, labels, output } = readSafetensors(file('outputs.safetensors')).tensors;
  const got = network.predict(x.data as Float32Array, times.data as Float32Array, labels.data);
  expect(relativeToLargest(got, output.data)).toBeLessThan(1e-5);
  const { config: saved, weights } = saveUnet(network);
  expect(JSON.parse(saved)).toEqual(config);
  // The file is older than the place of its metadata; its tensors have the same bits.
  const before = readSafetensors(file(UNET_FILES.weights)).tensors;
  expect(readSafetensors(weights).tensors).toEqual(before);
  core.dispose();
});

it('samples of each class with guidance 2 are read as that class, at least 27 of 30', async () => {
  const core = await loadCore({ threads: 2, kernel: 'strict' });
  const config = JSON.parse(file(UNET_FILES.config).toString());
  const { sd } = JSON.parse(file('model.json').toString());
  const network = loadUnet(core, { config, weights: file(UNET_FILES.weights) });
  const denoiser = learnedDenoiser(network, { sigmaData: sd });
  const process = varianceExploding({ sigmaMin: 0.02, sigmaMax: 10 });
  let right = 0;
  for (let label = 0; label < 10; label++) {
    const family = denoiserScores(denoiser, { label, guidance: 2 });
    const options = { process, steps: 15, chains: 3, key: key(label) };
    const { x } = await collect(probabilityFlow(family, options));
    const images = x.map((value) => Math.min(1, Math.max(0, value)));
    right += classify(images, 3).filter((read) => read === label).length;
  }
  expect(right).toBeGreaterThanOrEqual(27);
  core.dispose();
});
