import { textWidth } from './svg.js';

/** Where a text stands beside its point: pixels from the point to the text's end and to its middle. */
export interface LabelPlace {
  dx: number;
  dy: number;
  anchor: 'start' | 'end';
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

type Point = readonly [number, number];

/** Places that are tried, the best first: right above, right below, and their like at the left; then further away. */
const PLACES: readonly LabelPlace[] = [
  [7, -7],
  [7, 8],
  [-7, -7],
  [-7, 8],
  [9, 0],
  [-9, 0],
  [12, -14],
  [12, 15],
  [-12, -14],
  [-12, 15],
].map(([dx, dy]) => ({ dx, dy, anchor: dx > 0 ? 'start' : 'end' }));

/** What it costs to cover another text or to leave the frame, and to cover a dot; three pixels of line cost 1. */
const COSTS = { text: 1000, dot: 10 };
/** Half of a dot's side, pixels. */
const DOT = 4;

/**
 * Chooses a place for the text of each point [n], '' for none, so that texts cover each other, the dots and `lines` as
 * little as can be, and stay within `frame`. Positions are pixels.
 */
export function labelPlaces(
  points: readonly Point[],
  texts: readonly string[],
  { size, frame, lines }: { size: number; frame: Box; lines: readonly (readonly Point[])[] },
): LabelPlace[] {
  const line = lines.flatMap(alongLine);
  const taken: Box[] = [];
  return points.map((point, i) => {
    if (texts[i] === '') return PLACES[0];
    const boxes = PLACES.map((place) => boxOf(point, place, textWidth(texts[i], size), size));
    const costs = boxes.map((box) => {
      const isOut =
        box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
      const covered = taken.filter((other) => overlap(box, other)).length + (isOut ? 1 : 0);
      const dots = points.filter(([x, y]) => overlap(box, around(x, y, DOT))).length;
      const crossed = line.filter(([x, y]) => overlap(box, around(x, y, 1))).length;
      return COSTS.text * covered + COSTS.dot * dots + crossed;
    });
    const best = costs.indexOf(Math.min(...costs));
    taken.push(boxes[best]);
    return PLACES[best];
  });
}

const around = (x: number, y: number, reach: number): Box => ({
  left: x - reach,
  right: x + reach,
  top: y - reach,
  bottom: y + reach,
});

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function boxOf([x, y]: Point, { dx, dy, anchor }: LabelPlace, width: number, size: number): Box {
  const left = x + dx - (anchor === 'end' ? width : 0);
  // Letters without tails take about three quarters of their size.
  return { left, right: left + width, top: y + dy - 0.4 * size, bottom: y + dy + 0.4 * size };
}

/** Points about three pixels apart on the line. */
function alongLine(points: readonly Point[]): Point[] {
  return points.slice(1).flatMap(([x1, y1], i) => {
    const [x0, y0] = points[i];
    const parts = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 3));
    return Array.from({ length: parts }, (_, k): Point => {
      const share = (k + 0.5) / parts;
      return [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
    });
  });
}
