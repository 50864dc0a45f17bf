import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { toMp4 } from '../../plots/figures/video.js';
import { type Frame, toGif, toPng } from '../../plots/index.js';
import { Failure, plainMessage } from '../terminal/failure.js';
import type { Context } from '../terminal/report.js';
import { fileError, saveFile, temporaryName } from './files.js';

/** Writes a figure as NAME.svg and NAME.png, at two pixels a unit; returns the two paths. */
export async function saveFigure(folder: string, name: string, svg: string): Promise<string[]> {
  const [vector, raster] = [join(folder, `${name}.svg`), join(folder, `${name}.png`)];
  const png = await toPng(svg, { scale: 2 });
  await saveFile(vector, `${svg}\n`);
  await saveFile(raster, png);
  return [vector, raster];
}

/**
 * Draws and writes a figure that goes with a result. The figure must not cost the result: if it cannot be drawn, says why and
 * returns no files.
 *
 * @param name of the figure, for that message
 * @throws Failure if a file cannot be written or a signal stops it
 */
export async function besideResult(
  name: string,
  { report, signal }: Context,
  draw: () => Promise<string[]>,
): Promise<string[]> {
  try {
    return await draw();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    report.say(`No figure ${name}: ${plainMessage(error)}`);
    return [];
  }
}

/** Writes a moving picture as NAME.gif, and as NAME.mp4 where there is ffmpeg; returns the paths. */
export async function saveMoving(
  folder: string,
  name: string,
  frames: () => Iterable<Frame>,
  { report, signal }: Context,
): Promise<string[]> {
  signal.throwIfAborted();
  const [gif, mp4] = [join(folder, `${name}.gif`), join(folder, `${name}.mp4`)];
  await saveFile(gif, await toGif(frames(), { lastDelayMs: 2000, signal }));
  const temporary = temporaryName(mp4);
  try {
    await toMp4(frames(), temporary, { signal });
    await rename(temporary, mp4);
    return [gif, mp4];
  } catch (error) {
    signal.throwIfAborted();
    report.say(`No ${name}.mp4: ${plainMessage(fileError(mp4, error))}`);
    return [gif];
  }
}
