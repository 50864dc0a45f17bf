/**
 * The chapters in the order of the page. Each has a folder of its name in `chapters`: `words.html`, which the build puts
 * into the page, and `index.ts` with the figures that its words have places for.
 */
export const chapterNames = [
  'draw',
  'line',
  'density',
  'steps',
  'blur',
  'dimensions',
  'denoising',
  'image',
  'learning',
  'race',
  'sampling',
  'diffusion',
  'exact',
  'given',
  'images',
] as const;

export type ChapterName = (typeof chapterNames)[number];
