import type { Client } from '../rpc.js';
import type { Verbs } from '../worker.js';

/** A film that grows by the frames given to it. */
export interface Film {
  readonly extension: 'mp4' | 'webm' | 'gif';
  readonly type: string;
  /** Adds the canvas as it is now. */
  add(canvas: HTMLCanvasElement): Promise<void>;
  finish(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Frames a second of a film. */
export const FPS = 30;
/** Bits a second: small moving dots are hard to encode. */
const BITRATE = 4e6;

/**
 * A film of square frames: mp4 or WebM by the browser's own encoder, a GIF where it has none.
 * @param canvas what is filmed, `size` pixels a side
 */
export async function startFilm(client: Client<Verbs>, canvas: HTMLCanvasElement): Promise<Film> {
  const encoded = 'VideoEncoder' in globalThis ? await encodedFilm(canvas).catch(() => undefined) : undefined;
  return encoded ?? gifFilm(client);
}

async function encodedFilm(canvas: HTMLCanvasElement): Promise<Film | undefined> {
  const {
    BufferTarget,
    CanvasSource,
    getFirstEncodableVideoCodec,
    Mp4OutputFormat,
    Output,

    WebMOutputFormat,
  } = await import('./encoder.js');
  const size = { width: canvas.width, height: canvas.height };
  // VP8 first: it is everywhere and quick. Firefox's VP9 takes seven seconds for one, and its H.264 comes with
  // parameter sets that its own player cannot read.
  const codec = await getFirstEncodableVideoCodec(['vp8', 'vp9', 'avc'], size);
  if (!codec) return undefined;
  const isMp4 = codec === 'avc';
  const target = new BufferTarget();
  const output = new Output({ format: isMp4 ? new Mp4OutputFormat() : new WebMOutputFormat(), target });
  const source = new CanvasSource(canvas, { codec, bitrate: BITRATE, latencyMode: 'realtime' });
  output.addVideoTrack(source, { frameRate: FPS });
  await output.start();
  let frames = 0;
  return {
    extension: isMp4 ? 'mp4' : 'webm',
    type: isMp4 ? 'video/mp4' : 'video/webm',
    add: () => source.add(frames++ / FPS, 1 / FPS),
    async finish() {
      await output.finalize();
      return new Uint8Array(target.buffer as ArrayBuffer);
    },
  };
}

function gifFilm(client: Client<Verbs>): Film {
  // The format counts in hundredths of a second, and browsers slow down what is faster than two: every other frame.
  let frames = 0;
  return {
    extension: 'gif',
    type: 'image/gif',
    async add(canvas) {
      if (frames++ % 2 === 1) return;
      const { width, height } = canvas;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const rgba = context.getImageData(0, 0, width, height).data;
      await client.call('gifAdd', { rgba, width, height, delay: Math.round(2000 / FPS) });
    },
    finish: () => client.call('gifFinish', {}),
  };
}
