// Ink on paper: strokes as a grey picture.
import type { InkStrokes, PenPoint } from './digitPath.js';

const smoothstep = (t: number) => (t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t));

/**
 * Lowers `outside` [size, size] to the distance from the border of one straight piece of a line where that is less: positive
 * outside, negative inside. Distances of `reach` or more need not be exact. All lengths are in pixels.
 */
function lowerDistance(
  outside: Float64Array,
  size: number,
  from: PenPoint,
  to: PenPoint,
  reach: number,
): void {
  const far = reach + Math.max(from.radius, to.radius);
  const top = Math.max(0, Math.ceil(Math.min(from.y, to.y) - far));
  const bottom = Math.min(size - 1, Math.floor(Math.max(from.y, to.y) + far));
  const left = Math.max(0, Math.ceil(Math.min(from.x, to.x) - far));
  const right = Math.min(size - 1, Math.floor(Math.max(from.x, to.x) + far));
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const squared = dx * dx + dy * dy;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const x = column - from.x;
      const y = row - from.y;
      const t = squared > 0 ? Math.min(1, Math.max(0, (x * dx + y * dy) / squared)) : 0;
      const distance = Math.sqrt((x - t * dx) * (x - t * dx) + (y - t * dy) * (y - t * dy));
      const d = distance - (from.radius + t * (to.radius - from.radius));
      const at = row * size + column;
      if (d < outside[at]) outside[at] = d;
    }
  }
}

/** Whole pixels from the centre of mass to the middle, along rows and columns. */
function offCentre(ink: Uint8Array, size: number): [down: number, right: number] {
  let [mass, rows, columns] = [0, 0, 0];
  for (let i = 0; i < ink.length; i++) {
    mass += ink[i];
    rows += ink[i] * Math.floor(i / size);
    columns += ink[i] * (i % size);
  }
  const middle = (size - 1) / 2;
  return [Math.round(middle - rows / mass), Math.round(middle - columns / mass)];
}

/**
 * Draws strokes in white on black into `picture` [size, size], bytes that are 0 before: they fit a square of 20/28 of the size,
 * and the centre of mass is within half a pixel of the middle.
 */
export function drawInk({ strokes, fade }: InkStrokes, picture: Uint8Array, size: number): void {
  const box = (20 / 28) * size;
  const middle = (size - 1) / 2;
  const edge = fade * box;
  const outside = new Float64Array(size * size).fill(edge);
  for (const stroke of strokes) {
    const pixels = stroke.map(({ x, y, radius }) => ({
      x: middle + box * x,
      y: middle + box * y,
      radius: box * radius,
    }));
    for (let i = 1; i < pixels.length; i++) {
      lowerDistance(outside, size, pixels[i - 1], pixels[i], edge);
    }
  }
  const ink = Uint8Array.from(outside, (d) => Math.round(255 * smoothstep(0.5 - d / edge)));
  const [down, right] = offCentre(ink, size);
  for (let row = Math.max(0, down); row < Math.min(size, size + down); row++) {
    for (let column = Math.max(0, right); column < Math.min(size, size + right); column++) {
      picture[row * size + column] = ink[(row - down) * size + column - right];
    }
  }
}
