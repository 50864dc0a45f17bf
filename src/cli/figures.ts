import { join } from 'node:path';
import { toPng } from '../plots/index.js';
import { saveFile } from './files.js';

/** Writes a figure as NAME.svg and NAME.png, at two pixels a unit; returns the two paths. */
export async function saveFigure(folder: string, name: string, svg: string): Promise<string[]> {
  const [vector, raster] = [join(folder, `${name}.svg`), join(folder, `${name}.png`)];
  await saveFile(vector, `${svg}\n`);
  await saveFile(raster, await toPng(svg, { scale: 2 }));
  return [vector, raster];
}
