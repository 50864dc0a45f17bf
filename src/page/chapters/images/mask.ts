import type { State } from '../../state/state.js';
import { DIM, SIZE } from '../../worker/images/numbers.js';

/** Which pixels of a digit are seen, 1 or 0 each, [DIM], from the state's `seen`. */
export function maskOf(seen: State['seen']): Float32Array {
  const at = (isSeen: (row: number, column: number) => boolean) =>
    Float32Array.from({ length: DIM }, (_, i) => Number(isSeen(Math.floor(i / SIZE), i % SIZE)));
  if (seen === 'upper') return at((row) => row < SIZE / 2);
  if (seen === 'left') return at((_, column) => column < SIZE / 2);
  // Every second pixel of every second row.
  if (seen === 'quarter') return at((row, column) => row % 2 === 0 && column % 2 === 0);
  return Float32Array.from(
    { length: DIM },
    (_, i) => (Number.parseInt(seen[i >> 2], 16) >> (3 - (i % 4))) & 1,
  );
}

/** The state's `seen` of pixels of which those above a half are hidden; undefined if all are. */
export function seenOf(hidden: Float32Array): State['seen'] | undefined {
  const bits = Array.from(hidden, (value) => Number(value <= 0.5));
  if (!bits.includes(1)) return undefined;
  const digits = Array.from({ length: DIM / 4 }, (_, i) =>
    Number.parseInt(bits.slice(4 * i, 4 * i + 4).join(''), 2).toString(16),
  );
  return digits.join('');
}
