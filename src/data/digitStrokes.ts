// How people write the digits: strokes through points, in a box about 0.65 wide and 1 high.

export type Point = readonly [x: number, y: number];

/** One way to write a digit. */
export interface DigitStyle {
  /** How often it is chosen among the ways of that digit. */
  readonly weight: number;
  /** How far the hand bends it, as a multiple of what is usual. */
  readonly bend: number;
  /** Points x to the right and y down. Points in the same place are one point, and move together. */
  readonly strokes: readonly (readonly Point[])[];
}

/**
 * A style as it is written below: points "x y" in hundredths with commas, strokes with slashes in between. A stroke is a smooth
 * curve through its points; a corner is where one stroke ends and another begins.
 */
interface StyleText {
  readonly weight: number;
  readonly bend?: number;
  readonly strokes: string;
}

const TEXTS: readonly (readonly StyleText[])[] = [
  [
    // round, from the top to the left
    {
      weight: 4,
      strokes: '38 2, 13 16, 2 50, 11 84, 35 98, 60 82, 69 48, 59 16, 36 3',
    },
    // from the upper right, closed by a small tail
    {
      weight: 3,
      strokes: '55 12, 32 4, 8 28, 2 65, 18 95, 44 90, 62 62, 62 26, 44 4, 30 6',
    },
    // wide
    {
      weight: 3,
      strokes: '50 6, 20 8, -2 36, 3 76, 34 96, 70 82, 84 46, 68 14, 42 5',
    },
    // narrow
    {
      weight: 1,
      strokes: '30 1, 11 20, 4 55, 12 88, 28 98, 45 84, 51 50, 44 17, 28 2',
    },
  ],
  [
    { weight: 7, bend: 0.4, strokes: '30 0, 29 50, 28 100' },
    { weight: 2, strokes: '10 24, 22 15, 34 0 / 34 0, 34 33, 33 66, 33 100' },
    {
      weight: 1,
      strokes: '10 22, 22 14, 34 0 / 34 0, 34 33, 33 66, 33 98 / 6 99, 33 98, 60 97',
    },
  ],
  [
    // with a corner at the lower left
    {
      weight: 4,
      strokes: '6 24, 18 6, 42 2, 58 20, 50 46, 28 73, 3 96 / 3 96, 34 94, 70 95',
    },
    // with a loop there
    {
      weight: 4,
      strokes: '8 22, 24 3, 50 6, 58 28, 42 60, 20 88, 5 93, 5 79, 22 78, 44 93, 72 90',
    },
    // round, with a wave as its base
    {
      weight: 2,
      strokes: '2 30, 16 6, 44 3, 60 22, 46 54, 22 80, 6 94 / 6 94, 24 87, 46 98, 70 88',
    },
  ],
  [
    {
      weight: 5,
      strokes: '7 13, 28 1, 53 9, 53 32, 24 47 / 24 47, 53 53, 62 75, 42 96, 17 98, 2 87',
    },
    // one smooth stroke
    {
      weight: 3,
      strokes: '10 10, 34 2, 54 14, 48 36, 27 46, 28 50, 52 58, 58 79, 36 98, 5 92',
    },
    // flat on top
    {
      weight: 1,
      strokes: '6 4, 30 5, 56 3 / 56 3, 42 22, 27 41 / 27 41, 54 50, 60 76, 38 97, 3 90',
    },
  ],
  [
    // open
    {
      weight: 4,
      strokes: '11 4, 5 26, 7 49, 32 53, 64 46 / 60 2, 56 34, 53 68, 50 100',
    },
    // open, with a corner
    {
      weight: 3,
      strokes: '18 3, 11 28, 3 53 / 3 53, 34 54, 68 52 / 52 18, 50 46, 47 73, 45 100',
    },
    // closed
    {
      weight: 2,
      strokes: '52 1, 30 30, 2 62 / 2 62, 36 62, 72 60 / 52 1, 52 36, 50 68, 49 100',
    },
    // in one stroke
    {
      weight: 2,
      strokes: '8 6, 6 32, 18 50, 42 44, 58 20, 61 3 / 61 3, 55 34, 50 68, 47 100',
    },
  ],
  [
    {
      weight: 5,
      strokes: '15 4, 12 22, 9 42 / 9 42, 31 37, 55 50, 57 76, 36 97, 4 92 / 15 4, 38 5, 66 1',
    },
    // in one stroke, like an s
    {
      weight: 3,
      strokes: '68 2, 42 3, 22 8, 13 27, 26 43, 50 57, 50 84, 26 98, 1 90',
    },
    // with a large bowl
    {
      weight: 2,
      strokes: '60 2, 36 3, 13 5 / 13 5, 9 22, 6 40 / 6 40, 34 34, 60 54, 54 84, 28 98, 2 86',
    },
  ],
  [
    {
      weight: 4,
      strokes: '50 2, 25 20, 8 50, 8 80, 29 98, 53 86, 53 63, 32 54, 10 72',
    },
    // straighter, with a small loop
    {
      weight: 4,
      strokes: '34 0, 17 32, 6 68, 19 95, 42 92, 50 72, 36 60, 16 70, 8 84',
    },
    // with a wide loop
    {
      weight: 2,
      strokes: '40 1, 16 24, 3 56, 10 90, 38 98, 64 82, 58 60, 34 58, 8 78',
    },
  ],
  [
    { weight: 5, strokes: '3 9, 30 6, 63 5 / 63 5, 48 36, 36 68, 28 100' },
    // with a round shoulder
    { weight: 3, strokes: '2 16, 14 6, 36 9, 58 6, 56 24, 42 58, 30 100' },
    // with a bar
    {
      weight: 2,
      strokes: '3 6, 32 6, 62 3 / 62 3, 48 34, 37 66, 30 100 / 16 50, 38 49, 62 47',
    },
    // with a serif
    {
      weight: 2,
      strokes: '4 24, 6 14, 7 5 / 7 5, 34 6, 64 4 / 64 4, 54 34, 47 66, 44 100',
    },
  ],
  [
    // one stroke from the upper right
    {
      weight: 5,
      strokes: '54 13, 32 2, 12 15, 20 38, 44 57, 54 80, 33 98, 10 84, 18 60, 42 40, 55 20, 48 7',
    },
    // two loops, one upon the other
    {
      weight: 2,
      strokes:
        '32 47, 11 32, 14 10, 34 2, 53 12, 53 33, 32 47 / ' + '32 47, 8 62, 8 88, 32 98, 56 88, 56 62, 32 47',
    },
    // narrow, crossing below the middle
    {
      weight: 3,
      strokes: '48 6, 26 3, 12 20, 22 44, 40 66, 40 88, 22 98, 10 84, 24 58, 46 34, 54 12',
    },
  ],
  [
    {
      weight: 5,
      strokes: '57 15, 36 2, 11 14, 7 38, 27 49, 48 37, 57 15 / 57 15, 55 42, 50 72, 46 100',
    },
    // with a round tail
    {
      weight: 1,
      strokes: '56 18, 40 3, 14 12, 8 36, 28 47, 49 35, 57 16, 58 50, 52 80, 34 98',
    },
    // with a narrow loop
    {
      weight: 3,
      strokes: '50 10, 26 6, 8 28, 20 44, 42 28, 50 10 / 50 10, 44 40, 36 70, 28 100',
    },
  ],
];

function readStroke(text: string): Point[] {
  return text.split(',').map((pair) => {
    const [x, y] = pair.trim().split(' ').map(Number);
    return [x / 100, y / 100];
  });
}

/** The ways to write each digit, from 0 to 9. Marked as pure, so that who draws no digits bundles none. */
export const DIGIT_STYLES: readonly (readonly DigitStyle[])[] = /* @__PURE__ */ TEXTS.map((styles) =>
  styles.map(({ weight, bend = 1, strokes }) => ({
    weight,
    bend,
    strokes: strokes.split('/').map(readStroke),
  })),
);
