// Makes a folder of small colour pictures to learn: the emoji of Google's Noto (Apache-2.0) as PNG files on black, in a
// folder for each group such as "Food & Drink". After npm run build and npm --prefix bench ci:
//
//   node bench/emoji.mjs runs/emoji-pictures [--size 32]
//   scorefield train --images runs/emoji-pictures --out runs/emoji
//   scorefield lecture colour --run runs/emoji --out runs/lecture

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodePng, toRgba } from '../dist/plots.js';

const { values, positionals } = parseArgs({
  options: { size: { type: 'string', default: '32' } },
  allowPositionals: true,
});
const size = Number(values.size);
if (positionals.length !== 1 || !Number.isInteger(size) || size < 8 || size > 512) {
  console.error('usage: node bench/emoji.mjs FOLDER [--size N], N from 8 to 512 pixels a side (default: 32)');
  process.exit(2);
}
const [folder] = positionals;

const { resolve } = createRequire(import.meta.url);
const read = async (file) => JSON.parse(await readFile(resolve(`@iconify-json/noto/${file}`), 'utf8'));
const [{ icons, width, height }, { categories }] = [await read('icons.json'), await read('metadata.json')];

let count = 0;
for (const [group, names] of Object.entries(categories)) {
  await mkdir(join(folder, group), { recursive: true });
  for (const name of names) {
    const icon = icons[name];
    const box = `${icon.left ?? 0} ${icon.top ?? 0} ${icon.width ?? width} ${icon.height ?? height}`;
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size}" ` +
      `height="${size}" viewBox="${box}"><rect width="100%" height="100%" fill="#000"/>${icon.body}</svg>`;
    try {
      await writeFile(join(folder, group, `${name}.png`), encodePng(await toRgba(svg)));
      count++;
    } catch (error) {
      // resvg stops on a clip path or mask of some few pictures: WebAssembly's "unreachable".
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      console.log(`${name}: cannot be drawn, left out`);
    }
  }
}
console.log(`${count} pictures of ${size} x ${size} in ${Object.keys(categories).length} groups: ${folder}`);
