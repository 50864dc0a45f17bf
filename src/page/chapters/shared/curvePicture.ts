// A chart of curves as it is saved: axes, curves and names, drawn by a pen.
import type { Colours } from '../../figure/colours.js';
import type { Pen } from '../../figure/plane.js';
import { widthOf } from '../../figure/text.js';
import { digits } from '../../parts/controls.js';
import { evenMarks, logMarks } from './axes.js';
import { legendHeight, paintLegend } from './legendPicture.js';
import type { Drawn } from './parts.js';

/** What a chart shows at this moment. */
export interface CurvePicture {
  x: readonly number[];
  curves: readonly { drawn: Drawn & { filled?: boolean }; values: readonly (number | null | undefined)[] }[];
  /** Least and most of both axes. */
  limits: { x: readonly [number, number]; y: readonly [number, number] };
  log?: { x?: boolean; y?: boolean };
  xLabel?: string;
  yLabel?: string;
  /** Where an upright line marks an x. */
  mark?: number;
  hasDots?: boolean;
  /** Height of the plot with its axes in units, without the names. */
  height: number;
}

const FONT = '12px system-ui, sans-serif';
/** Room in units to the left, to the right, above and below the curves, and for the name of an axis. */
const ROOM = { left: 48, right: 14, top: 10, below: 24, label: 18 };

const drawnOf = ({ curves }: CurvePicture) => curves.map(({ drawn }) => drawn);

/** The height of a chart in a picture of this width, an even number of units. */
export const chartHeight = (picture: CurvePicture, width: number) =>
  2 * Math.ceil((picture.height + legendHeight(drawnOf(picture), width)) / 2);

/** Draws a chart over the whole width, with its upper left corner at the origin. */
export function paintChart(pen: Pen, picture: CurvePicture, width: number, colours: Colours): void {
  const { x, curves, limits, log, xLabel, yLabel, mark, height } = picture;
  const heights = log?.y ? logMarks(...limits.y) : evenMarks(...limits.y, (height - ROOM.below) / 32);
  const box = {
    left: Math.max(ROOM.left, 14 + Math.max(...heights.map((mark) => widthOf(digits(mark), FONT)))),
    right: width - ROOM.right,
    top: ROOM.top + (yLabel ? ROOM.label : 0),
    bottom: height - ROOM.below - (xLabel ? ROOM.label : 0),
  };
  const right = placer(limits.x, box.left, box.right, log?.x);
  const down = placer(limits.y, box.bottom, box.top, log?.y);
  pen.font = FONT;
  pen.lineCap = 'butt';
  pen.lineJoin = 'round';
  const across = log?.x ? logMarks(...limits.x) : evenMarks(...limits.x, (box.right - box.left) / 60);
  paintMarks(pen, { box, across, heights, right, down }, colours);
  pen.fillStyle = colours.ink;
  if (xLabel) {
    pen.textAlign = 'center';
    pen.fillText(xLabel, (box.left + box.right) / 2, height - 6);
  }
  if (yLabel) {
    pen.textAlign = 'left';
    pen.fillText(yLabel, 6, ROOM.top + 8);
  }
  for (const { drawn, values } of curves) {
    const { colour, dash, dots, filled } = drawn;
    const points = x.map((at, i): Point | undefined => {
      const height = down(values[i] ?? Number.NaN);
      // A logarithmic axis has no place for 0.
      return Number.isFinite(height) ? [right(at), height] : undefined;
    });
    const runs = runsOf(points);
    const stroke = colour === 'tone' ? colours.curve : colours[colour];
    if (filled) {
      pen.fillStyle = colours[colour];
      pen.globalAlpha = 1 / 3;
      for (const run of runs) fillBelow(pen, run, box);
      pen.globalAlpha = 1;
    }
    if (!dots) {
      pen.strokeStyle = stroke;
      pen.lineWidth = 2;
      pen.setLineDash(dash ? [7, 5] : []);
      pen.beginPath();
      for (const run of runs) strokeWithin(pen, run, box);
      pen.stroke();
      pen.setLineDash([]);
    }
    if (dots || picture.hasDots) {
      pen.fillStyle = stroke;
      pen.beginPath();
      for (const [a, b] of runs.flat())
        if (b >= box.top - 1 && b <= box.bottom + 1) {
          const r = dots ? 4.5 : 3;
          pen.moveTo(a + r, b);
          pen.arc(a, b, r, 0, 2 * Math.PI);
        }
      pen.fill();
    }
  }
  if (mark !== undefined && mark >= limits.x[0] && mark <= limits.x[1]) {
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(right(mark), box.top);
    pen.lineTo(right(mark), box.bottom);
    pen.stroke();
  }
  paintLegend(pen, drawnOf(picture), { top: height, width, colours });
}

type Point = readonly [right: number, down: number];
type Box = Record<'left' | 'right' | 'top' | 'bottom', number>;

/** Maps values of an axis to units; beyond the limits, too. */
function placer([least, most]: readonly [number, number], from: number, to: number, isLog = false) {
  const of = isLog ? (value: number) => Math.log(value) : (value: number) => value;
  const [a, b] = [of(least), of(most)];
  return (value: number) => from + ((to - from) * (of(value) - a)) / (b - a || 1);
}

interface Axes {
  box: Box;
  /** Marks of both axes. */
  across: readonly number[];
  heights: readonly number[];
  right: (x: number) => number;
  down: (y: number) => number;
}

/** The marks of both axes: lines through the picture, and numbers where they do not run into one another. */
function paintMarks(pen: Pen, { box, across, heights, right, down }: Axes, colours: Colours): void {
  pen.strokeStyle = colours.muted;
  pen.lineWidth = 0.5;
  pen.globalAlpha = 0.4;
  pen.beginPath();
  for (const x of across) {
    pen.moveTo(right(x), box.top);
    pen.lineTo(right(x), box.bottom);
  }
  for (const y of heights) {
    pen.moveTo(box.left, down(y));
    pen.lineTo(box.right, down(y));
  }
  pen.stroke();
  pen.globalAlpha = 1;
  pen.fillStyle = colours.ink;
  pen.textAlign = 'center';
  let free = -Infinity;
  for (const x of across) {
    const half = widthOf(digits(x), FONT) / 2;
    if (right(x) - half < free) continue;
    pen.fillText(digits(x), right(x), box.bottom + 16);
    free = right(x) + half + 6;
  }
  pen.textAlign = 'right';
  let above = Infinity;
  for (const y of heights) {
    if (down(y) + 7 > above) continue;
    pen.fillText(digits(y), box.left - 6, down(y) + 4);
    above = down(y) - 7;
  }
}

/** Runs of points that are there. */
function runsOf(points: readonly (Point | undefined)[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const point of points) {
    if (point) runs[runs.length - 1].push(point);
    else if (runs[runs.length - 1].length > 0) runs.push([]);
  }
  return runs;
}

function fillBelow(pen: Pen, run: readonly Point[], { top, bottom }: Box): void {
  if (run.length < 2) return;
  pen.beginPath();
  pen.moveTo(run[0][0], bottom);
  for (const [a, b] of run) pen.lineTo(a, Math.min(bottom, Math.max(top, b)));
  pen.lineTo(run[run.length - 1][0], bottom);
  pen.fill();
}

/** Adds those parts of a curve to the path that lie between the top and the bottom: an SVG pen cannot clip. */
function strokeWithin(pen: Pen, run: readonly Point[], { top, bottom }: Box): void {
  let isDown = false;
  for (let i = 1; i < run.length; i++) {
    const [[a, b], [c, d]] = [run[i - 1], run[i]];
    const shares = [top, bottom].map((edge) => (edge - b) / (d - b));
    const isFlat = d === b;
    const [enter, leave] = isFlat
      ? [0, b >= top && b <= bottom ? 1 : -1]
      : [Math.max(0, Math.min(...shares)), Math.min(1, Math.max(...shares))];
    if (leave <= enter) {
      isDown = false;
      continue;
    }
    if (!isDown || enter > 0) pen.moveTo(a + enter * (c - a), b + enter * (d - b));
    pen.lineTo(a + leave * (c - a), b + leave * (d - b));
    isDown = leave === 1;
  }
}
