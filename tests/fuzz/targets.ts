// What the fuzzer gives bytes to: every reader of a file, of a run's folder, of a link and of a command line's values.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isDenoiserRun, readDenoiserRecord } from '../../src/cli/denoiser/folder.js';
import { readRecord } from '../../src/cli/run/runFolder.js';
import { readShard } from '../../src/cli/shards/shardFile.js';
import { decodeColour, decodeImage } from '../../src/images/index.js';
import * as scorefield from '../../src/index.js';
import { readState, writeState } from '../../src/page/state/state.js';
import { readPoints } from '../../src/page/worker/readPoints.js';
import { optionsTarget } from './optionsTarget.js';

/** Bytes in; what was read comes out, whose numbers the fuzzer looks at. */
export type Read = (bytes: Uint8Array) => unknown;

export interface Target {
  /** Each is given the same bytes. */
  readonly reads: Record<string, Read>;
  /** Whole files, from the fixtures (by the ends of their names) and made here. */
  readonly seeds: { readonly ends?: string; readonly made?: readonly Uint8Array[] };
  /** Words that the format has. */
  readonly words?: readonly string[];
  /** How a changed file becomes one that is read further: checksums and lengths as they should be. */
  readonly mend?: 'png' | 'safetensors' | 'npy';
  /** What is read has no NaN, whatever the file. */
  readonly isFinite?: boolean;
}

const core = await scorefield.loadCore({ kernel: 'strict', threads: 1 });
const text = (words: string) => new TextEncoder().encode(words);
const ofText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Calls `read` with a folder that has the bytes as one of its files. */
function inFolder(file: string, read: (folder: string) => Promise<unknown>): Read {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-fuzz-'));
  mkdirSync(folder, { recursive: true });
  return (bytes) => {
    writeFileSync(join(folder, file), bytes);
    return read(folder);
  };
}

const numbers = [
  '0',
  '-1',
  '1e9',
  '1e400',
  '4294967296',
  '9007199254740993',
  '0.5',
  'null',
  'true',
  '""',
  '[]',
  '{}',
];
const line = { height: 1, width: 1, channels: 2 };
const data = scorefield.pointSet({ dim: 2, points: [0, 1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8] });

/** Files of this library, which are read without a checksum where nothing says whose they are. */
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
  return made.map((bytes) => {
    const file = new Uint8Array(bytes);
    for (let i = 0; i + 6 < file.length; i++) {
      const word = String.fromCharCode(...file.subarray(i, i + 7));
      if (word === 'writer"' || word.startsWith('crc32"')) file[i] = 120;
    }
    return file;
  });
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

export const targets: Record<string, Target> = {
  npy: {
    reads: {
      readNpy: (bytes) => scorefield.readNpy(bytes),
      readNpyImages: (bytes) => scorefield.readNpyImages(bytes),
      readNpyPoints: (bytes) => scorefield.readNpyPoints(bytes),
    },
    seeds: { ends: '.npy' },
    mend: 'npy',
    words: [
      "'descr'",
      'fortran_order',
      "'shape'",
      'True',
      'False',
      'None',
      '<f4',
      '>f2',
      '|b1',
      '<i8',
      '(',
      ')',
      ',',
      '2L',
      ...numbers,
    ],
  },
  csv: {
    reads: {
      readCsvPoints: (bytes) => scorefield.readCsvPoints(bytes),
      'readCsvPoints of text': (bytes) => scorefield.readCsvPoints(ofText(bytes)),
      readPoints: (bytes) => readPoints(bytes, 'points.csv'),
    },
    seeds: {
      ends: '.csv',
      made: [text('\ufeffx;y\n1;2\n3e5;-4.5\n'), text('0,1\n0.5,1\n'), text('1\t2\r3\t4\r')],
    },
    isFinite: true,
    words: [
      '\ufeff',
      '\xff\xfe',
      ',',
      ';',
      '\t',
      '\r\n',
      '#',
      '"',
      'nan',
      'inf',
      '-',
      '+',
      'e',
      '.',
      '1e38',
      '3.5e38',
      ...numbers,
    ],
  },
  idx: {
    reads: {
      readIdx: (bytes) => scorefield.readIdx(bytes).image(0),
      readIdxImages: (bytes) => scorefield.readIdxImages(bytes, { labels: bytes }),
      readIdxLabels: (bytes) => scorefield.readIdxLabels(bytes),
      'readIdxImages, transposed': (bytes) => scorefield.readIdxImages(bytes, { transposed: true }),
    },
    seeds: {
      made: [
        Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4),
        Uint8Array.of(0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 9, 8, 7),
        Uint8Array.of(0, 0, 13, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 63, 0, 0, 0),
        Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2),
      ],
    },
    isFinite: true,
  },
  cifar: {
    reads: {
      readCifar: (bytes) => scorefield.readCifar(bytes),
      'readCifar, grey': (bytes) => scorefield.readCifar(bytes, { grey: true }),
    },
    seeds: { made: [new Uint8Array(3073), new Uint8Array(2 * 3073).fill(9)] },
    isFinite: true,
  },
  gzip: {
    reads: { gunzip: (bytes) => scorefield.gunzip(bytes) },
    seeds: {
      made: [
        gzipSync(text('some words')),
        new Uint8Array([...gzipSync(text('a')), ...gzipSync(new Uint8Array(300))]),
      ],
    },
    words: ['\x1f\x8b\x08\0', '\x1f\x8b\x08\x08'],
  },
  safetensors: {
    reads: { readSafetensors: (bytes) => scorefield.readSafetensors(bytes) },
    seeds: { ends: '.safetensors' },
    mend: 'safetensors',
    words: [
      '"dtype"',
      '"shape"',
      '"data_offsets"',
      '"__metadata__"',
      'F32',
      'F64',
      'I64',
      'BOOL',
      'BF16',
      'F8_E4M3',
      ...numbers,
    ],
  },
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
      '\\"features\\"',
      '\\"width\\"',
      '\\"kind\\"',
      '\\"batch\\"',
      '"step"',
      '"network"',
      '"training"',
      'sigmas',
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
      '"sample_size"',
      '"block_out_channels"',
      '"DownBlock2D"',
      '"AttnDownBlock2D"',
      '"norm_num_groups"',
      ...numbers,
    ],
  },
  png: {
    reads: { decodeImage: (bytes) => decodeImage(bytes), decodeColour: (bytes) => decodeColour(bytes) },
    seeds: { ends: '.png' },
    mend: 'png',
    isFinite: true,
    words: ['IHDR', 'IDAT', 'PLTE', 'tRNS', 'IEND', 'CgBI', 'gAMA', 'acTL', 'fdAT'],
  },
  jpeg: {
    reads: { decodeImage: (bytes) => decodeImage(bytes), decodeColour: (bytes) => decodeColour(bytes) },
    seeds: { ends: '.jpg' },
    isFinite: true,
    words: [
      '\xff\xd8',
      '\xff\xd9',
      '\xff\xc0',
      '\xff\xc2',
      '\xff\xc4',
      '\xff\xda',
      '\xff\xdd',
      '\xff\xee',
      '\xff\xe1',
      'Exif\0\0',
      'Adobe',
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
      '"kind"',
      '"preset"',
      '"quick"',
      '"kernel"',
      '"wide"',
      '"seed"',
      '"noise"',
      '__proto__',
      ...numbers,
    ],
  },
  shard: {
    reads: { readShard: inFolder('a.safetensors', (folder) => readShard(join(folder, 'a.safetensors'))) },
    seeds: {
      made: [
        shard.map((byte, i) =>
          String.fromCharCode(...shard.subarray(i, i + 5)) === 'crc32' ||
          String.fromCharCode(...shard.subarray(i, i + 6)) === 'writer'
            ? 120
            : byte,
        ),
      ],
    },
    mend: 'safetensors',
    words: [
      '\\"command\\"',
      '\\"sample\\"',
      '\\"options\\"',
      '"work"',
      '"shard"',
      '1/2',
      '0/0',
      '2/1',
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
    words: ['&', '=', '%41', '%', ',', '_', ...numbers, ...writeStateNames()],
  },
  options: optionsTarget,
};

function writeStateNames(): string[] {
  return Object.keys(readState('')).map((name) => `&${name}=`);
}
