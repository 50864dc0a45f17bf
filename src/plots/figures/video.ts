import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { checkSize } from '../drawing/check.js';
import type { Raster } from '../drawing/raster.js';
import { type Frame, rasterFrames } from './frames.js';

export interface VideoOptions {
  /** Frames a second. */
  fps?: number;
  /** Width in pixels (default: the SVG's own); odd sizes grow by one white pixel. */
  width?: number;
  signal?: AbortSignal;
}

const MISSING = 'mp4: ffmpeg was not found on PATH; install it or use the GIF';

/**
 * Writes frames to an mp4 file by piping pixels to the system's ffmpeg; the file appears when it is whole. Node
 * only. Rejects with an Error where ffmpeg is missing or fails, with a RangeError for no frames or an fps not
 * above 0, and with the signal's reason when aborted.
 */
export async function toMp4(
  frames: Iterable<Frame> | AsyncIterable<Frame>,
  file: string,
  { fps = 10, width, signal }: VideoOptions = {},
): Promise<void> {
  checkSize('toMp4', 'fps', fps);
  const rasters = rasterFrames(frames, { width, signal });
  const first = await rasters.next();
  if (first.done) throw new RangeError('toMp4: frames must hold at least one frame, got 0');
  const size = `${first.value.width}x${first.value.height}`;
  const part = `${file}.part`;
  // biome-ignore format: one option and its value a line
  const encoder = spawn('ffmpeg', [
    '-loglevel', 'error', '-y',
    '-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', size, '-r', String(fps), '-i', '-',
    '-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white',
    '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-f', 'mp4', part,
  ], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  encoder.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    encoder.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error(MISSING) : new Error(`mp4: ffmpeg: ${error.message}`)),
    );
    encoder.once('close', resolve);
  });
  ended.catch(() => {}); // awaited below; until then it must not count as unhandled
  // a broken pipe means ffmpeg stopped early: its exit code and stderr say why
  let broken = false;
  encoder.stdin.on('error', () => {
    broken = true;
  });
  try {
    for (let frame: IteratorResult<Raster> = first; !frame.done && !broken; frame = await rasters.next()) {
      const got = `${frame.value.width}x${frame.value.height}`;
      if (got !== size) throw new RangeError(`toMp4: frames must all be ${size} pixels, got ${got}`);
      if (!encoder.stdin.write(frame.value.pixels))
        await Promise.race([once(encoder.stdin, 'drain').catch(() => {}), ended]);
    }
    encoder.stdin.end();
    const code = await ended;
    if (code !== 0) {
      const reason = complaint.trim().split('\n').at(-1) || `exit code ${code}`;
      throw new Error(`mp4: ffmpeg failed: ${reason}`);
    }
    await rename(part, file);
  } catch (error) {
    encoder.kill();
    await rm(part, { force: true });
    throw error;
  } finally {
    await rasters.return(undefined);
  }
}
