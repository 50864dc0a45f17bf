import type { Page } from '../../state/page.js';

/** Larger files are refused as mistakes. */
const MOST_BYTES = 200e6;

/** Makes a file's picture the page's, and says what was done to it. @returns how many pictures the file holds; 0 if none */
export async function openPicture({ store, client, say, fail }: Page, file: File): Promise<number> {
  try {
    if (file.size > MOST_BYTES)
      throw new Error(`${file.name}: must be smaller than 200 MB, got ${file.size} bytes`);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { image, count, was, isTurned } = await client.call('readImage', { bytes, name: file.name });
    store.set({ picture: image });
    const words = [`${image.height} × ${image.width} pixels`];
    if (was.height !== image.height || was.width !== image.width)
      words.push(`shrunk from ${was.height} × ${was.width}`);
    if (isTurned) words.push('dark ink on light paper, so dark is dense');
    say(`${file.name}: ${count === 1 ? words.join(', ') : `${count} pictures`}`);
    return count;
  } catch (error) {
    fail(error);
    return 0;
  }
}
