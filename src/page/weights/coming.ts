import type { builtInImages } from '../../index.js';

/** A file of weights that comes with the page: of the network of a built-in picture, or of the digits' U-Net. */
export type WeightsName = (typeof builtInImages)[number] | 'digits';

/** A file as the page has it: its bytes, or where one file carries all, base64, which the worker decodes. */
export type WeightsFile = Uint8Array | string;

/** Asks for weights that come with the page, at the first need. @throws Error if the file cannot be had */
export async function comingWeights(name: WeightsName): Promise<WeightsFile> {
  const inside = document.getElementById(`weights-${name}`)?.textContent;
  if (inside) return inside;
  const file = `${name}.safetensors`;
  const failed = (why: string) =>
    new Error(
      `The weights of “${name}” could not be loaded (${why}): go online and load the page again, or train your own.`,
    );
  const response = await fetch(new URL(file, document.baseURI)).catch(() => {
    throw failed('no connection');
  });
  if (!response.ok) throw failed(`the server answers ${response.status} to ${file}`);
  return new Uint8Array(await response.arrayBuffer());
}
