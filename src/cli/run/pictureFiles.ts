// Pictures of files and folders, for commands that learn them.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeColour, fitImages } from '../../images/index.js';
import { concatImages, greyImages, type ImageSet, imageSet } from '../../index.js';
import { Failure, plainMessage } from '../terminal/failure.js';
import { fileError, readBytes } from './files.js';

export interface PictureFileOptions {
  /** Crop and scale all images to this size. */
  size?: { height: number; width: number };
  /** Make colour grey. */
  grey?: boolean;
}

/** Names of files that are pictures. */
export const PICTURE = /\.(png|jpe?g)$/i;

/** Calls `read`; what the library says of a file is this program's message. @throws Failure */
export async function reading<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(plainMessage(error));
  }
}

/** Pictures of files as bytes; in grey if all of them are. @throws FileError, or Failure on pictures that do not fit */
export async function readPictures(
  paths: readonly string[],
  { size, grey }: PictureFileOptions,
): Promise<ImageSet> {
  const sets: ImageSet[] = [];
  let isGrey = true;
  for (const path of paths) {
    const bytes = await readBytes(path);
    const picture = await reading(() => decodeColour(bytes, { name: path }));
    const colour = imageSet({
      ...picture,
      pixels: Uint8Array.from(picture.pixels, (v) => Math.round(255 * v)),
    });
    const set = grey ? greyImages(colour) : colour;
    sets.push(size ? fitImages(set, size) : set);
    const { height, width, pixels } = sets[sets.length - 1];
    const [first] = sets;
    if (height !== first.height || width !== first.width) {
      throw new Failure(
        `${path}: is ${height} x ${width} pixels, but ${paths[0]} is ${first.height} x ${first.width}; give ` +
          '--size HxW, to which all are cropped and scaled',
      );
    }
    if (set.channels === 1) continue;
    for (let i = 0; i < pixels.length && isGrey; i += 3) {
      isGrey = pixels[i] === pixels[i + 1] && pixels[i + 1] === pixels[i + 2];
    }
  }
  const set = concatImages(sets);
  return isGrey ? greyImages(set) : set;
}

/** Names of the pictures and the folders in a folder, sorted; hidden ones are passed over. @throws FileError */
async function namesIn(folder: string): Promise<{ pictures: string[]; folders: string[] }> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const shown = entries.filter(({ name }) => !name.startsWith('.'));
    const names = (kept: typeof shown) => kept.map(({ name }) => name).sort();
    return {
      pictures: names(shown.filter((entry) => !entry.isDirectory() && PICTURE.test(entry.name))),
      folders: names(shown.filter((entry) => entry.isDirectory())),
    };
  } catch (error) {
    throw fileError(folder, error);
  }
}

/**
 * The pictures of a folder; or those of its folders, whose names are classes, as torchvision's ImageFolder has it.
 *
 * @throws FileError, or Failure on pictures that do not fit, pictures beside folders of them, and where there are none
 */
export async function readFolder(
  folder: string,
  options: PictureFileOptions,
): Promise<{ set: ImageSet; classNames?: string[] }> {
  const { pictures, folders } = await namesIn(folder);
  const classes: { name: string; pictures: string[] }[] = [];
  for (const name of folders) {
    const found = (await namesIn(join(folder, name))).pictures;
    if (found.length > 0)
      classes.push({ name, pictures: found.map((picture) => join(folder, name, picture)) });
  }
  const classNames = classes.map(({ name }) => name);
  const { paths, labels } = inTurn(classes.map(({ pictures: ofClass }) => ofClass));
  if (paths.length > 0 && pictures.length > 0) {
    throw new Failure(
      `${folder}: has pictures, such as ${pictures[0]}, beside folders of pictures, such as ${classNames[0]}; keep one kind`,
    );
  }
  if (paths.length === 0 && pictures.length === 0) {
    throw new Failure(`${folder}: has no .png, .jpg or .jpeg pictures, nor folders of them`);
  }
  if (paths.length === 0) {
    return {
      set: await readPictures(
        pictures.map((name) => join(folder, name)),
        options,
      ),
    };
  }
  const set = await readPictures(paths, options);
  return { set: imageSet({ ...set, labels, classes: classNames.length }), classNames };
}

/** The classes' pictures in turn: those at the end, which may be held out, are of all classes in their proportions. */
function inTurn(classes: readonly string[][]): { paths: string[]; labels: number[] } {
  const all = classes.flatMap((ofClass, label) =>
    ofClass.map((path, i) => ({ path, label, at: (i + 0.5) / ofClass.length })),
  );
  all.sort((a, b) => a.at - b.at || a.label - b.label);
  return { paths: all.map(({ path }) => path), labels: all.map(({ label }) => label) };
}
