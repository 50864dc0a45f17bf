import { join } from 'node:path';
import {
  chainFrames,
  encodePng,
  type ImageGridPixelsOptions,
  imageGridPixels,
  type WalkJumpStripOptions,
  walkJumpStrip,
} from '../../plots/index.js';
import type { Context } from '../terminal/report.js';
import { saveFigure, saveMoving } from './figures.js';
import { saveFile } from './files.js';

/** Pixels a side that one pixel of an image takes in a moving picture. */
const MOVING_SCALE = 4;

/** Writes a sheet of images as NAME.png, pixel by pixel and without words; returns the path. */
export async function saveImages(
  folder: string,
  name: string,
  options: ImageGridPixelsOptions,
): Promise<string[]> {
  const file = join(folder, `${name}.png`);
  await saveFile(file, encodePng(imageGridPixels(options)));
  return [file];
}

/**
 * Writes chains of images: as NAME.svg and NAME.png every step with its jump, and as NAME.gif, and NAME.mp4 where there is
 * ffmpeg, a moving picture of ten frames a second, one for every `every` images kept (default: each); returns the paths.
 */
export async function saveWalkJump(
  folder: string,
  name: string,
  options: WalkJumpStripOptions & { every?: number },
  context: Context,
): Promise<string[]> {
  const still = await saveFigure(folder, name, walkJumpStrip(options));
  const frames = () => chainFrames({ ...options, scale: MOVING_SCALE });
  return [...still, ...(await saveMoving(folder, name, frames, context))];
}
