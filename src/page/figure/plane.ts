/** What figures are drawn with: a canvas's context, or a pen that writes SVG. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'globalAlpha'
  | 'lineJoin'
  | 'lineCap'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'arc'
  | 'fill'
  | 'stroke'
  | 'fillRect'
  | 'font'
  | 'textAlign'
  | 'fillText'
  | 'setLineDash'
> & {
  /** Draws a canvas, scaled to a rectangle; without `isSmooth` its pixels stay sharp squares. */
  picture(
    source: HTMLCanvasElement,
    x: number,
    y: number,
    width: number,
    height: number,
    isSmooth: boolean,
  ): void;
};

/** The part of the plane a figure shows, on a square of `size` units. */
export interface Plane {
  size: number;
  xlim: readonly [number, number];
  ylim: readonly [number, number];
  /** x[0] runs down and x[1] to the right, as in a picture; else to the right and up. */
  isPicture: boolean;
}

/** The unit square, which holds every picture. */
export const unitSquare: Omit<Plane, 'size'> = { xlim: [0, 1], ylim: [0, 1], isPicture: true };

/** Maps a point of the plane to units on the square: to the right, and down. */
export function toSquare(plane: Plane, x0: number, x1: number): [number, number] {
  const { size, xlim, ylim, isPicture } = plane;
  const a = (x0 - xlim[0]) / (xlim[1] - xlim[0]);
  const b = (x1 - ylim[0]) / (ylim[1] - ylim[0]);
  return isPicture ? [b * size, a * size] : [a * size, (1 - b) * size];
}

/** Maps units on the square to the point of the plane. */
export function fromSquare(plane: Plane, right: number, down: number): [number, number] {
  const { size, xlim, ylim, isPicture } = plane;
  const [a, b] = isPicture ? [down / size, right / size] : [right / size, 1 - down / size];
  return [xlim[0] + a * (xlim[1] - xlim[0]), ylim[0] + b * (ylim[1] - ylim[0])];
}
