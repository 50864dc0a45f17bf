// Small files of every kind that this library writes as safetensors, for files.py to save again, and for
// tests/formats/python.test.ts to compare with what it saved:
//
//   node tests/golden/files.mjs dist/index.js FOLDER
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Files by name, from the library `scorefield`: the same bytes wherever they are made. */
export async function files(scorefield) {
  const { loadCore, presets, network, mlp, train, trainDenoiser, key, pointSet, imageSet } = scorefield;
  const core = await loadCore({ kernel: 'strict', threads: 1 });
  const points = pointSet({ dim: 2, points: [0.1, 0.2, 0.9, 0.3, 0.4, 0.8] });
  const sizes = { features: 4, width: 5, levels: 3 };
  const article = network(core, { ...presets.article.network, ...sizes, key: key(1) });
  const quick = network(core, { ...presets.quick.network, ...sizes, key: key(2) });
  let checkpoint;
  for await (const state of train(quick, points, { batch: 4, steps: 2 })) checkpoint = state.checkpoint();
  const learned = scorefield.learnedDenoiser(
    mlp(core, { height: 1, width: 1, channels: 2 }, { hidden: 3, depth: 1, key: key(3) }),
    { sigmaData: 0.7 },
  );
  let last;
  for await (const state of trainDenoiser(learned, points, { batch: 4, steps: 2 })) last = state.checkpoint();
  const training = imageSet({ height: 1, width: 2, pixels: Uint8Array.of(1, 2, 3, 250), labels: [1, 0] });
  const made = {
    article: scorefield.encodeWeights(article, 0),
    quick: scorefield.encodeWeights(quick, 2),
    checkpoint: scorefield.encodeCheckpoint(checkpoint),
    denoiser: scorefield.encodeDenoiserWeights(last),
    denoiserCheckpoint: scorefield.encodeDenoiserCheckpoint(last),
    points: scorefield.encodePointSet(points),
    images: scorefield.encodeImages({ training, classNames: ['cat', 'dog'] }),
  };
  core.dispose();
  return made;
}

const [, script, library, folder] = process.argv;
if (script && import.meta.url === pathToFileURL(script).href) {
  const made = await files(await import(pathToFileURL(resolve(library)).href));
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(made)) {
    writeFileSync(resolve(folder, `${name}.safetensors`), bytes);
  }
}
