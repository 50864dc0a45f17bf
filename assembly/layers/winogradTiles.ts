// Tiles of pictures [y][x][channel] and back. A tile is 4x4 pixels of an output, and the 6x6 pixels of the input that they read; its
// transform is 36 rows of channels, one in each of 36 matrices. A piece is some neighbouring tiles of one row of tiles. It is
// transformed down its columns first, all pixels at once, into six lines; then across, line by line.
import { LINE_BYTES } from '../core/winograd';
import { deltaAcross, inputAcross, outputAcross } from '../core/winogradAcross';
import { deltaDown, inputDown, outputUp } from '../core/winogradDown';

/** Pixels of an output's side in a tile, and numbers of points a side. */
export const TILE: usize = 4;
export const POINTS: usize = 6;

/** Bytes of work for lines: those of a piece, one of zeros for what is outside of the picture, one for what nobody reads. */
export const LINES_BYTES: usize = (POINTS + 2) * LINE_BYTES;

/** The line of zeros, which {@link openLines} writes. */
export function zeroLine(lines: usize): usize {
  return lines + POINTS * LINE_BYTES;
}

export function openLines(lines: usize): void {
  memory.fill(zeroLine(lines), 0, LINE_BYTES);
}

/** Zeroes pixels first ... end - 1 of the lines. bytes: of a pixel. */
function clearPixels(lines: usize, first: usize, end: usize, bytes: usize): void {
  for (let r: usize = 0; r < POINTS; r++)
    memory.fill(lines + r * LINE_BYTES + first * bytes, 0, (end - first) * bytes);
}

/** Line y of a picture from pixel x on, or zeros if it is outside. */
function lineOf(picture: usize, height: usize, line: usize, y: isize, offset: usize, zeros: usize): usize {
  return y >= 0 && y < <isize>height ? picture + <usize>y * line + offset : zeros;
}

/**
 * B^T d B of the input of tiles first ... first + tiles - 1 of row `row` of tiles.
 * picture: [height][width] pixels of `bytes`; matrices: rows of `bytes`, `matrix` bytes from one matrix to the next.
 */
export function inputPiece(
  picture: usize,
  height: usize,
  width: usize,
  bytes: usize,
  row: usize,
  first: usize,
  tiles: usize,
  lines: usize,
  matrices: usize,
  matrix: usize,
): void {
  // The lines' pixel 0 is the picture's pixel TILE first - 1.
  const isLeft = first == 0;
  const from: usize = isLeft ? 0 : TILE * first - 1;
  const end = min<usize>(width, TILE * (first + tiles) + 1);
  const before: usize = isLeft ? 1 : 0;
  const read = before + end - from;
  const line = width * bytes;
  const offset = from * bytes;
  const zeros = zeroLine(lines);
  const y = <isize>(TILE * row) - 1;
  inputDown(
    lineOf(picture, height, line, y, offset, zeros),
    lineOf(picture, height, line, y + 1, offset, zeros),
    lineOf(picture, height, line, y + 2, offset, zeros),
    lineOf(picture, height, line, y + 3, offset, zeros),
    lineOf(picture, height, line, y + 4, offset, zeros),
    lineOf(picture, height, line, y + 5, offset, zeros),
    lines + before * bytes,
    (end - from) * bytes,
  );
  if (isLeft) clearPixels(lines, 0, 1, bytes);
  if (read < TILE * tiles + 2) clearPixels(lines, read, TILE * tiles + 2, bytes);
  for (let r: usize = 0; r < POINTS; r++)
    inputAcross(lines + r * LINE_BYTES, bytes, matrices + POINTS * r * matrix, matrix, tiles, 0);
}

/**
 * A d A^T of the gradient at the output's tiles. picture: [height][width] pixels of `bytes`; matrices: rows `skip` bytes longer
 * than that; the rest as in {@link inputPiece}.
 */
export function deltaPiece(
  picture: usize,
  height: usize,
  width: usize,
  bytes: usize,
  row: usize,
  first: usize,
  tiles: usize,
  lines: usize,
  matrices: usize,
  matrix: usize,
  skip: usize,
): void {
  const read = min<usize>(TILE * tiles, width - TILE * first);
  const line = width * bytes;
  const offset = TILE * first * bytes;
  const zeros = zeroLine(lines);
  const y = <isize>(TILE * row);
  deltaDown(
    lineOf(picture, height, line, y, offset, zeros),
    lineOf(picture, height, line, y + 1, offset, zeros),
    lineOf(picture, height, line, y + 2, offset, zeros),
    lineOf(picture, height, line, y + 3, offset, zeros),
    lines,
    read * bytes,
  );
  if (read < TILE * tiles) clearPixels(lines, read, TILE * tiles, bytes);
  for (let r: usize = 0; r < POINTS; r++)
    deltaAcross(lines + r * LINE_BYTES, bytes, matrices + POINTS * r * matrix, matrix, tiles, skip);
}

/** A^T m A: the output's tiles. Arguments as in {@link deltaPiece}; of the picture, the pixels of these tiles are overwritten. */
export function outputPiece(
  picture: usize,
  height: usize,
  width: usize,
  bytes: usize,
  row: usize,
  first: usize,
  tiles: usize,
  lines: usize,
  matrices: usize,
  matrix: usize,
  skip: usize,
): void {
  for (let r: usize = 0; r < POINTS; r++)
    outputAcross(matrices + POINTS * r * matrix, matrix, bytes, lines + r * LINE_BYTES, tiles, skip);
  const line = width * bytes;
  const offset = TILE * first * bytes;
  const unread = zeroLine(lines) + LINE_BYTES;
  const y = <isize>(TILE * row);
  outputUp(
    lines,
    lineOf(picture, height, line, y, offset, unread),
    lineOf(picture, height, line, y + 1, offset, unread),
    lineOf(picture, height, line, y + 2, offset, unread),
    lineOf(picture, height, line, y + 3, offset, unread),
    min<usize>(TILE * tiles, width - TILE * first) * bytes,
  );
}
