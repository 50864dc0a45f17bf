/** Larger files are refused as mistakes. */
const MOST_BYTES = 200e6;

/** The bytes of a file that the reader gave. @throws Error if it is larger than 200 MB */
export async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > MOST_BYTES)
    throw new Error(`${file.name}: must be smaller than 200 MB, got ${Math.round(file.size / 1e6)} MB`);
  return new Uint8Array(await file.arrayBuffer());
}
