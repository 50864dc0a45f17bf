import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { vectorError } from '../reference/errors.js';
import * as twin from '../reference/imageLayers.js';

/** The settings of every kind of case in golden/imageLayers.py; each has those of its layer. */
interface Settings {
  layer: string;
  stride: number;
  padding: twin.Padding;
  groups: number;
  eps: number;
  silu: boolean;
  heads: number;
  dim: number;
  cosinesFirst: boolean;
  shift: number;
  log: boolean;
}

const { tensors, metadata } = readSafetensors(
  readFileSync(new URL('../golden/imageLayers.safetensors', import.meta.url)),
);
const cases = Object.entries(JSON.parse(metadata.cases) as Record<string, Settings>);

function run(name: string, settings: Settings): twin.Values {
  const given = (tensor: string): twin.Values => tensors[`${name}.${tensor}`];
  switch (settings.layer) {
    case 'conv':
      return twin.conv2d(given('x'), given('weight'), given('bias'), settings);
    case 'groupNorm': {
      const y = twin.groupNorm(given('x'), given('weight'), given('bias'), settings);
      return settings.silu ? twin.silu(y) : y;
    }
    case 'silu':
      return twin.silu(given('x'));
    case 'upsample':
      return twin.upsample(given('x'));
    case 'attention':
      return twin.attentionCore(given('q'), given('k'), given('v'), settings);
    case 'dense':
      return twin.dense(given('x'), given('weight'), given('bias'));
    case 'embedding':
      return twin.embedding(given('ids'), given('weight'));
    case 'sinusoidal':
      return twin.sinusoidal(given('times'), settings);
    case 'fourier':
      return twin.fourier(given('times'), given('weight'), settings);
    default:
      throw new Error(`no twin of ${settings.layer}`);
  }
}

describe('twins of layers of images', () => {
  it('two or more cases of each of nine layers', () => {
    const layers = cases.map(([, { layer }]) => layer);
    for (const layer of layers) expect(layers.filter((l) => l === layer).length).toBeGreaterThan(1);
    expect(new Set(layers).size).toBe(9);
  });

  it.each(cases)('%s: the shape and values of PyTorch within 1e-12', (name, settings) => {
    const want = tensors[`${name}.y`];
    const got = run(name, settings);
    expect(got.shape).toEqual(want.shape);
    expect(vectorError(got.data, want.data)).toBeLessThan(1e-12);
  });
});
