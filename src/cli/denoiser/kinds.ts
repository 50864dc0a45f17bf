// Commands that work on runs of pictures and of denoisers alike: each kind has options that the other has not.
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
  const isDenoiser = folder !== undefined && (await isDenoiserRun(folder));
  const wrong = (isDenoiser ? ofPictures : ofDenoisers).find((name) => options[name] !== undefined);
  if (wrong === undefined) return isDenoiser;
  const kinds = [
    'runs of images or points',
    `runs of a picture${ofPictures.includes('means' as never) ? ' and mixtures' : ''}`,
  ];
  const [its, other] = isDenoiser ? kinds : kinds.reverse();
  const what = folder === undefined ? 'a mixture' : `${folder}, which is of ${its}`;
  throw new UsageError(`${flag(wrong)} is for ${other}, not for ${what}; leave it out`);
}
