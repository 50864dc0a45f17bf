import { extent, isFlat, roundTicks, tickFormat } from './numbers.js';
import { label, px } from './svg.js';
import { INK, MUTED, RULE } from './theme.js';

/** Width of a colour bar with its numbers, pixels. */
export const BAR_WIDTH = 62;
const THICKNESS = 14;
const TIP = 8;

export interface Band {
  low: number;
  high: number;
  fill: string;
}

export interface BarOptions {
  bands: readonly Band[];
  /** Levels marked by a line across the bar. */
  lines?: readonly { at: number; stroke: string }[];
  /** Height of the bar, pixels. */
  height: number;
  /** Values may lie above the bar's, which are drawn as its highest: its end is a tip. */
  beyond?: boolean;
  /** The quantity, written above. */
  name?: string;
}

/**
 * A colour bar with its top left corner at the origin: bands from low to high, numbers at round values. If all bands have
 * the same value (a constant field), it shows that one number.
 */
export function colourBar({ bands, lines = [], height, beyond = false, name }: BarOptions): string {
  const [low, high] = extent(bands.flatMap((band) => [band.low, band.high]));
  const flat = isFlat(low, high);
  const y = (value: number) => (flat ? height / 2 : (height * (high - value)) / (high - low));
  const ticks = flat ? [low] : roundTicks(low, high, Math.max(2, height / 45));
  const write = tickFormat(ticks);
  const bar = (top: number, bottom: number, fill: string) =>
    `<rect y="${px(top)}" width="${THICKNESS}" height="${px(bottom - top)}" fill="${fill}"/>`;
  let body = '<g shape-rendering="crispEdges">';
  for (const band of flat ? [] : bands) body += bar(y(band.high), y(band.low), band.fill);
  if (flat) body += bar(0, height, bands[0].fill);
  body += '</g>';
  for (const { at, stroke } of lines) {
    body += `<path d="M0,${px(y(at))}h${THICKNESS}" stroke="${stroke}" stroke-width="1.5"/>`;
  }
  body += `<rect width="${THICKNESS}" height="${px(height)}" fill="none" stroke="${RULE}"/>`;
  for (const tick of ticks) {
    body += `<path d="M${THICKNESS},${px(y(tick))}h4" stroke="${INK}"/>`;
    body += label(THICKNESS + 7, y(tick) + 4, write(tick));
  }
  if (beyond) {
    const { fill } = bands[bands.length - 1];
    body += `<path d="M0,0l${THICKNESS / 2},-${TIP}l${THICKNESS / 2},${TIP}z" fill="${fill}" stroke="${RULE}"/>`;
  }
  return body + (name ? label(0, beyond ? -TIP - 3 : -9, name, { size: 11, fill: MUTED }) : '');
}
