import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/formats/crc32.js';
import { readNpy } from '../../src/formats/npy.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import * as scorefield from '../../src/index.js';
import { files } from '../golden/files.mjs';
import { type FilesGolden, golden } from '../golden.js';
import { oneLine } from './oneLine.js';

const { npy, safetensors, headers, saved, programs } = golden<FilesGolden>('files');
const bytesOf = (text: string) => new Uint8Array(inflateSync(Buffer.from(text, 'base64')));
/** The golden file's numbers, which has words for those that JSON has not. */
const floats = (values: (number | string)[]) =>
  values.map((x) => (typeof x === 'number' ? x : Number(x.replace('inf', 'Infinity'))));

describe('npy', () => {
  it('reads what numpy reads, all types, byte orders, orders of axes and headers, and refuses what it refuses', () => {
    expect(npy.length).toBeGreaterThan(30);
    for (const { file, shape, values } of npy) {
      if (values === null) {
        expect(oneLine(() => readNpy(bytesOf(file), 'a.npy'))).toMatch(
          /^readNpy: a\.npy: its (header|elements) must /,
        );
      } else {
        const read = readNpy(bytesOf(file));
        expect([read.shape, Array.from(read.data)]).toEqual([shape, values]);
      }
    }
  });
});

describe('safetensors', () => {
  it("reads all types of real numbers: the reference's values", () => {
    const { tensors } = readSafetensors(bytesOf(safetensors.file));
    for (const [name, values] of Object.entries(safetensors.values)) {
      expect([name, Array.from(tensors[name].data)]).toEqual([name, floats(values)]);
    }
  });

  it('reads all 256 numbers of each type of 8 bits as ml_dtypes does', () => {
    const { tensors } = readSafetensors(bytesOf(safetensors.eight.file));
    for (const [name, values] of Object.entries(safetensors.eight.float32)) {
      const want = new Float32Array(bytesOf(values).buffer);
      expect([name, tensors[name].data]).toEqual([name, want]);
    }
  });

  it('takes the headers that the reference reader takes, and no others', () => {
    for (const { header, taken } of headers) {
      const json = new TextEncoder().encode(header);
      const bytes = new Uint8Array(8 + json.length + 4);
      new DataView(bytes.buffer).setUint32(0, json.length, true);
      bytes.set(json, 8);
      const read = () => readSafetensors(bytes);
      expect([header, taken || oneLine(read)]).toEqual([header, taken || expect.any(String)]);
      if (taken) expect([header, 'a' in read().tensors]).toEqual([header, true]);
    }
  });
});

/** What a file of each name holds. */
const decoders: Record<string, (bytes: Uint8Array) => unknown> = {
  article: scorefield.decodeWeights,
  quick: scorefield.decodeWeights,
  checkpoint: scorefield.decodeCheckpoint,
  denoiser: scorefield.decodeDenoiserWeights,
  denoiserCheckpoint: scorefield.decodeDenoiserCheckpoint,
  points: scorefield.decodePointSet,
  images: scorefield.decodeImages,
};

describe('a file that Python saved again', () => {
  it('opens with its metadata, whatever their order, with a checksum of what it was or without', async () => {
    const ours = await files(scorefield);
    const kept = saved.filter((file) => file.kept);
    expect(new Set(kept.map(({ name }) => name))).toEqual(new Set(Object.keys(decoders)));
    for (const { name, file } of kept) {
      const decode = decoders[name];
      const now = decode(ours[name]);
      // The files are older than training without targets.
      if (name === 'denoiserCheckpoint') {
        const { training } = now as { training: Partial<scorefield.DenoiserTraining> };
        expect([training.objective, training.projections]).toEqual(['denoising', 'sign']);
        delete training.objective;
        delete training.projections;
      }
      expect([name, decode(bytesOf(file))]).toEqual([name, now]);
    }
  });

  it('opens without them where tensors say all: points, in float64 too, and images; else the hint says how to keep them', async () => {
    const ours = await files(scorefield);
    for (const { name, file } of saved.filter(({ kept }) => !kept)) {
      if (name === 'points') {
        expect(scorefield.decodePointSet(bytesOf(file))).toEqual(scorefield.decodePointSet(ours[name]));
      } else if (name === 'images') {
        const { classNames: _, ...rest } = scorefield.decodeImages(ours[name]);
        expect(scorefield.isImageFile(bytesOf(file))).toBe(true);
        expect(scorefield.decodeImages(bytesOf(file))).toEqual(rest);
      } else {
        expect(oneLine(() => decoders[name](bytesOf(file)))).toMatch(
          /^the weights: must hold .*, got a file without the metadata .*: save it with metadata=safe_open\(ORIGINAL, "numpy"\)\.metadata\(\)$/,
        );
      }
    }
  });

  it('is not taken for one of ours that is damaged, nor the other way round', async () => {
    const ours = await files(scorefield);
    // A changed weight with its metadata as they were, in a file of Python's: no checksum is meant.
    const quick = bytesOf(saved.find(({ name, kept }) => name === 'quick' && kept)?.file as string);
    quick[quick.length - 1] ^= 1;
    expect(scorefield.decodeWeights(quick).step).toBe(2);
    const own = ours.quick.slice();
    own[own.length - 1] ^= 1;
    expect(oneLine(() => scorefield.decodeWeights(own))).toMatch(/damaged, or changed by a program/);
    // Version 0.1.0 wrote its metadata first and its tensors in an order of their own: the checksum holds.
    const old = metadataFirst(ours.points);
    expect(Object.keys(scorefield.decodePointSet(old))).toEqual(['data']);
    old[old.length - 1] ^= 1;
    expect(oneLine(() => scorefield.decodePointSet(old))).toMatch(/damaged/);
  });
});

/** A file as version 0.1.0 wrote it. */
function metadataFirst(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const { __metadata__: metadata, ...entries } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)),
  );
  const blank = JSON.stringify({ __metadata__: { ...metadata, crc32: '00000000' }, ...entries }).padEnd(
    length,
  );
  const out = bytes.slice();
  out.set(new TextEncoder().encode(blank), 8);
  const digits = crcOf(out);
  out.set(new TextEncoder().encode(blank.replace('"crc32":"00000000"', `"crc32":"${digits}"`)), 8);
  return out;
}

const crcOf = (bytes: Uint8Array) => crc32(bytes).toString(16).padStart(8, '0');

describe('the programs of docs/files.md', () => {
  it('are those that were run', () => {
    const docs = readFileSync(new URL('../../docs/files.md', import.meta.url), 'utf8');
    const blocks = [...docs.matchAll(/```python\n([\s\S]*?)```/g)].map(([, code]) => code);
    expect(createHash('sha256').update(blocks.join('')).digest('hex')).toBe(programs.sha256);
  });

  it('Equinox gives the scores of a run of a picture, within 1e-5 of the largest', async () => {
    const ours = await files(scorefield);
    const core = await scorefield.loadCore({ kernel: 'strict', threads: 1 });
    const x = Float32Array.from(programs.x.flat());
    for (const { name, scores } of programs.score) {
      using network = scorefield.loadNetwork(core, scorefield.decodeWeights(ours[name]));
      scores.forEach((want, level) => {
        using score = network.at(level);
        near(score.score(x), want.flat(), 1e-5);
      });
    }
    core.dispose();
  });

  it('PyTorch denoises as a run of points does, within 1e-6 of the largest', async () => {
    const ours = await files(scorefield);
    const core = await scorefield.loadCore({ kernel: 'strict', threads: 1 });
    using denoiser = scorefield.loadDenoiser(core, scorefield.decodeDenoiserWeights(ours.denoiser));
    const { sigmas, outputs } = programs.denoise;
    sigmas.forEach((sigma, i) => {
      near(denoiser.denoise(Float32Array.from(programs.x.flat()), sigma), outputs[i], 1e-6);
    });
    core.dispose();
  });
});

function near(found: Float32Array, want: number[], bound: number): void {
  const largest = Math.max(...want.map(Math.abs));
  want.forEach((value, i) => {
    expect(Math.abs(found[i] - value)).toBeLessThanOrEqual(bound * largest);
  });
}
