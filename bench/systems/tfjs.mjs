// TensorFlow.js: eager operations inside tidy, variableGrads and its own Adam. The caller has set the backend.
import { chains } from './tfjs-chains.mjs';
import { draws } from './tfjs-draws.mjs';
import { training } from './tfjs-training.mjs';
import { unets } from './tfjs-unet.mjs';

/** @param tf the module `@tensorflow/tfjs`, its backend set and ready */
export function open(tf, { threads = 1, tuned = false } = {}) {
  return {
    details: { backend: tf.getBackend() },
    threads,
    train: (problem) => training(tf, problem, tuned),
    ...chains(tf),
    ...draws(tf),
    ...unets(tf),
  };
}
