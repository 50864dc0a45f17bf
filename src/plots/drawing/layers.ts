import { barbs } from './barbs.js';
import { checkNumbers, checkSize, checkWord, type Numbers } from './check.js';
import type { LegendEntry } from './legend.js';
import { px } from './svg.js';
import { INK, seriesColour } from './theme.js';

interface Layer {
  /** What the legend calls it. */
  name?: string;
  /** Which of the seven colours; 'ink' for black. Default: 0. */
  colour?: number | 'ink';
  /** 0 to 1. */
  opacity?: number;
}

/** Dots in a panel of {@link pointFigure}. */
export interface DotLayer extends Layer {
  /** Says that the layer is of dots. */
  kind: 'dots' | 'rings';
  /** [n, 2] */
  x: Numbers;
  /** Pixels. Default: 2.2. */
  radius?: number;
}

/** Arrows in a panel of {@link pointFigure}. */
export interface ArrowLayer extends Layer {
  /** Says that the layer is of arrows. */
  kind: 'arrows';
  /** [n, 2], where arrows start. */
  x: Numbers;
  /** [n, 2], where they end. */
  to: Numbers;
}

/** A line through points in a panel of {@link pointFigure}. */
export interface PathLayer extends Layer {
  /** Says that the layer is a line. */
  kind: 'paths';
  /** Positions of each, [T, 2]. */
  paths: readonly Numbers[];
}

/** Something drawn over a plane: dots, rings, arrows or paths. */
export type PointLayer = DotLayer | ArrowLayer | PathLayer;

export const layerColour = ({ colour = 0 }: PointLayer): string =>
  colour === 'ink' ? INK : seriesColour(colour);

export const legendKind = ({ kind }: PointLayer): LegendEntry['kind'] => (kind === 'paths' ? 'line' : kind);

/** Throws a RangeError unless all positions are pairs of finite numbers. */
export function checkLayer(where: string, name: string, layer: PointLayer): void {
  checkWord(where, `${name}.kind`, layer.kind, ['dots', 'rings', 'arrows', 'paths']);
  const pairs = (of: string, x: Numbers) =>
    checkNumbers(where, `${name}.${of}`, x, 2 * Math.floor((x?.length ?? 0) / 2));
  if (layer.kind === 'paths') {
    for (const [i, path] of layer.paths.entries()) pairs(`paths[${i}]`, path);
    return;
  }
  pairs('x', layer.x);
  if (layer.kind === 'arrows') checkNumbers(where, `${name}.to`, layer.to, layer.x.length);
  else if (layer.radius !== undefined) checkSize(where, `${name}.radius`, layer.radius);
}

type Project = (x: Numbers, i: number) => [number, number];

const places = (x: Numbers, at: Project) =>
  Array.from({ length: x.length / 2 }, (_, i) => at(x, i).map(px).join());

/** The layer as a few paths; `at` gives the pixels of point i. */
export function layerBody(layer: PointLayer, at: Project): string {
  const { opacity = 1 } = layer;
  const stroke = `fill="none" stroke="${layerColour(layer)}" stroke-opacity="${opacity}"`;
  if (layer.kind === 'paths') {
    const lines = layer.paths
      .filter((path) => path.length > 2)
      .map((path) => `M${places(path, at).join('L')}`);
    return `<path d="${lines.join('')}" ${stroke} stroke-width="1" stroke-linejoin="round"/>`;
  }
  if (layer.kind === 'arrows') {
    const arrows = Array.from({ length: layer.x.length / 2 }, (_, i) =>
      arrow(at(layer.x, i), at(layer.to, i)),
    );
    return `<path d="${arrows.join('')}" ${stroke} stroke-width="1"/>`;
  }
  const { radius = 2.2 } = layer;
  if (layer.kind === 'rings') {
    const turn = `a${px(radius)},${px(radius)} 0 1,0`;
    const rings = Array.from({ length: layer.x.length / 2 }, (_, i) => {
      const [x, y] = at(layer.x, i);
      return `M${px(x - radius)},${px(y)}${turn} ${px(2 * radius)},0${turn} ${px(-2 * radius)},0`;
    });
    return `<path d="${rings.join('')}" ${stroke} stroke-width="1.2"/>`;
  }
  // A line of no length with round ends is a dot.
  const dots = places(layer.x, at).map((place) => `M${place}h0`);
  return `<path d="${dots.join('')}" ${stroke} stroke-width="${px(2 * radius)}" stroke-linecap="round"/>`;
}

/** A line with two barbs at its end, which shrink with it. */
function arrow([x0, y0]: [number, number], [x1, y1]: [number, number]): string {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = Math.hypot(dx, dy);
  if (length < 0.5) return '';
  const [one, other] = barbs([x1, y1], [dx, dy], Math.min(4, 0.4 * length) / length).map((end) =>
    end.map(px),
  );
  return `M${px(x0)},${px(y0)}L${px(x1)},${px(y1)}M${one}L${px(x1)},${px(y1)}L${other}`;
}
