import type { Client } from '../calls/rpc.js';
import type { PageVerbs } from '../worker/pageVerbs.js';

/** A film that is encoded frame by frame. */
export interface Film {
  readonly extension: 'mp4' | 'webm' | 'gif';
  readonly type: string;
  /** Adds the canvas's present picture as a frame. */
  add(canvas: HTMLCanvasElement): Promise<void>;
  finish(): Promise<Uint8Array<ArrayBuffer>>;
  /** Frees an unfinished film. It is called after a failure and never throws. */
  discard(): Promise<void>;
}

/** Frames a second of a film. */
export const FPS = 30;
/** Bits a second; many, since small moving dots are hard to encode. */
const BITRATE = 4e6;

/**
 * Starts a film: mp4 or WebM by the browser's encoder, or a GIF if it has none.
 * @param canvas the canvas whose pictures become frames
 */
export async function startFilm(client: Client<PageVerbs>, canvas: HTMLCanvasElement): Promise<Film> {
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
  // Most programs read mp4. Else VP8, which every browser encodes fast: Firefox needs seven seconds for one film in VP9.
  const codec = (await encodesH264(canvas).catch(() => false))
    ? 'avc'
    : await getFirstEncodableVideoCodec(['vp8', 'vp9'], size);
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
    discard: () => output.cancel().catch(() => {}),
  };
}

/** H.264 at level 3.1, up to 1280 x 720 pixels. */
const H264 = 'avc1.42001f';

/**
 * Whether the browser encodes H.264 that other programs can read. Firefox 153 does not: it writes the first byte of each
 * parameter set twice, and omits the reserved 1 bits before their number (ISO/IEC 14496-15, section 5.3.3.1).
 */
async function encodesH264(canvas: HTMLCanvasElement): Promise<boolean> {
  const { width, height } = canvas;
  const config = { codec: H264, width, height, bitrate: BITRATE, avc: { format: 'avc' as const } };
  const { supported } = await VideoEncoder.isConfigSupported(config);
  if (!supported) return false;
  let header: Uint8Array | undefined;
  const encoder = new VideoEncoder({
    output(_, metadata) {
      const description = metadata?.decoderConfig?.description;
      if (description) header ??= bytesOf(description);
    },
    error() {},
  });
  encoder.configure(config);
  const frame = new VideoFrame(canvas, { timestamp: 0 });
  encoder.encode(frame);
  frame.close();
  await encoder.flush();
  encoder.close();
  return header !== undefined && header[5] >> 5 === 7;
}

const bytesOf = (source: AllowSharedBufferSource) =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);

let gifs = 0;

function gifFilm(client: Client<PageVerbs>): Film {
  // GIF delays are in hundredths of a second, and browsers slow down delays below two: so every other frame is added.
  let frames = 0;
  const id = gifs++;
  return {
    extension: 'gif',
    type: 'image/gif',
    async add(canvas) {
      if (frames++ % 2 === 1) return;
      const { width, height } = canvas;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const rgba = context.getImageData(0, 0, width, height).data;
      await client.call('gifAdd', { id, rgba, width, height, delay: Math.round(2000 / FPS) });
    },
    finish: () => client.call('gifFinish', { id }),
    discard: () => client.call('gifDiscard', { id }).catch(() => {}),
  };
}
