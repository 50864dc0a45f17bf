// The path of a pen that writes a digit: a style of it in the manner of one hand.
import type { DigitStyle, Point } from './digitStrokes.js';

/** Random numbers of one image. */
export interface Hand {
  /** Uniform on [0, 1). */
  uniform(): number;
  /** About normal, with mean 0 and variance 1, and never beyond 3.5: the sum of four uniform numbers. */
  bell(): number;
}

/** A place of the pen and half the width of its line, in units of the box of {@link InkStrokes}. */
export interface PenPoint {
  x: number;
  y: number;
  radius: number;
}

/** Strokes that fit, with the width of their lines, a square of side 1 about the origin; and how soft their edges are. */
export interface InkStrokes {
  readonly strokes: readonly (readonly PenPoint[])[];
  /** Width of an edge, over which ink falls from 1 to 0. */
  readonly fade: number;
}

/** Straight pieces of a curve from one of its points to the next. */
const PIECES = 6;

/** The style that the hand chooses, by weight. */
function choose(hand: Hand, styles: readonly DigitStyle[]): DigitStyle {
  const total = styles.reduce((sum, { weight }) => sum + weight, 0);
  let left = hand.uniform() * total;
  for (const style of styles) {
    left -= style.weight;
    if (left < 0) return style;
  }
  return styles[styles.length - 1];
}

/** Catmull and Rom's curve from p1 to p2 at t, with p0 before and p3 behind. */
function between(p0: number, p1: number, p2: number, p3: number, t: number): number {
  const a = 2 * p0 - 5 * p1 + 4 * p2 - p3;
  const b = 3 * (p1 - p2) + p3 - p0;
  return p1 + 0.5 * t * (p2 - p0 + t * (a + t * b));
}

/** A smooth curve through points, as straight pieces. */
function smoothCurve(points: readonly Point[]): Point[] {
  const last = points.length - 1;
  const curve: Point[] = [points[0]];
  for (let i = 0; i < last; i++) {
    const [p0, p1, p2, p3] = [i - 1, i, i + 1, i + 2].map((j) => points[Math.min(last, Math.max(0, j))]);
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      curve.push([between(p0[0], p1[0], p2[0], p3[0], t), between(p0[1], p1[1], p2[1], p3[1], t)]);
    }
  }
  return curve;
}

/** Standard deviation of the place of each point, and of the coefficients that bend a whole digit. */
const JITTER = 0.024;
const BEND = 0.16;

/** A smooth map of the plane: bends, then turns, stretches and slants. Its middle is about that of a digit. */
function manner(hand: Hand, bend: number): (point: Point) => Point {
  const bends = Array.from({ length: 6 }, () => bend * hand.bell());
  const width = 1 + 0.15 * hand.bell();
  const slant = 0.08 + 0.2 * hand.bell();
  // A turn by the angle whose half has this tangent.
  const half = 0.05 * hand.bell();
  const cos = (1 - half * half) / (1 + half * half);
  const sin = (2 * half) / (1 + half * half);
  return ([left, top]) => {
    const x = left - 0.32;
    const y = top - 0.5;
    const bentX = x + bends[0] * y * y + bends[1] * x * y + bends[2] * x * x;
    const bentY = y + bends[3] * x * x + bends[4] * x * y + bends[5] * y * y;
    const slanted = width * bentX - slant * bentY;
    return [cos * slanted - sin * bentY, sin * slanted + cos * bentY];
  };
}

/** How hard the pen presses along strokes: half the width of its line at t in [0, 1] of all it writes. */
function pressure(hand: Hand): (t: number) => number {
  const radius = 0.066 + 0.0125 * hand.bell();
  const tilt = 0.16 * hand.bell();
  const middle = 0.2 * hand.bell();
  return (t) => {
    const s = 2 * t - 1;
    return Math.max(0.026, radius * (1 + tilt * s + middle * (0.4 - s * s)));
  };
}

/** Moves and scales strokes so that, with the width of their lines, the larger side of their box is 1, about the origin. */
function fit(strokes: PenPoint[][]): void {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let widest = 0;
  for (const { x, y, radius } of strokes.flat()) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    widest = Math.max(widest, radius);
  }
  // A line does not scale with the digit: its width is that of the pen.
  const scale = (1 - 2 * widest) / Math.max(right - left, bottom - top);
  for (const point of strokes.flat()) {
    point.x = scale * (point.x - (left + right) / 2);
    point.y = scale * (point.y - (top + bottom) / 2);
  }
}

/** Writes a digit in one of its styles: which one, and everything about the manner, is drawn from the hand. */
export function writeDigit(hand: Hand, styles: readonly DigitStyle[]): InkStrokes {
  const style = choose(hand, styles);
  const move = manner(hand, BEND * style.bend);
  const press = pressure(hand);
  const fade = (1.25 + 0.5 * hand.uniform()) / 20;
  const moved = new Map<string, Point>();
  const place = ([x, y]: Point): Point => {
    const at = `${x},${y}`;
    const known = moved.get(at);
    if (known) return known;
    const point: Point = [x + JITTER * hand.bell(), y + JITTER * hand.bell()];
    moved.set(at, point);
    return point;
  };
  const curves = style.strokes.map((stroke) => smoothCurve(stroke.map(place)).map(move));
  const total = curves.reduce((sum, curve) => sum + curve.length, 0) - 1;
  let at = 0;
  const strokes = curves.map((curve) => curve.map(([x, y]) => ({ x, y, radius: press(at++ / total) })));
  fit(strokes);
  return { strokes, fade };
}
