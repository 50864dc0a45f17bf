// One message as bytes: the length of a JSON header as u32, the header, then the typed arrays it names. A typed array
// stands in the header as { array: type, at, length }, `at` in bytes from the end of the header, a multiple of 8.
// systems/native/pack.py reads and writes the same.

const TYPES = { Float32Array, Uint32Array, Int32Array };
const padded = (n) => Math.ceil(n / 8) * 8;

export function pack(value) {
  const arrays = [];
  let size = 0;
  const header = new TextEncoder().encode(
    JSON.stringify(value, (_, item) => {
      if (!ArrayBuffer.isView(item)) return item;
      arrays.push({ item, at: size });
      const place = { array: item.constructor.name, at: size, length: item.length };
      size += padded(item.byteLength);
      return place;
    }),
  );
  const start = padded(4 + header.length);
  const bytes = new Uint8Array(start + size);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  for (const { item, at } of arrays) {
    bytes.set(new Uint8Array(item.buffer, item.byteOffset, item.byteLength), start + at);
  }
  return bytes;
}

/** @param {ArrayBuffer} buffer the arrays are views of it */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const start = padded(4 + length);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)), (_, item) =>
    item?.array in TYPES ? new TYPES[item.array](buffer, start + item.at, item.length) : item,
  );
}
