import { fittedLabel, label, px, textWidth } from './svg.js';

export interface LegendEntry {
  name: string;
  colour: string;
  kind: 'line' | 'dots' | 'both' | 'bins' | 'rings' | 'arrows';
  dashed?: boolean;
}

const ROW = 18;

/** A sample of an entry's marks, 20 pixels wide, with its left end at (x, y). */
function sample({ kind, colour, dashed }: LegendEntry, x: number, y: number): string {
  const at = `${px(x)},${px(y)}`;
  const dot = `<circle cx="${px(x + 10)}" cy="${px(y)}" r="3.2" fill="${colour}"/>`;
  if (kind === 'dots') return dot;
  if (kind === 'rings')
    return `<circle cx="${px(x + 10)}" cy="${px(y)}" r="3.2" fill="none" stroke="${colour}" stroke-width="1.4"/>`;
  if (kind === 'bins')
    return `<rect x="${px(x)}" y="${px(y - 5)}" width="20" height="10" fill="${colour}" fill-opacity="0.35"/>`;
  const dashes = dashed ? ' stroke-dasharray="5,4"' : '';
  const head = kind === 'arrows' ? 'm-4,-3l4,3l-4,3' : '';
  const line = `<path d="M${at}h20${head}" fill="none" stroke="${colour}" stroke-width="1.6"${dashes}/>`;
  return kind === 'both' ? line + dot : line;
}

const widthOf = ({ name }: LegendEntry) => Math.ceil(26 + textWidth(name, 11));

/** The width in which each entry is whole, up to 480 pixels; 0 for none. */
export const legendWidth = (entries: readonly LegendEntry[]): number =>
  Math.min(480, Math.max(0, ...entries.map(widthOf)));

/** Draws entries in rows between `left` and `right`, from `top` down; a name that is too long for a row is cut; empty for no entries. */
export function figureLegend(
  entries: readonly LegendEntry[],
  left: number,
  top: number,
  right: number,
): { body: string; height: number } {
  if (entries.length === 0) return { body: '', height: 0 };
  let [x, y] = [left, top + 10];
  let body = '';
  for (const entry of entries) {
    const width = widthOf(entry);
    if (x > left && x + width > right) {
      x = left;
      y += ROW;
    }
    body += sample(entry, x, y - 4) + fittedLabel(x + 26, y, entry.name, right - x - 26, { size: 11 });
    x += width + 16;
  }
  return { body, height: y - top + 12 };
}

/** A legend on one line: a sample of each stroke, then its name. */
export function lineLegend(
  left: number,
  y: number,
  entries: readonly [name: string, stroke: string][],
): string {
  let x = left;
  let body = '';
  for (const [name, stroke] of entries) {
    body += `<path d="M${x},${y - 4}h20" fill="none" ${stroke}/>${label(x + 26, y, name, { size: 11 })}`;
    x += Math.ceil(46 + textWidth(name, 11));
  }
  return body;
}
