/** Plays a GIF to its end: the delays of its frames in hundredths of a second and the pixels then on show. */
export function playGif(bytes: Uint8Array) {
  const word = (at: number) => bytes[at] | (bytes[at + 1] << 8);
  const [width, height] = [word(6), word(8)];
  const colours = 2 << (bytes[10] & 7);
  const palette = bytes.subarray(13, 13 + 3 * colours);
  const rgb = new Uint8Array(3 * width * height);
  const delays: number[] = [];
  let loops: number | undefined;
  let transparent = -1;
  let at = 13 + 3 * colours;
  const blocks = (): number[] => {
    const data: number[] = [];
    for (let size = bytes[at++]; size > 0; size = bytes[at++]) {
      for (let i = 0; i < size; i++) data.push(bytes[at++]);
    }
    return data;
  };
  for (;;) {
    const mark = bytes[at++];
    if (mark === 0x3b) return { width, height, delays, loops, rgb };
    if (mark === 0x21) {
      const kind = bytes[at++];
      const data = blocks();
      if (kind === 0xf9) {
        delays.push(data[1] | (data[2] << 8));
        transparent = data[0] & 1 ? data[3] : -1;
      } else if (kind === 0xff) {
        loops = data[12] | (data[13] << 8);
      }
    } else if (mark === 0x2c) {
      at += 9; // frames cover the whole picture and use the shared palette
      const depth = bytes[at++];
      for (const [i, index] of unpack(blocks(), depth, width * height).entries()) {
        if (index !== transparent) rgb.set(palette.subarray(3 * index, 3 * index + 3), 3 * i);
      }
    } else {
      throw new Error(`not a GIF block: ${mark} at ${at - 1}`);
    }
  }
}

/** Lempel, Ziv and Welch's code as GIF packs it. */
function unpack(data: number[], depth: number, count: number): number[] {
  const clear = 1 << depth;
  const out: number[] = [];
  let table: number[][] = [];
  let [size, bit] = [depth + 1, 0];
  let before: number[] | undefined;
  while (out.length < count) {
    let code = 0;
    for (let i = 0; i < size; i++, bit++) code |= ((data[bit >> 3] >> (bit & 7)) & 1) << i;
    if (code === clear) {
      table = Array.from({ length: clear + 2 }, (_, i) => [i]);
      size = depth + 1;
      before = undefined;
      continue;
    }
    if (code === clear + 1) break;
    const entry = table[code] ?? [...before!, before![0]];
    for (const index of entry) out.push(index);
    if (before && table.length < 4096) table.push([...before, entry[0]]);
    if (table.length === 1 << size && size < 12) size++;
    before = entry;
  }
  return out;
}
