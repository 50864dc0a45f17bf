// Decoding in Node; a build for the browser takes decode.browser.ts in its place.
import { readFile } from 'node:fs/promises';
import { reason } from '../formats/reason.js';
import { type Pixels, UnsupportedImage } from './pixels.js';
import type { Png } from './png.js';
import { pngPixels } from './pngPixels.js';

/** Decodes a PNG file; rejects with what is wrong with it. */
export async function decodePng(png: Png): Promise<Pixels> {
  return pngPixels(png);
}

/** MozJPEG as it is compiled, whose own declarations name types of Emscripten that are not there. */
type Mozjpeg = (options: {
  noInitialRun: boolean;
  instantiateWasm(
    imports: WebAssembly.Imports,
    callback: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports;
  printErr(line: string): void;
}) => Promise<{
  decode(
    bytes: Uint8Array,
    preserveOrientation: boolean,
  ): Pick<ImageData, 'width' | 'height' | 'data'> | null;
}>;

let ready: ReturnType<typeof load> | undefined;

async function load() {
  // A bundle of the kind CommonJS has a file name, but no address of its own. An import of `createRequire` webpack would replace.
  const { resolve } = process.getBuiltinModule('node:module').createRequire(import.meta.url ?? __filename);
  const [{ default: mozjpeg }, bytes] = await Promise.all([
    import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js'),
    readFile(resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')),
  ]);
  return { mozjpeg: mozjpeg as Mozjpeg, wasm: await WebAssembly.compile(bytes) };
}

/** Decodings under way, while which there is a global ImageData in Node. */
let decoding = 0;

/** Calls `work`, after which the global ImageData that MozJPEG makes in Node, by which other code tells browsers, is gone again. */
async function withImageData<T>(work: () => Promise<T>): Promise<T> {
  const globals = globalThis as { ImageData?: unknown };
  if (decoding === 0 && globals.ImageData !== undefined) return work();
  decoding++;
  try {
    return await work();
  } finally {
    decoding--;
    if (decoding === 0) delete globals.ImageData;
  }
}

/** libjpeg goes on after these, and pixels are right. */
const HARMLESS = /extraneous bytes|^Warning/;

/**
 * Decodes a JPEG file of one or three components, with MozJPEG; rejects with what that says, also of data of which it could
 * read but a part.
 */
export function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  return withImageData(() => decodeByMozjpeg(bytes));
}

async function decodeByMozjpeg(bytes: Uint8Array): Promise<Pixels> {
  ready ??= load().catch((error) => {
    ready = undefined;
    throw new UnsupportedImage(
      `is a JPEG, whose decoder, the package @jsquash/jpeg, cannot be loaded (${reason(error)}): install it, and leave it external when you bundle`,
    );
  });
  const { mozjpeg, wasm } = await ready;
  const said: string[] = [];
  // An instance for each file, which takes a millisecond: memory does not shrink, and an error ends the program in it.
  const module = await mozjpeg({
    noInitialRun: true,
    instantiateWasm(imports, callback) {
      const instance = new WebAssembly.Instance(wasm, imports);
      callback(instance);
      return instance.exports;
    },
    printErr: (line) => said.push(line),
  });
  let image: ReturnType<typeof module.decode> = null;
  try {
    image = module.decode(bytes, false);
  } catch {
    // It ended itself, after it said why.
  }
  const wrong = said.find((line) => !HARMLESS.test(line));
  if (!image || wrong !== undefined) throw new Error(wrong ?? 'its data are damaged');
  const { width, height, data } = image;
  return { width, height, data, max: 255 };
}

/** Node has no decoder of its own. @throws UnsupportedImage */
export async function decodeOther(_bytes: Uint8Array, _type: string, kind: string): Promise<Pixels> {
  throw new UnsupportedImage(`is ${kind}, which only browsers read: convert it to PNG`);
}
