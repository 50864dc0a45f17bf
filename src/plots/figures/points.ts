// Points, arrows and paths in the plane, in panels side by side, still or moving.
import * as Plot from '@observablehq/plot';
import { checkInteger, checkNumbers, checkSize, type Numbers } from '../drawing/check.js';
import { contourLevels, contourMarks } from '../drawing/contours.js';
import { checkLayer, layerBody, layerColour, legendKind, type PointLayer } from '../drawing/layers.js';
import { figureLegend, type LegendEntry, legendWidth } from '../drawing/legend.js';
import { checkedPlane, type Panel, type PlaneOptions, planePanel } from '../drawing/plane.js';
import { fittedLabel, label, placed, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { FONT, MUTED, slate } from '../drawing/theme.js';
import type { LayeredFrame } from './frames.js';

/** One panel of {@link pointFigure}. */
export interface PointPanel extends PlaneOptions {
  /** Written above it. */
  title?: string;
  /** A density [n * n] at gridPoints({ xlim, ylim, n }), drawn as contours under the layers. */
  density?: { n: number; prob: Numbers };
  /** The first lies lowest. */
  layers: readonly PointLayer[];
}

/** Options of {@link pointFigure}. */
export interface PointOptions {
  /** From left to right. */
  panels: readonly PointPanel[];
  /** Panels a row. */
  columns?: number;
  /** Written above the figure. */
  title?: string;
  /** Longest side of one panel's frame in pixels. */
  side?: number;
}

interface Sheet {
  places: { x: number; y: number; panel: Panel }[];
  width: number;
  height: number;
  name: string;
  body: string;
}

const CAPTION = 20;

function laidOut(where: string, { panels, columns = 3, title, side = 250 }: PointOptions): Sheet {
  checkInteger(where, 'columns', columns);
  checkSize(where, 'side', side);
  if (!(panels?.length > 0)) throw new RangeError(`${where}: panels must hold at least one panel`);
  const entries = new Map<string, LegendEntry>();
  for (const [i, panel] of panels.entries()) {
    if (panel.density) {
      const { n, prob } = panel.density;
      checkInteger(where, `panels[${i}].density.n`, n, 2);
      checkNumbers(where, `panels[${i}].density.prob`, prob, n * n);
    }
    for (const [k, layer] of panel.layers.entries()) {
      checkLayer(where, `panels[${i}].layers[${k}]`, layer);
      if (layer.name === undefined || entries.has(layer.name)) continue;
      entries.set(layer.name, { name: layer.name, colour: layerColour(layer), kind: legendKind(layer) });
    }
  }
  const perRow = Math.min(columns, panels.length);
  const caption = panels.some((panel) => panel.title) ? CAPTION : 0;
  const planes = panels.map((panel) => checkedPlane(where, panel));
  const drawn = planes.map((plane) => planePanel(plane, { side, ticks: 6, axisLabels: false }));
  const [wide, high] = [
    Math.max(...drawn.map((panel) => panel.width)),
    Math.max(...drawn.map((panel) => panel.height)),
  ];
  const left = drawn[0].frame.left;
  const listed = [...entries.values()];
  const width = Math.max(perRow * wide, left + legendWidth(listed)) + 6;
  const top = titleHeight(title);
  const legend = figureLegend(listed, left, top, width);
  const places = drawn.map((panel, i) => ({
    panel,
    x: (i % perRow) * wide,
    y: top + legend.height + Math.floor(i / perRow) * (caption + high) + caption,
  }));
  let body = titleLine(title, left, width) + legend.body;
  for (const [i, { x, y, panel }] of places.entries()) {
    const { title: words, density } = panels[i];
    if (words)
      body += fittedLabel(x + panel.frame.left, y - 6, words, panel.frame.width, { size: 12, weight: 600 });
    const marks: Plot.Markish[] = [];
    if (density) {
      const levels = contourLevels(density.prob, 8);
      const shade = (level: number) => (levels.indexOf(level) + 1) / levels.length;
      marks.push(
        ...contourMarks(planes[i], { n: density.n, values: density.prob }, levels, {
          fill: (level) => slate(0.3 * shade(level)),
          stroke: (level) => slate(0.2 + 0.3 * shade(level)),
        }),
      );
    }
    // A plot without a mark over data has no scales.
    marks.push(Plot.dot([[planes[i].across[0], planes[i].along[0]]], { r: 0, stroke: 'none' }));
    body += placed(x, y, panel.draw(marks));
  }
  const rows = Math.ceil(panels.length / perRow);
  const height = top + legend.height + rows * (caption + high) + 4;
  const name = title ?? (panels.map((panel) => panel.title ?? '').join('; ') || 'Points in the plane');
  return { places, width, height, name, body };
}

/** The layers of every panel, each clipped to its frame by an inner svg element, which needs no id. */
function layersOf({ places }: Sheet, layers: readonly (readonly PointLayer[])[]): string {
  return places
    .map(({ x, y, panel }, i) => {
      const { left, top, width, height } = panel.frame;
      const at = (points: Numbers, k: number): [number, number] => {
        const [u, v] = panel.project(points, k);
        return [u - left, v - top];
      };
      const body = layers[i].map((layer) => layerBody(layer, at)).join('');
      return `<svg aria-hidden="true" x="${px(x + left)}" y="${px(y + top)}" width="${px(width)}" height="${px(height)}">${body}</svg>`;
    })
    .join('');
}

/**
 * Draws points, arrows and paths in the plane, over contours where a density is given, panels side by side with one legend.
 * What leaves the limits is cut off. Returns an SVG document; throws a RangeError where lengths do not match or a number
 * is not finite.
 */
export function pointFigure(options: PointOptions): string {
  const still = laidOut('pointFigure', options);
  const layers = options.panels.map((panel) => panel.layers);
  return sheet(still.width, still.height, still.name, still.body + layersOf(still, layers));
}

/** What moves in one frame. */
export interface MovingLayers {
  /** Layers of each panel, drawn over its still ones. */
  layers: readonly (readonly PointLayer[])[];
  /** Written at the lower right, such as the time. */
  note?: string;
}

/**
 * Yields the frames of a moving picture. The panels' own layers are drawn once, as the background; each frame's layers
 * are drawn over them. Throws a RangeError as {@link pointFigure} does, and if a frame lacks a list of layers per panel.
 *
 * @param frames what moves, a list of layers for each panel and frame
 */
export function* pointFrames(options: PointOptions, frames: Iterable<MovingLayers>): Generator<LayeredFrame> {
  const where = 'pointFrames';
  const still = laidOut(where, options);
  const height = still.height + 16;
  const under = layersOf(
    still,
    options.panels.map((panel) => panel.layers),
  );
  const background = sheet(still.width, height, still.name, still.body + under);
  const [w, h] = [Math.ceil(still.width), Math.ceil(height)];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${FONT}">`;
  for (const { layers, note = '' } of frames) {
    if (layers.length !== options.panels.length) {
      throw new RangeError(
        `${where}: layers must have ${options.panels.length} lists, a panel each, got ${layers.length}`,
      );
    }
    for (const [i, list] of layers.entries())
      for (const [k, layer] of list.entries()) checkLayer(where, `layers[${i}][${k}]`, layer);
    const words = label(still.width - 14, height - 8, note, { size: 12, anchor: 'end', fill: MUTED });
    yield { background, overlay: `${open}${layersOf(still, layers)}${words}</svg>` };
  }
}
