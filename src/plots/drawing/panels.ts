// Panels one above the other, one per coordinate, with one line per chain.
import * as Plot from '@observablehq/plot';
import { checkInteger, checkNumbers, type Limits, type Numbers } from './check.js';
import { figureDocument } from './document.js';
import { lineLegend } from './legend.js';
import { roundTicks, tickFormat } from './numbers.js';
import { innerXml, label, placed, sheet, textWidth, titleHeight, titleLine } from './svg.js';
import { INK, MUTED, RULE, seriesColour } from './theme.js';

/** Chains that have a colour of their own. */
export const MOST_CHAINS = 7;
export const WIDTH = 640;
export const LEFT = 62;
const HEIGHT = 140;
const BOTTOM = 36;

/** Numbers of chains and coordinates: [rows, chains, dim]. */
export interface ChainNumbers {
  /** How many chains. */
  chains: number;
  /** Coordinates of a draw. */
  dim: number;
  /** What the coordinates are called [dim]; x[0], x[1], ... by default. */
  names?: readonly string[];
  /** Written above the figure. */
  title?: string;
}

/** Checks values [rows, chains, dim] with at least `least` rows; returns rows and names. Throws a RangeError. */
export function checkChains(
  where: string,
  what: string,
  values: Numbers,
  { chains, dim, names }: ChainNumbers,
  least = 1,
): { rows: number; names: readonly string[] } {
  checkInteger(where, 'chains', chains);
  checkInteger(where, 'dim', dim);
  const rows = Math.max(least, Math.floor((values?.length ?? 0) / (chains * dim)));
  checkNumbers(where, what, values, rows * chains * dim);
  if (names && names.length !== dim) {
    throw new RangeError(`${where}: names must have ${dim} values, got ${names.length}`);
  }
  return { rows, names: names ?? Array.from({ length: dim }, (_, at) => `x[${at}]`) };
}

export interface LinePanel {
  y: Limits;
  name: string;
  /** Written in the panel's upper right corner. */
  note?: string;
  marks: Plot.Markish[];
}

/** Draws the panels with one axis below, and the legend of the chains above. Returns an SVG document. */
export function stackedPanels(
  panels: readonly LinePanel[],
  options: { x: Limits; xLabel: string; chains: number; title?: string; name: string },
): string {
  const { x, xLabel, chains, title, name } = options;
  const top = titleHeight(title) + 16;
  const ticks = roundTicks(x[0], x[1], 8).filter(Number.isInteger);
  let body = titleLine(title, LEFT, WIDTH) + chainLegend(top - 4, chains);
  for (const [i, panel] of panels.entries()) {
    const isLast = i === panels.length - 1;
    const levels = roundTicks(...panel.y, 4);
    const node = Plot.plot({
      document: figureDocument(),
      width: WIDTH,
      height: HEIGHT + (isLast ? BOTTOM : 0),
      marginLeft: LEFT,
      marginRight: 22,
      marginTop: 6,
      marginBottom: 8 + (isLast ? BOTTOM : 0),
      x: { domain: x, axis: null },
      y: { domain: panel.y, axis: null },
      marks: [
        Plot.gridY({ ticks: levels, stroke: RULE, strokeOpacity: 0.35 }),
        ...panel.marks,
        Plot.frame({ stroke: RULE }),
        Plot.axisX({
          ticks,
          tickFormat: isLast ? (v: number) => v.toLocaleString('en-US') : () => '',
          label: isLast ? xLabel : null,
          labelAnchor: 'center',
          labelArrow: 'none',
          labelOffset: 36,
          tickSize: 4,
        }),
        Plot.axisY({
          ticks: levels,
          tickFormat: tickFormat(levels),
          label: panel.name,
          labelAnchor: 'center',
          labelArrow: 'none',
          labelOffset: 52,
          tickSize: 4,
        }),
      ],
    });
    const y = top + i * HEIGHT;
    body += placed(0, y, innerXml(node));
    if (panel.note) {
      body += label(WIDTH - 30, y + 21, panel.note, { size: 11, anchor: 'end', fill: MUTED });
    }
  }
  return sheet(WIDTH, top + panels.length * HEIGHT + BOTTOM, title ?? name, body);
}

/** The legend of the shown chains, with the number of those not shown; empty for a single chain. */
export function chainLegend(y: number, chains: number): string {
  if (chains < 2) return '';
  const names = Array.from({ length: Math.min(chains, MOST_CHAINS) }, (_, c) => `chain ${c}`);
  const legend = lineLegend(
    LEFT,
    y,
    names.map((name, c) => [name, `stroke="${seriesColour(c)}" stroke-width="2"`]),
  );
  if (chains <= MOST_CHAINS) return legend;
  const end = names.reduce((at, name) => at + Math.ceil(46 + textWidth(name, 11)), LEFT);
  return legend + label(end, y, `${chains - MOST_CHAINS} not shown`, { size: 11, fill: INK });
}
