import { type PointSet, pointSet } from '../../index.js';

/** The ten digits in 5 x 7 dots. Each number is one row of dots; its highest bit is the leftmost dot. */
const ROWS = [
  [14, 17, 19, 21, 25, 17, 14],
  [4, 12, 4, 4, 4, 4, 14],
  [14, 17, 1, 2, 4, 8, 31],
  [31, 2, 4, 2, 1, 17, 14],
  [2, 6, 10, 18, 31, 2, 2],
  [31, 16, 30, 1, 1, 17, 14],
  [6, 8, 16, 30, 17, 17, 14],
  [31, 1, 2, 4, 8, 8, 8],
  [14, 17, 17, 14, 17, 17, 14],
  [14, 17, 17, 15, 1, 2, 12],
];

export const DIGIT_HEIGHT = 9;
export const DIGIT_WIDTH = 7;
/** Positions of a digit within its frame: three down times three to the right. */
export const DIGIT_PLACES = 9;

/** Every digit in each of its nine positions, as pixels of 0 or 1: [90, 63]. Point i shows the digit floor(i / 9). */
export function digits(): PointSet {
  const pictures = ROWS.flatMap((rows) =>
    Array.from({ length: DIGIT_PLACES }, (_, place) => {
      const [down, right] = [Math.floor(place / 3), place % 3];
      return Array.from({ length: DIGIT_HEIGHT * DIGIT_WIDTH }, (_, i) => {
        const [row, column] = [Math.floor(i / DIGIT_WIDTH) - down, (i % DIGIT_WIDTH) - right];
        return column >= 0 && column < 5 ? ((rows[row] ?? 0) >> (4 - column)) & 1 : 0;
      });
    }),
  );
  return pointSet({ dim: DIGIT_HEIGHT * DIGIT_WIDTH, points: pictures.flat() });
}
