// Commands that work on runs of pictures and of denoisers alike: each kind has options that the other has not.
import { exists } from '../run/files.js';
import { UsageError } from '../terminal/failure.js';
import { isDenoiserRun } from './folder.js';
import { flag } from './settings.js';

/** Options of a command that only one kind of run has. */
export interface KindOptions<Options> {
  /** Of runs of a picture, and of mixtures. */
  ofPictures: readonly (keyof Options & string)[];
  /** Of runs that denoise images or points. */
  ofDenoisers: readonly (keyof Options & string)[];
}

/**
 * Whether a command is for a run of a denoiser; without a folder it is for a mixture.
 * @throws UsageError on an option of the other kind
 */
export async function isForDenoiser<Options extends object>(
  folder: string | undefined,
  options: Options,
  { ofPictures, ofDenoisers }: KindOptions<Options>,
): Promise<boolean> {
  // A folder that is not there is no matter of options.
  if (folder !== undefined && !(await exists(folder))) return false;
  const isDenoiser = folder !== undefined && (await isDenoiserRun(folder));
  const wrong = (isDenoiser ? ofPictures : ofDenoisers).find((name) => options[name] !== undefined);
  if (wrong === undefined) return isDenoiser;
  const other = isDenoiser ? 'a picture' : 'images or points';
  const its = isDenoiser ? 'images or points' : 'a picture';
  throw new UsageError(
    `${flag(wrong)} is for a run of ${other}, not for ${folder === undefined ? 'a mixture' : `one of ${its} as ${folder}`}; leave it out`,
  );
}
