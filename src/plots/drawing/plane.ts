import * as Plot from '@observablehq/plot';
import { checkLimits, checkWord, type Limits, type Numbers } from './check.js';
import { figureDocument } from './document.js';
import { linspace, roundTicks, tickFormat } from './numbers.js';
import { innerXml } from './svg.js';
import { RULE } from './theme.js';

/**
 * How the two data coordinates lie on the page. `plane`: x[0] to the right and x[1] up, as in a graph.
 * `image`: x[0] is the row, downwards, and x[1] the column, to the right, as in a picture.
 */
export type Orientation = 'plane' | 'image';

/** What all figures of the plane take: limits and what is up. */
export interface PlaneOptions {
  /** Limits of x[0]. */
  xlim: Limits;
  /** Limits of x[1]. */
  ylim: Limits;
  /** What is up, see {@link Orientation}. */
  orientation?: Orientation;
}

/** Checked limits by their direction on the page: `across` to the right, `along` up, or down for a picture. */
export interface Plane {
  readonly isPicture: boolean;
  readonly across: Limits;
  readonly along: Limits;
}

export function checkedPlane(where: string, { xlim, ylim, orientation = 'plane' }: PlaneOptions): Plane {
  checkLimits(where, 'xlim', xlim);
  checkLimits(where, 'ylim', ylim);
  checkWord(where, 'orientation', orientation, ['plane', 'image']);
  const isPicture = orientation === 'image';
  return { isPicture, across: isPicture ? ylim : xlim, along: isPicture ? xlim : ylim };
}

/**
 * Points of an n by n grid over xlim and ylim, ends included, as float32 [n * n, 2]; point j * n + i is
 * (x[i], y[j]), the order of numpy's meshgrid, and the order `prob`, `logProb` and arrows are given in.
 *
 * @param grid limits of both axes and points a side
 */
export function gridPoints({ xlim, ylim, n }: { xlim: Limits; ylim: Limits; n: number }): Float32Array {
  const x = linspace(xlim[0], xlim[1], n);
  const y = linspace(ylim[0], ylim[1], n);
  const points = new Float32Array(2 * n * n);
  for (let k = 0; k < n * n; k++) {
    points[2 * k] = x[k % n];
    points[2 * k + 1] = y[Math.floor(k / n)];
  }
  return points;
}

/** The coordinates of point i of x [n, 2] across and along the page. */
export const acrossAlong = (plane: Plane, x: Numbers, i: number): [number, number] =>
  plane.isPicture ? [x[2 * i + 1], x[2 * i]] : [x[2 * i], x[2 * i + 1]];

export interface PanelOptions {
  /** Longest side of the frame, pixels. */
  side: number;
  /** Space between the limits and the frame, pixels. */
  inset?: number;
  /** About how many ticks a side has. */
  ticks?: number;
  tickLabels?: { across: boolean; along: boolean };
  axisLabels?: boolean;
}

export interface Panel {
  /** The whole panel with its margins, pixels. */
  readonly width: number;
  readonly height: number;
  /** The frame inside the margins. */
  readonly frame: { left: number; top: number; width: number; height: number };
  readonly inset: number;
  /** Pixels per unit of data, the same in both directions. */
  readonly unit: number;
  /** Pixel position of data point i of x [*, 2]. */
  project(x: Numbers, i: number): [number, number];
  /** Draws the axes over the marks; the SVG text is to be placed at the panel's origin. */
  draw(marks: Plot.Markish[]): string;
}

/** Lays out one panel with equal scales in both directions. */
export function planePanel(plane: Plane, options: PanelOptions): Panel {
  const { side, inset = 0, ticks = 6, axisLabels = true } = options;
  const { tickLabels = { across: true, along: true } } = options;
  const { isPicture, across, along } = plane;
  const spans = [across[1] - across[0], along[1] - along[0]];
  const unit = (side - 2 * inset) / Math.max(spans[0], spans[1]);
  const left = tickLabels.along ? (axisLabels ? 56 : 38) : 10;
  const bottom = tickLabels.across ? (axisLabels ? 42 : 24) : 10;
  const frame = { left, top: 6, width: unit * spans[0] + 2 * inset, height: unit * spans[1] + 2 * inset };
  const width = left + frame.width + 8;
  const height = frame.top + frame.height + bottom;
  const alongDomain = isPicture ? [along[1], along[0]] : [along[0], along[1]];
  const project = (x: Numbers, i: number): [number, number] => {
    const [u, v] = acrossAlong(plane, x, i);
    const down = isPicture ? v - along[0] : along[1] - v;
    return [left + inset + (u - across[0]) * unit, frame.top + inset + down * unit];
  };
  const axis = (name: string, [low, high]: Limits, span: number) => {
    const at = roundTicks(low, high, Math.max(2, (ticks * span) / Math.max(spans[0], spans[1])));
    return {
      ticks: at,
      tickFormat: tickFormat(at),
      label: axisLabels ? name : null,
      labelAnchor: 'center' as const,
      labelArrow: 'none' as const,
      tickSize: 4,
    };
  };
  const draw = (marks: Plot.Markish[]): string => {
    const node = Plot.plot({
      document: figureDocument(),
      width,
      height,
      marginLeft: left,
      marginRight: width - left - frame.width,
      marginTop: frame.top,
      marginBottom: bottom,
      inset,
      x: { domain: [...across], axis: null },
      y: { domain: alongDomain, axis: null },
      marks: [
        ...marks,
        Plot.frame({ stroke: RULE }),
        tickLabels.across
          ? Plot.axisX({ ...axis(isPicture ? 'column' : 'x', across, spans[0]), labelOffset: 36 })
          : null,
        tickLabels.along
          ? Plot.axisY({ ...axis(isPicture ? 'row' : 'y', along, spans[1]), labelOffset: 46 })
          : null,
      ],
    });
    return innerXml(node);
  };
  return { width, height, frame, inset, unit, project, draw };
}
