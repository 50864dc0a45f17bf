type Pair = readonly [number, number];

/**
 * Where the two strokes of an arrow's head end. Both begin at the tip, lead back along the shaft by a `share` of it, and
 * 0.6 times as far to its sides. Pairs are to the right and down; `shaft` leads from the arrow's start to its tip.
 */
export function barbs([x, y]: Pair, [dx, dy]: Pair, share: number): [Pair, Pair] {
  const end = (side: number): Pair => [
    x - share * (dx - side * 0.6 * dy),
    y - share * (dy + side * 0.6 * dx),
  ];
  return [end(1), end(-1)];
}
