import { expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import {
  decodeCheckpoint,
  decodeWeights,
  encodeCheckpoint,
  encodeWeights,
  key,
  loadNetwork,
  network,
  normal,
  pointSet,
  presets,
  train,
} from '../../src/index.js';
import { forEachCore, sameBits } from '../cores.js';

const data = pointSet({ dim: 2, points: [0.1, 0.2, 0.9, 0.3] });

/** The same file, its network's configuration changed. */
function edited(bytes: Uint8Array, change: (config: Record<string, unknown>) => void): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const config = JSON.parse(metadata.network);
  change(config);
  return writeSafetensors(tensors, { ...metadata, network: JSON.stringify(config) });
}

forEachCore('files of a network', (core) => {
  const small = { ...presets.quick.network, features: 4, width: 5, levels: 3 };

  it('give back its encoding and its frequencies: the same scores', () => {
    using net = network(core, small);
    using copy = loadNetwork(core, decodeWeights(encodeWeights(net, 7)));
    expect(copy.config).toEqual(small);
    const x = normal(core, key(1), [9, 2]);
    for (const level of [0, 1, 2]) {
      using a = net.at(level);
      using b = copy.at(level);
      expect(sameBits(a.score(x), b.score(x))).toBe(true);
    }
  });

  it("that name neither encoding nor spread are the article's kind, weights and checkpoints", async () => {
    const { encoding: _, featureSpread: __, ...older } = small;
    using net = network(core, older);
    const forget = (config: Record<string, unknown>) => {
      delete config.encoding;
      delete config.featureSpread;
    };
    const weights = decodeWeights(edited(encodeWeights(net, 7), forget));
    expect(weights.config).toEqual({ ...older, encoding: 'plain', featureSpread: 1 });
    for await (const state of train(net, data, { batch: 2, steps: 2 })) {
      const checkpoint = state.checkpoint();
      expect(decodeCheckpoint(edited(encodeCheckpoint(checkpoint), forget))).toEqual(checkpoint);
    }
  });
});
