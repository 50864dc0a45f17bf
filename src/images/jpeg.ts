// JPEG files (ITU T.81): what pixels need of them, as a plain stream that every decoder reads.
import { exifOrientation } from './orientation.js';
import { checkSize, UnsupportedImage } from './pixels.js';

/** A marker, what follows its length, and after a start of scan the coded data. */
export interface Segment {
  readonly marker: number;
  readonly data: Uint8Array;
  readonly coded?: Uint8Array;
}

/** A component of the frame: which it is, and its samples across and down a block of the picture. */
export interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
}

export interface Jpeg {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** Coded by parts of the spectrum, or of the bits, in several scans. */
  readonly progressive: boolean;
  /** How colour is stored, by Adobe's marker: 0 as it is, 1 YCbCr, 2 YCCK. */
  readonly transform?: number;
  /** Exif orientation, 1 to 8. */
  readonly orientation: number;
  /** What pixels need, in order. */
  readonly segments: readonly Segment[];
}

export const [SOF, DHT, SOS, DRI, APP0, APP14] = [0xc0, 0xc4, 0xda, 0xdd, 0xe0, 0xee];
const [SOI, EOI, DQT, DNL, APP1, TEM] = [0xd8, 0xd9, 0xdb, 0xdc, 0xe1, 0x01];
const NEEDED = [DHT, DQT, DRI, SOS];

/** Codings that decoders of the web do not read, by the marker of their frame. */
const CODINGS: Record<number, string> = {
  195: 'lossless coding',
  ...{ 197: 'hierarchical coding', 198: 'hierarchical coding', 199: 'hierarchical coding' },
  ...{ 201: 'arithmetic coding', 202: 'arithmetic coding', 203: 'arithmetic coding' },
  ...{ 205: 'arithmetic coding', 206: 'arithmetic coding', 207: 'arithmetic coding' },
  247: 'JPEG-LS coding',
};

const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
const isFrame = (marker: number) => (marker >= 0xc0 && marker <= 0xc2) || marker in CODINGS;
const begins = (data: Uint8Array, text: string) => [...text].every((c, i) => data[i] === c.charCodeAt(0));

/** The most samples across or down of any component. */
export const most = (components: readonly Component[], key: 'across' | 'down'): number =>
  Math.max(...components.map((component) => component[key]));

/** Where the next marker stands, at its second byte; between segments other bytes may lie, and within coded data restarts. */
function nextMarker(bytes: Uint8Array, from: number, coded: boolean): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === 0 || marker === 0xff) continue;
    if (!(coded && isRestart(marker))) return at + 1;
  }
  return bytes.length + 1;
}

/** All segments up to the end of the picture, and whether its end is marked. @throws Error where a segment is cut */
function segmentsOf(bytes: Uint8Array): { all: Segment[]; ended: boolean } {
  const all: Segment[] = [];
  for (let at = nextMarker(bytes, 2, false); at < bytes.length; ) {
    const marker = bytes[at];
    if (marker === EOI) return { all, ended: true };
    if (isRestart(marker) || marker === SOI || marker === TEM) {
      at = nextMarker(bytes, at + 1, false);
      continue;
    }
    const length = (bytes[at + 1] << 8) | bytes[at + 2];
    const end = at + 1 + length;
    if (!(length >= 2) || end > bytes.length) throw new Error(`it ends within the segment at byte ${at - 1}`);
    const next = nextMarker(bytes, end, marker === SOS);
    const data = bytes.subarray(at + 3, end);
    all.push({
      marker,
      data,
      ...(marker === SOS && { coded: bytes.subarray(end, Math.max(end, next - 1)) }),
    });
    at = next;
  }
  return { all, ended: false };
}

/** The frame's header. @throws Error where it is damaged, UnsupportedImage where its coding is not read */
function frameOf({ marker, data }: Segment, height: number): Pick<Jpeg, 'width' | 'height' | 'components'> {
  const coding = CODINGS[marker];
  if (coding) {
    throw new UnsupportedImage(
      `is a JPEG of ${coding}, which is not read: save it again as ordinary JPEG or PNG`,
    );
  }
  const [bits, , , wide, narrow, count] = data;
  if (data.length < 6 || data.length < 6 + 3 * count) throw new Error('the header of its frame is cut');
  if (bits !== 8) {
    throw new UnsupportedImage(
      `is a JPEG of ${bits} bits a sample, of which only 8 are read: save it again, as PNG of 16 bits`,
    );
  }
  const width = (wide << 8) | narrow;
  checkSize(width, height);
  if (![1, 3, 4].includes(count)) {
    throw new UnsupportedImage(
      `must be a JPEG of 1, 3 or 4 components, got ${count}: save it in grey or colour`,
    );
  }
  const components = Array.from({ length: count }, (_, i): Component => {
    const [id, sampling] = data.subarray(6 + 3 * i);
    return { id, across: sampling >> 4, down: sampling & 15 };
  });
  if (components.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) {
    throw new Error('its components must have 1 to 4 samples across and down');
  }
  return { width, height, components };
}

/** The components of a scan, by their places in the frame. @throws Error for one that the frame has not */
export function scanComponents({ data }: Segment, components: readonly Component[]): number[] {
  const places = Array.from({ length: data[0] }, (_, i) =>
    components.findIndex(({ id }) => id === data[1 + 2 * i]),
  );
  if (places.length === 0 || places.includes(-1) || data.length < 4 + 2 * places.length) {
    throw new Error('the header of a scan is damaged');
  }
  return places;
}

/** Whether scans bring every bit of every coefficient, which is not sure where the end is missing. */
function isWhole(
  scans: readonly Segment[],
  { components, progressive }: Pick<Jpeg, 'components' | 'progressive'>,
): boolean {
  const missing = new Set(
    components.flatMap((_, c) => Array.from({ length: progressive ? 64 : 1 }, (_, k) => 64 * c + k)),
  );
  for (const scan of scans) {
    const places = scanComponents(scan, components);
    const [first, last, bits] = scan.data.subarray(1 + 2 * places.length);
    for (const place of places) {
      if (!progressive) missing.delete(64 * place);
      // The lower four bits are those that are still to come.
      else if ((bits & 15) === 0) for (let k = first; k <= last; k++) missing.delete(64 * place + k);
    }
  }
  return missing.size === 0;
}

/** @throws Error where there are fewer bits than blocks of the picture, of which each takes one; a decoder would fill them in */
function checkLength(
  scans: readonly Segment[],
  { width, height, components }: Pick<Jpeg, 'width' | 'height' | 'components'>,
): void {
  const bytes = scans.reduce((sum, { coded }) => sum + (coded?.length ?? 0), 0);
  const blocks = (size: number, key: 'across' | 'down') => Math.ceil(size / (8 * most(components, key)));
  if (8 * bytes < blocks(width, 'across') * blocks(height, 'down')) {
    throw new Error(`its ${width} x ${height} pixels end after ${bytes} bytes`);
  }
}

/**
 * What pixels need of a JPEG file. Stray bytes between its segments are passed over, and its end may be missing.
 *
 * @throws Error where it is damaged, UnsupportedImage where it is of a coding that is not read
 */
export function readJpeg(bytes: Uint8Array): Jpeg {
  const { all, ended } = segmentsOf(bytes);
  const frame = all.find(({ marker }) => isFrame(marker));
  if (!frame) throw new Error('the header of its frame is missing');
  const lines = all.find(({ marker }) => marker === DNL)?.data ?? [];
  // A frame without a height has it after its first scan.
  const stored = (frame.data[1] << 8) | frame.data[2];
  const height = stored || (lines[0] << 8) | lines[1];
  const sizes = frameOf(frame, height);
  const progressive = frame.marker === 0xc2;
  const scans = all.filter(({ marker }) => marker === SOS);
  if (scans.length === 0) throw new Error('its pixels are missing');
  if (!ended && !isWhole(scans, { ...sizes, progressive })) throw new Error('it ends before its last scan');
  checkLength(scans, sizes);
  const adobe = all.find(
    ({ marker, data }) => marker === APP14 && begins(data, 'Adobe') && data.length >= 12,
  );
  const exif = all.find(({ marker, data }) => marker === APP1 && begins(data, 'Exif'));
  const header = frame.data.slice();
  header.set([height >> 8, height & 255], 1);
  const segments = all
    .filter(
      (segment) =>
        segment === frame || segment === adobe || isJfif(segment) || NEEDED.includes(segment.marker),
    )
    .map((segment) => (segment === frame ? { marker: frame.marker, data: header } : segment));
  return {
    ...sizes,
    progressive,
    ...(adobe && { transform: adobe.data[11] }),
    orientation: exif ? exifOrientation(exif.data) : 1,
    segments,
  };
}

const isJfif = ({ marker, data }: Segment) => marker === APP0 && begins(data, 'JFIF');

/** A JPEG file of these segments. */
export function writeJpeg(segments: readonly Segment[]): Uint8Array {
  const length = segments.reduce((sum, { data, coded }) => sum + 4 + data.length + (coded?.length ?? 0), 4);
  const bytes = new Uint8Array(length);
  bytes.set([0xff, SOI]);
  let at = 2;
  for (const { marker, data, coded } of segments) {
    bytes.set([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255], at);
    bytes.set(data, at + 4);
    if (coded) bytes.set(coded, at + 4 + data.length);
    at += 4 + data.length + (coded?.length ?? 0);
  }
  bytes.set([0xff, EOI], at);
  return bytes;
}
