// Files of this library's own for the fuzzer: weights and checkpoints, records of runs, shards, and links of the page.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDenoiserRun, readDenoiserRecord } from '../../src/cli/denoiser/folder.js';
import { readRecord } from '../../src/cli/run/runFolder.js';
import { readShard } from '../../src/cli/shards/shardFile.js';
import * as scorefield from '../../src/index.js';
import { names, readState, writeState } from '../../src/page/state/state.js';
import { numbers, ofText, type Read, type Target, text } from './target.js';

const core = await scorefield.loadCore({ kernel: 'strict', threads: 1 });

/** Calls `read` with a folder that has the bytes as one of its files. */
function inFolder(file: string, read: (folder: string) => Promise<unknown>): Read {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-fuzz-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return (bytes) => {
    writeFileSync(join(folder, file), bytes);
    return read(folder);
  };
}

const line = { height: 1, width: 1, channels: 2 };
const data = scorefield.pointSet({ dim: 2, points: [0, 1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8] });

/** Files of this library. */
async function ownFiles(): Promise<Uint8Array[]> {
  const network = scorefield.network(core, {
    features: 2,
    width: 3,
    depth: 1,
    levels: 2,
    sigmaMin: 0.1,
    sigmaMax: 1,
  });
  const made: Uint8Array[] = [scorefield.encodeWeights(network, 3), scorefield.encodePointSet(data)];
  for await (const state of scorefield.train(network, data, { batch: 4, steps: 1 }))
    made.push(scorefield.encodeCheckpoint(state.checkpoint()));
  const learned = scorefield.learnedDenoiser(scorefield.mlp(core, line, { hidden: 4, depth: 1 }));
  for await (const state of scorefield.trainDenoiser(learned, data, { batch: 4, steps: 1 })) {
    made.push(scorefield.encodeDenoiserCheckpoint(state.checkpoint()));
    made.push(scorefield.encodeDenoiserWeights(state.checkpoint()));
  }
  const training = scorefield.imageSet({
    height: 1,
    width: 2,
    pixels: Uint8Array.of(1, 2, 3, 250),
    labels: [1, 0],
  });
  made.push(scorefield.encodeImages({ training, heldOut: training, classNames: ['cat', 'dog'] }));
  return made.map(withoutChecksum);
}

/** The same file with other names for its writer and its checksum, so that the checksum is not asked for. */
function withoutChecksum(bytes: Uint8Array): Uint8Array {
  const file = new Uint8Array(bytes);
  for (let i = 0; i < file.length; i++) {
    const word = String.fromCharCode(...file.subarray(i, i + 7));
    if (word === 'writer"' || word.startsWith('crc32"')) file[i] = 120;
  }
  return file;
}

const own = await ownFiles();
const opened = <W>(decode: (bytes: Uint8Array) => W, open: (weights: W) => { dispose(): void }): Read => {
  return (bytes) => {
    const weights = decode(bytes);
    open(weights).dispose();
    return weights;
  };
};

/** config.json and weights of a small U-Net, of which the fuzzer changes the first. */
const unet = scorefield.saveUnet(
  scorefield.unet(
    core,
    { height: 4, width: 4, channels: 1 },
    { channels: [4, 4], blocks: 1, groups: 2, attention: 'none' },
  ),
);

/** Whether no number of a configuration makes a network large; what is left out has the value of a large one. */
function isSmall(config: Record<string, unknown>): boolean {
  const sizes = [config.block_out_channels, config.sample_size, config.layers_per_block];
  const most = [config.in_channels, config.out_channels, config.time_embedding_dim, config.num_class_embeds];
  const all = [...sizes, ...most, config.num_train_timesteps].flat();
  return !sizes.includes(undefined) && all.every((size) => !(Number(size ?? 0) > 64));
}

const shard = scorefield.writeSafetensors(
  { histogram: { shape: [2], data: Float32Array.of(1, 2) } },
  {
    scorefield: 'shard',
    work: JSON.stringify({ command: 'sample', options: { chains: 4 }, kernel: 'strict', version: '0.1.0' }),
    shard: '1/2',
  },
);
const record = { kernel: 'strict', seed: 0, dataSeed: 1, source: 'picture.png' };

export const ownTargets: Record<string, Target> = {
  weights: {
    reads: {
      decodeWeights: opened(scorefield.decodeWeights, (weights) => scorefield.loadNetwork(core, weights)),
      decodeCheckpoint: (bytes) => scorefield.decodeCheckpoint(bytes),
      decodeDenoiserWeights: opened(scorefield.decodeDenoiserWeights, (weights) =>
        scorefield.loadDenoiser(core, weights),
      ),
      decodeDenoiserCheckpoint: (bytes) => scorefield.decodeDenoiserCheckpoint(bytes),
      decodeImages: (bytes) => scorefield.decodeImages(bytes),
      decodePointSet: (bytes) => scorefield.decodePointSet(bytes),
    },
    seeds: { made: own },
    mend: 'safetensors',
    words: [
      ...[
        '\\"features\\"',
        '\\"width\\"',
        '\\"kind\\"',
        '\\"batch\\"',
        '"step"',
        '"network"',
        '"training"',
        'sigmas',
      ],
      ...numbers,
    ],
  },
  unet: {
    reads: {
      loadUnet: (bytes) => {
        let config: Record<string, unknown> | null;
        try {
          config = JSON.parse(ofText(bytes)) as Record<string, unknown> | null;
        } catch {
          return undefined;
        }
        // A large network takes its time and its memory.
        if (config && !isSmall(config)) return undefined;
        scorefield.loadUnet(core, { config: config as never, weights: unet.weights }).dispose();
        return undefined;
      },
    },
    seeds: { made: [text(unet.config)] },
    words: [
      ...['"sample_size"', '"block_out_channels"', '"DownBlock2D"', '"AttnDownBlock2D"', '"norm_num_groups"'],
      ...numbers,
    ],
  },
  records: {
    reads: {
      readRecord: inFolder('run.json', readRecord),
      readDenoiserRecord: inFolder('run.json', readDenoiserRecord),
      isDenoiserRun: inFolder('run.json', isDenoiserRun),
    },
    seeds: {
      made: [
        text(JSON.stringify({ preset: 'quick', ...record })),
        text(JSON.stringify({ kind: 'images', noise: { kind: 'levels' }, options: {}, ...record })),
        text('null'),
      ],
    },
    words: [
      ...['"kind"', '"preset"', '"quick"', '"kernel"', '"wide"', '"seed"', '"noise"', '__proto__'],
      ...numbers,
    ],
  },
  shard: {
    reads: {
      readShard: inFolder('a.safetensors', (folder) => readShard(join(folder, 'a.safetensors'))),
    },
    seeds: { made: [withoutChecksum(shard)] },
    mend: 'safetensors',
    words: [
      ...['\\"command\\"', '\\"sample\\"', '\\"options\\"', '"work"', '"shard"', '1/2', '0/0', '2/1'],
      ...numbers,
    ],
  },
  link: {
    reads: {
      readState: (bytes) => {
        const state = readState(ofText(bytes));
        const again = readState(writeState(state));
        if (writeState(again) !== writeState(state))
          throw new Error('read: a link that is written reads as another');
        return state;
      },
    },
    seeds: {
      made: [
        text('#image&preset=quick&seed=3'),
        text('density&hills=0.5,0.5,0.4_-0.5,-0.5,0.4'),
        text(writeState(readState(''))),
      ],
    },
    isFinite: true,
    words: ['&', '=', '%41', '%', ',', '_', ...numbers, ...names.map((name) => `&${name}=`)],
  },
};
