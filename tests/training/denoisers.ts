import {
  type Core,
  type DenoiserCheckpoint,
  type DenoiserStep,
  imageSet,
  type LearnedDenoiser,
  learnedDenoiser,
  mlp,
  pointSet,
  type TrainDenoiserOptions,
  type TrainingData,
  unet,
} from '../../src/index.js';
import { noise } from '../networks/layerRun.js';

export const PLANE = { height: 1, width: 1, channels: 2 };
export const points = pointSet({ dim: 2, points: noise(80, 3) });
export const weighted = pointSet({
  dim: 2,
  points: noise(80, 3),
  weights: Array.from({ length: 40 }, (_, i) => i % 3),
});
export const pictures = imageSet({
  ...{ height: 8, width: 8, pixels: Uint8Array.from({ length: 64 * 20 }, (_, i) => (i * 37) % 256) },
  ...{ labels: Array.from({ length: 20 }, (_, i) => i % 3), classes: 3 },
});

export const planeMlp = (core: Core) =>
  learnedDenoiser(mlp(core, PLANE, { hidden: 12, depth: 1 }), { sigmaData: 0.6 });
export const smallUnet = (core: Core) =>
  learnedDenoiser(
    unet(core, { height: 8, width: 8, channels: 1 }, { channels: [8, 8], groups: 4, classes: 3 }),
    { parameterisation: 'velocity', time: { kind: 'ddpm' } },
  );

/** What is trained on what, and in how many parts a batch is summed, which threads share. */
export const KINDS: [string, (core: Core) => LearnedDenoiser, TrainingData, TrainDenoiserOptions, number][] =
  [
    ['points', planeMlp, points, { batch: 16, halfLife: 50, clip: 1, weightDecay: 0.1 }, 1],
    [
      'points of uneven weights',
      planeMlp,
      weighted,
      { batch: 5, schedule: 'cosine', layout: 'partitionable' },
      1,
    ],
    ['points in many parts', planeMlp, points, { batch: 1100 }, 8],
    [
      'points by sliced score matching',
      planeMlp,
      points,
      { batch: 300, objective: 'sliced', projections: 'normal' },
      2,
    ],
    ['pictures by sliced score matching', smallUnet, pictures, { batch: 24, objective: 'slicedReduced' }, 1],
    ['points by implicit score matching', planeMlp, points, { batch: 300, objective: 'implicit' }, 2],
    ['pictures with labels', smallUnet, pictures, { batch: 128, labelDropout: 0.4, weight: 'score' }, 2],
  ];

/** Everything of a checkpoint, to be compared bit by bit. */
export function bitsOf(checkpoint: DenoiserCheckpoint): unknown {
  return JSON.parse(
    JSON.stringify(checkpoint, (_, value) =>
      ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
        : value,
    ),
  );
}

export async function* withCheckpoints(steps: AsyncIterable<DenoiserStep>) {
  for await (const step of steps) yield { ...step, kept: structuredClone(step.checkpoint()) };
}
