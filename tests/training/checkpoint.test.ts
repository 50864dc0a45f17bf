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
import { failure, forEachCore, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

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

  it('name its kind; another kind is refused by what it is', () => {
    using net = network(core, small);
    const { tensors, metadata } = readSafetensors(encodeWeights(net, 7));
    expect(metadata.kind).toBe('random-features');
    const other = writeSafetensors(tensors, { ...metadata, kind: 'unet' });
    expect(oneLine(() => decodeWeights(other, 'w.safetensors'))).toBe(
      'w.safetensors: its network must be of kind random-features, got "unet"; a newer version of this program wrote it',
    );
    const { kind: _, ...older } = metadata;
    expect(decodeWeights(writeSafetensors(tensors, older)).config).toEqual(small);
  });

  it('keep the leaves of a batch and the panels of a block; those of 0.1.0 are as that version took them, and a wrong number is refused', async () => {
    using net = network(core, small);
    for await (const state of train(net, data, { batch: 400, steps: 1 })) {
      const checkpoint = state.checkpoint();
      expect(checkpoint.leaves).toBe(8);
      const { tensors, metadata } = readSafetensors(encodeCheckpoint({ ...checkpoint, leaves: 2 }));
      expect(decodeCheckpoint(writeSafetensors(tensors, metadata)).leaves).toBe(2);
      const { leaves: _, panels, ...older } = metadata;
      expect(panels).toBe('16');
      const old = decodeCheckpoint(writeSafetensors(tensors, older));
      expect([old.leaves, old.panels]).toEqual([8, 16]);
      const wrong = { ...checkpoint, leaves: 3 };
      expect(await failure(train(net, data, { resume: wrong, steps: 9 }))).toBe(
        'train: resume.leaves must be 1, 2, 4 or 8, got 3',
      );
    }
  });

  it('that do not fit leave no memory taken', () => {
    using net = network(core, small);
    const weights = decodeWeights(encodeWeights(net, 7));
    const { 'rf_layer.alpha': _, ...tensors } = weights.tensors;
    const { used } = core.memory;
    expect(oneLine(() => loadNetwork(core, { ...weights, tensors }))).toMatch(/rf_layer.alpha is missing/);
    expect(core.memory.used).toBe(used);
    expect(oneLine(() => net.setParameters(new Float32Array(3)))).toBe(
      `network.setParameters: parameters must hold ${net.count} numbers, got 3`,
    );
  });
});
