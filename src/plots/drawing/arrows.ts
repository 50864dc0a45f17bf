import * as Plot from '@observablehq/plot';
import { checkInteger, checkNumbers, type Numbers } from './check.js';
import { acrossAlong, type Plane } from './plane.js';

/** A score on a grid of n by n points. */
export interface Arrows {
  /** Points a side. */
  n: number;
  /** [n * n, 2], where each arrow's middle lies. */
  x: Numbers;
  /** [n * n, 2]. */
  score: Numbers;
}

/** Throws a RangeError unless x and score hold n * n pairs of finite numbers. */
export function checkArrows(where: string, name: string, { n, x, score }: Arrows): void {
  checkInteger(where, `${name}n`, n);
  checkNumbers(where, `${name}x`, x, 2 * n * n);
  checkNumbers(where, `${name}score`, score, 2 * n * n);
}

/**
 * The length that is drawn one grid spacing long: the largest, or 1.5 times the ninth decile if a few are far larger.
 * Longer arrows are cut to it. So no arrow reaches further than half a spacing from its point, and none overlap.
 */
export function fullLength(lengths: Float64Array): number {
  const sorted = lengths.slice().sort();
  const most = sorted[sorted.length - 1] ?? 0;
  const decile = sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0;
  return decile > 0 ? Math.min(most, 1.5 * decile) : most;
}

/** Pixels below which an arrow is drawn as a dot. */
const DOT = 1.6;

/**
 * Pixels that the longest arrow reaches from its point: half the spacing of n points over `side` pixels, at most a
 * twelfth of `side`. The frame is inset by as much around the limits.
 */
export const arrowReach = (side: number, n: number): number => Math.min(side / (2 * n), side / 12);

/**
 * Marks for score arrows: filled, with their middle on the point. Lengths are proportional to the score's, or to its root, the
 * longest 96 % of `longest` pixels. colour: of an arrow by its share of the longest.
 */
export function arrowMarks(
  plane: Plane,
  { n, x, score }: Arrows,
  longest: number,
  { colour, isRoot = false }: { colour: (share: number) => string; isRoot?: boolean },
): Plot.Markish[] {
  const lengths = Float64Array.from({ length: n * n }, (_, i) => Math.hypot(score[2 * i], score[2 * i + 1]));
  const full = fullLength(lengths);
  const arrows = Array.from(lengths, (length, i) => {
    const [across, along] = acrossAlong(plane, x, i);
    const [right, up] = acrossAlong(plane, score, i);
    const part = full > 0 ? Math.min(1, length / full) : 0;
    const share = isRoot ? Math.sqrt(part) : part;
    return {
      across,
      along,
      length: 0.96 * longest * share,
      fill: colour(share),
      // degrees clockwise from upwards
      rotate: (Math.atan2(right, plane.isPicture ? -up : up) * 180) / Math.PI,
    };
  });
  const width = Math.min(1.8, Math.max(0.9, longest / 16));
  const seen = arrows.filter((a) => a.length >= DOT);
  const dots = arrows.filter((a) => a.length < DOT);
  return [
    Plot.vector(seen, {
      x: 'across',
      y: 'along',
      length: { value: 'length', scale: null },
      rotate: 'rotate',
      shape: arrowShape(width),
      fill: 'fill',
      stroke: 'none',
    } as Plot.VectorOptions),
    Plot.dot(dots, { x: 'across', y: 'along', r: DOT / 2, fill: 'fill', stroke: 'none' }),
  ];
}

/** A shaft of the given width with a swept-back head; short arrows keep the shape and shrink. */
function arrowShape(width: number): Plot.VectorShapeImplementation {
  return {
    draw(context, length) {
      const head = Math.min(4.5 * width, 0.6 * length);
      const half = 0.4 * head;
      const shaft = Math.min(width / 2, half / 2.4);
      context.moveTo(-shaft, 0);
      context.lineTo(-shaft, 0.85 * head - length);
      context.lineTo(-half, head - length);
      context.lineTo(0, -length);
      context.lineTo(half, head - length);
      context.lineTo(shaft, 0.85 * head - length);
      context.lineTo(shaft, 0);
      context.closePath();
    },
  };
}
