import { bytesOf } from '../../parts/bytesOf.js';
import type { Page } from '../../state/page.js';

/** Types of files that hold pictures or points, as in `<input accept>`. */
export const PICTURE_FILES = '.png,.jpg,.jpeg,.gz,.csv,.npy,image/png,image/jpeg,*';

/** Makes a file's picture the page's, and says what was done to it. @returns how many pictures the file holds; 0 if none */
export async function openPicture({ store, client, say, fail }: Page, file: File): Promise<number> {
  try {
    const bytes = await bytesOf(file);
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
