import { expect, it } from 'vitest';
import { key, type NetworkConfig, network, normal, train } from '../../src/index.js';
import { defaultNetwork } from '../../src/networks/network.js';
import { drain, forEachCore, sameBits, spreadLevels } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';
import { golden, type NetworkGolden } from '../golden.js';

const { cases } = golden<NetworkGolden>('network');

forEachCore('network', (core) => {
  it('tensors are copies and come back as they were set', () => {
    using net = network(core, cases[0].config, { key: key(4) });
    spreadLevels(net);
    const tensors = net.tensors();
    using score = net.at(1);
    const x = normal(core, key(1), [3, 3]);
    const before = score.score(x);
    const kept = structuredClone(tensors);
    for (const { data } of Object.values(tensors)) data.fill(0);
    expect(sameBits(score.score(x), before)).toBe(true);
    net.setTensors(tensors);
    expect([...score.score(x)]).toEqual(Array(9).fill(0));
    net.setTensors(kept);
    expect(net.tensors()).toEqual(kept);
    expect(sameBits(score.score(x), before)).toBe(true);
  });

  it('flat and named are inverses', () => {
    using net = network(core, cases[1].config);
    const flat = Float32Array.from({ length: net.count }, (_, i) => i);
    expect(net.flat(net.named(flat))).toEqual(flat);
    expect(Object.keys(net.named(flat))).not.toContain('rf_layer.B_cos');
  });

  it('at() follows the network through setTensors and training', async () => {
    using net = network(core, { dim: 1, features: 3, width: 4, depth: 1, levels: 2, sigmaMin: 0.1 });
    using score = net.at(1);
    const x = Float32Array.of(0.1, 0.6);
    const seen = [score.score(x)];
    spreadLevels(net);
    seen.push(score.score(x));
    const data = { dim: 1, points: Float32Array.of(0, 1), logits: new Float32Array(2) };
    await drain(train(net, data, { batch: 4, steps: 2 }));
    seen.push(score.score(x));
    expect(sameBits(seen[0], seen[1]) || sameBits(seen[1], seen[2])).toBe(false);
    using fresh = net.at(1);
    expect(sameBits(score.score(x), fresh.score(x))).toBe(true);
  });

  it('dispose gives back all memory, and a second time none of another', () => {
    const { used } = core.memory;
    const net = network(core, cases[0].config);
    const score = net.at(0);
    score.score(new Float32Array(30));
    score.dispose();
    net.dispose();
    expect(core.memory.used).toBe(used);
    using other = network(core, cases[0].config);
    const taken = core.memory.used;
    net.dispose();
    expect(core.memory.used).toBe(taken);
    expect(other.tensors()['mlp.layers.0.bias'].data.every(Number.isFinite)).toBe(true);
  });

  it('bad tensors give one line that names them and change nothing', () => {
    using net = network(core, cases[0].config);
    const kept = net.tensors();
    const message = (change: (tensors: typeof kept) => void) => {
      const tensors = structuredClone(kept);
      change(tensors);
      return oneLine(() => net.setTensors(tensors));
    };
    for (const name of Object.keys(kept)) {
      expect(message((t) => delete t[name])).toMatch(new RegExp(`^network: tensor ${name} is missing;`));
      const { shape, data } = kept[name];
      expect(
        message((t) => {
          t[name].data[data.length - 1] = Number.NaN;
        }),
      ).toBe(`network: tensor ${name} must be finite, got NaN at index ${data.length - 1}`);
      expect(
        message((t) => {
          t[name].shape = [...shape, 1];
        }),
      ).toBe(`network: tensor ${name} must have shape [${shape}], got [${shape},1]`);
      expect(
        message((t) => {
          t[name].data = data.slice(1);
        }),
      ).toMatch(new RegExp(`^network: tensor ${name} must have`));
    }
    expect(net.tensors()).toEqual(kept);
  });

  it('bad options give one line that names them, and take no memory', () => {
    const { used } = core.memory;
    const message = (config: Partial<NetworkConfig>) => oneLine(() => network(core, config));
    for (const name of ['dim', 'features', 'width', 'levels'] as const) {
      for (const value of [0, -1, 2.5, Number.NaN]) {
        expect(message({ [name]: value })).toBe(`network: ${name} must be a positive integer, got ${value}`);
      }
    }
    expect(message({ depth: -1 })).toBe('network: depth must be an integer of at least 0, got -1');
    for (const name of ['featureScale', 'featureSpread', 'sigmaMin', 'sigmaMax'] as const) {
      for (const value of [0, -1, Infinity, Number.NaN]) {
        expect(message({ [name]: value })).toBe(
          `network: ${name} must be a positive finite number, got ${value}`,
        );
      }
    }
    expect(message({ sigmaMin: 2 })).toBe('network: sigmaMin must be below sigmaMax, got 2 and 1');
    expect(message({ output: 'x' as 'noise' })).toBe("network: output must be 'score' or 'noise', got \"x\"");
    expect(message({ encoding: 'x' as 'plain' })).toBe(
      "network: encoding must be 'plain' or 'averaged', got \"x\"",
    );
    const bad = new Uint32Array(3);
    expect(oneLine(() => network(core, {}, { key: bad }))).toMatch(
      /^network: key must be a Uint32Array of 2 words/,
    );
    expect(core.memory.used).toBe(used);
  });

  it('a level outside the network gives one line that names it', () => {
    using net = network(core, { ...defaultNetwork, levels: 3, features: 2, width: 2 });
    for (const level of [-1, 3, 0.5, Number.NaN]) {
      expect(oneLine(() => net.at(level))).toBe(
        `network.at: level must be an integer from 0 to 2, got ${level}`,
      );
    }
  });
});
