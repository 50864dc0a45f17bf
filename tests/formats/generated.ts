// Cases of golden/generated/make.py: what a reader may give of each file, by a reference reader.
import { decodeColour, decodeImage } from '../../src/images/index.js';
import * as scorefield from '../../src/index.js';

interface Answer {
  shape?: number[];
  /** float64, little-endian, in base64. */
  values?: string;
  /** Bytes in base64. */
  text?: string;
  tensors?: [name: string, answer: Answer][];
}

/** A file and what of it may be given; with no answers it must be refused. */
export interface Case {
  reader: string;
  options: { invert?: boolean; transposed?: boolean; grey?: boolean; within?: number };
  file: string;
  want: Answer[];
  /** Refusing it would be a fault, too. */
  must: boolean;
}

interface Found {
  shape: number[];
  values: ArrayLike<number>;
}

const ofSet = ({ pixels }: scorefield.ImageSet): Found => ({ shape: [pixels.length], values: pixels });

/** What each reader gives, as shape and numbers, or by names. */
const readers: Record<
  string,
  (bytes: Uint8Array, options: Case['options']) => Promise<Found | [string, Found][]>
> = {
  readNpy: async (bytes) => {
    const { shape, data } = scorefield.readNpy(bytes);
    return { shape, values: data };
  },
  readNpyImages: async (bytes) => ofSet(scorefield.readNpyImages(bytes)),
  readNpyPoints: async (bytes) => ofPoints(scorefield.readNpyPoints(bytes)),
  readCsvPoints: async (bytes) => ofPoints(scorefield.readCsvPoints(bytes)),
  readIdxImages: async (bytes, { transposed }) => {
    const { count, height, width, channels, pixels } = scorefield.readIdxImages(bytes, { transposed });
    return { shape: [count, height, width, channels], values: pixels };
  },
  readIdxLabels: async (bytes) => {
    const labels = scorefield.readIdxLabels(bytes);
    return { shape: [labels.length], values: labels };
  },
  readCifar: async (bytes, { grey }) => {
    const { count, height, width, channels, pixels } = scorefield.readCifar(bytes, { grey });
    return { shape: [count, height, width, channels], values: pixels };
  },
  readSafetensors: async (bytes) =>
    Object.entries(scorefield.readSafetensors(bytes).tensors).map(([name, { shape, data }]) => [
      name,
      { shape, values: data },
    ]),
  gunzip: async (bytes) => {
    const values = await scorefield.gunzip(bytes);
    return { shape: [values.length], values };
  },
  decodeImage: async (bytes, { invert }) => {
    const { height, width, pixels } = await decodeImage(bytes, { invert });
    return { shape: [height, width], values: pixels };
  },
  decodeColour: async (bytes, { invert }) => {
    const { height, width, pixels } = await decodeColour(bytes, { invert });
    return { shape: [height, width, 3], values: pixels };
  },
};

function ofPoints({ dim, points }: scorefield.PointSet): Found {
  return { shape: [points.length / dim, dim], values: points };
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

function fits({ shape, values }: Found, answer: Answer, within: number): boolean {
  if (answer.text !== undefined) return Buffer.compare(Uint8Array.from(values), bytesOf(answer.text)) === 0;
  const wanted = new Float64Array(bytesOf(answer.values ?? '').buffer);
  return (
    shape.join() === answer.shape?.join() &&
    values.length === wanted.length &&
    // -0 is 0 after some roundings, and as good.
    wanted.every((value, i) => Object.is(value, values[i]) || Math.abs(value - values[i]) <= within)
  );
}

/** Half a unit in the last place of float32 near 1, for pictures, and a little for sums of three in another order. */
const ROUNDING = 2e-7;

/** What is wrong with how a case is read; undefined if nothing. */
export async function problemOf({ reader, options, file, want, must }: Case): Promise<string | undefined> {
  const within = (options.within ?? 0) + (reader.startsWith('decode') ? ROUNDING : 0);
  let found: Found | [string, Found][];
  try {
    found = await readers[reader](bytesOf(file), options);
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof Error) || !/^[a-zA-Z]+: .{1,600}$/.test(message)) return `throws ${String(error)}`;
    return must ? `refuses what the reference reads: ${message}` : undefined;
  }
  const isRight = want.some((answer) => {
    if (!Array.isArray(found)) return fits(found, answer, within);
    const wanted = new Map(answer.tensors);
    const all = found.every(([name, tensor]) => {
      const one = wanted.get(name);
      return one !== undefined && fits(tensor, one, within);
    });
    return all && wanted.size === found.length;
  });
  if (isRight) return undefined;
  return want.length > 0 ? 'reads something else' : 'reads what the reference refuses';
}
