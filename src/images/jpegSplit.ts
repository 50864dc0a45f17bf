// JPEG files of four components, cyan, magenta, yellow and black, as two of three, which decoders read: the coded bits of each
// block are copied as they are, since a component is coded by itself.
import { APP0, APP14, DHT, DRI, type Jpeg, most, type Segment, SOF, SOS, scanComponents } from './jpeg.js';
import { type Pixels, UnsupportedImage } from './pixels.js';

/** Code and value for the 16 bits that come: length x 256 + value; 0 for none. */
type Table = Uint16Array;

/** Huffman tables of a segment by their class and number (T.81, B.2.4.2 and C). */
function readTables({ data }: Segment, tables: Map<number, Table>): void {
  for (let at = 0; at + 17 <= data.length; ) {
    const table = new Uint16Array(65536);
    const counts = data.subarray(at + 1, at + 17);
    let value = at + 17;
    let begin = 0;
    counts.forEach((count, i) => {
      const length = i + 1;
      for (let n = 0; n < count; n++, begin += 1 << (16 - length)) {
        table.fill(256 * length + data[value++], begin, begin + (1 << (16 - length)));
      }
    });
    tables.set(data[at], table);
    at = value;
  }
}

/** Bits of one restart interval of coded data, without the zeros that follow bytes of ones. */
class Reader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(coded: Uint8Array) {
    this.#bytes = coded.filter((byte, i) => !(byte === 0 && coded[i - 1] === 0xff));
  }

  /** The 16 bits that come; ones where there are no more. */
  peek(): number {
    const at = this.#bit >> 3;
    const byte = (i: number) => this.#bytes[at + i] ?? 255;
    return (((byte(0) << 16) | (byte(1) << 8) | byte(2)) >> (8 - (this.#bit & 7))) & 0xffff;
  }

  skip(count: number): void {
    this.#bit += count;
    if (this.#bit > 8 * this.#bytes.length) throw new Error('a scan ends early');
  }
}

/** Bits as coded data: a byte of ones is followed by a zero, and the last one filled up by ones. */
class Writer {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #bits = 0;
  #count = 0;

  /** Writes the upper `count` of 16 bits. */
  put(bits: number, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#bits = (this.#bits << 1) | ((bits >> (15 - i)) & 1);
      if (++this.#count === 8) this.#flush();
    }
  }

  #flush(): void {
    this.#push(this.#bits & 255);
    if ((this.#bits & 255) === 255) this.#push(0);
    this.#bits = this.#count = 0;
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = byte;
  }

  /** Ends an interval, and writes the marker that stands before the next. */
  restart(marker: number | undefined): void {
    while (this.#count > 0) this.put(0xffff, 1);
    if (marker === undefined) return;
    this.#push(0xff);
    this.#push(marker);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** The parts of coded data between restart markers, and those. */
function intervalsOf(coded: Uint8Array): { data: Uint8Array; marker?: number }[] {
  const intervals: { data: Uint8Array; marker?: number }[] = [];
  let start = 0;
  for (let at = coded.indexOf(0xff); at >= 0 && at + 1 < coded.length; at = coded.indexOf(0xff, at + 1)) {
    const marker = coded[at + 1];
    if (marker < 0xd0 || marker > 0xd7) continue;
    intervals.push({ data: coded.subarray(start, at), marker });
    start = at + 2;
  }
  return [...intervals, { data: coded.subarray(start) }];
}

/** Reads the code and the bits of one block, and writes them where `writer` is given (F.2.2, G.1.2.1). */
function copyBlock(reader: Reader, writer: Writer | undefined, { dc, ac, refines }: BlockCoding): void {
  const take = (count: number) => {
    writer?.put(reader.peek(), count);
    reader.skip(count);
  };
  const symbol = (table: Table | undefined) => {
    const entry = table?.[reader.peek()] ?? 0;
    if (entry === 0) throw new Error('a scan has a code that its tables have not');
    take(entry >> 8);
    return entry & 255;
  };
  take(refines ? 1 : symbol(dc) & 15);
  if (!ac) return;
  for (let k = 1; k < 64; ) {
    const entry = symbol(ac);
    const [zeros, size] = [entry >> 4, entry & 15];
    if (size === 0 && zeros < 15) return;
    take(size);
    k += zeros + 1;
  }
}

interface BlockCoding {
  readonly dc: Table | undefined;
  /** Absent in scans of progressive files that hold first coefficients alone. */
  readonly ac?: Table;
  /** The scan brings one more bit of first coefficients. */
  readonly refines: boolean;
}

/** A scan of several components without one of them. */
function withoutInScan(
  scan: Segment,
  jpeg: Jpeg,
  dropped: number,
  { tables, interval }: { tables: Map<number, Table>; interval: number },
): Segment {
  const { components, width, height, progressive } = jpeg;
  const places = scanComponents(scan, components);
  const refines = progressive && scan.data[3 + 2 * places.length] >> 4 > 0;
  const parts = places.map((place, i) => {
    const numbers = scan.data[2 + 2 * i];
    const coding: BlockCoding = {
      dc: tables.get(numbers >> 4),
      ...(!progressive && { ac: tables.get(16 + (numbers & 15)) ?? new Uint16Array(65536) }),
      refines,
    };
    return { place, coding, blocks: components[place].across * components[place].down };
  });
  const units =
    Math.ceil(width / (8 * most(components, 'across'))) * Math.ceil(height / (8 * most(components, 'down')));
  const writer = new Writer();
  let done = 0;
  for (const { data, marker } of intervalsOf(scan.coded as Uint8Array)) {
    const reader = new Reader(data);
    const end = interval > 0 ? Math.min(units, done + interval) : units;
    for (; done < end; done++) {
      for (const { place, coding, blocks } of parts) {
        for (let block = 0; block < blocks; block++) {
          copyBlock(reader, place === dropped ? undefined : writer, coding);
        }
      }
    }
    writer.restart(done < units ? marker : undefined);
  }
  if (done < units) throw new Error('a scan ends early');
  const kept = places.flatMap((place, i) =>
    place === dropped ? [] : [...scan.data.subarray(1 + 2 * i, 3 + 2 * i)],
  );
  const rest = scan.data.subarray(1 + 2 * places.length);
  return { marker: SOS, data: Uint8Array.of(places.length - 1, ...kept, ...rest), coded: writer.bytes() };
}

/** A file of four components without one, by its place, whose three are as Adobe's `transform` says. */
function without(jpeg: Jpeg, dropped: number, transform: number): Segment[] {
  const tables = new Map<number, Table>();
  let interval = 0;
  // Adobe's marker, with its version and flags, says how colour is stored.
  const adobe = Uint8Array.of(...[...'Adobe'].map((c) => c.charCodeAt(0)), 0, 100, 0, 0, 0, 0, transform);
  const out: Segment[] = [{ marker: APP14, data: adobe }];
  for (const segment of jpeg.segments) {
    const { marker, data } = segment;
    if (marker === APP0 || marker === APP14) continue;
    if (marker === DHT) readTables(segment, tables);
    if (marker === DRI) interval = (data[0] << 8) | data[1];
    if (marker >= SOF && marker <= SOF + 2) {
      const kept = data.filter((_, i) => i < 6 || Math.floor((i - 6) / 3) !== dropped);
      kept[5] = 3;
      out.push({ marker, data: kept });
    } else if (marker === SOS) {
      const places = scanComponents(segment, jpeg.components);
      if (!places.includes(dropped)) out.push(segment);
      else if (places.length === 2) {
        throw new UnsupportedImage('is a JPEG whose scans hold two of four components: save it in RGB');
      } else if (places.length > 2) out.push(withoutInScan(segment, jpeg, dropped, { tables, interval }));
    } else out.push(segment);
  }
  return out;
}

const BLACK = 3;

/**
 * A JPEG file of four components as two of three: one of the first three, one whose last is black.
 *
 * @throws Error where it is damaged, UnsupportedImage where its components are of sizes that cannot be told apart
 */
export function splitJpeg(jpeg: Jpeg): { colour: Segment[]; black: Segment[] } {
  const { components, transform } = jpeg;
  const keeps = (dropped: number) => {
    const others = components.filter((_, i) => i !== dropped);
    return (['across', 'down'] as const).every((key) => most(others, key) === most(components, key));
  };
  const other = [2, 1, 0].find(keeps);
  if (!keeps(BLACK) || other === undefined) {
    throw new UnsupportedImage('is a JPEG whose black is finer than its colours: save it in RGB');
  }
  return { colour: without(jpeg, BLACK, transform === 2 ? 1 : 0), black: without(jpeg, other, 0) };
}

/**
 * Red, green and blue of pictures of {@link splitJpeg}. Files hold ink inverted, 255 for none, as Adobe's programs write it and all
 * others read it; of YCCK the colours' complement.
 */
export function joinInks(colour: Pixels, black: Pixels, { transform }: Jpeg): Pixels {
  const data = new Uint8Array(colour.data.length);
  for (let i = 0; i < data.length; i += 4) {
    for (let channel = 0; channel < 3; channel++) {
      const ink = transform === 2 ? 255 - colour.data[i + channel] : colour.data[i + channel];
      data[i + channel] = Math.round((ink * black.data[i + 2]) / 255);
    }
    data[i + 3] = 255;
  }
  return { ...colour, data };
}
