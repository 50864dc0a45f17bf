// What the fuzzer gives bytes to: every reader of a file, of a run's folder, of a link and of a command line's values.
import { gzipSync } from 'node:zlib';
import { decodeColour, decodeImage } from '../../src/images/index.js';
import * as scorefield from '../../src/index.js';
import { readPoints } from '../../src/page/worker/readPoints.js';
import { optionsTarget } from './optionsTarget.js';
import { ownTargets } from './ownTargets.js';
import { numbers, ofText, type Target, text } from './target.js';

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
      ...[
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
      ],
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
      ...[
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
      ],
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
      ...[
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
      ],
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
      ...[
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
    ],
  },
  ...ownTargets,
  options: optionsTarget,
};
