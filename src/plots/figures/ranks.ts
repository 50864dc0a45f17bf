import type { Numbers } from '../drawing/check.js';
import { type ChainNumbers, checkChains, LEFT, MOST_CHAINS, WIDTH } from '../drawing/panels.js';
import { fittedLabel, label, px, sheet, titleHeight, titleLine } from '../drawing/svg.js';
import { INK, MUTED, RULE, seriesColour } from '../drawing/theme.js';

/** Options of {@link rankFigure}. */
export interface RankOptions extends ChainNumbers {
  /** Counts of the ranks of each chain's draws among all [bins, chains, dim]. */
  counts: Numbers;
}

const ROW = 100;
const GAP = 12;

/**
 * Draws, for every coordinate and the first seven chains, the histogram of the ranks of a chain's draws among all draws.
 * If the chains agree, all bars end at the dashed line (Vehtari and others 2021, section 5). Returns an SVG document;
 * throws a RangeError where lengths do not match or a number is not finite.
 */
export function rankFigure(options: RankOptions): string {
  const { counts, chains, dim, title } = options;
  const { rows: bins, names } = checkChains('rankFigure', 'counts', counts, options);
  const shown = Math.min(chains, MOST_CHAINS);
  const top = titleHeight(title) + 18;
  const width = (WIDTH - LEFT - 22 - (shown - 1) * GAP) / shown;
  let body = titleLine(title, LEFT, WIDTH);
  for (let chain = 0; chain < shown; chain++) {
    const left = LEFT + chain * (width + GAP);
    body += fittedLabel(left, top - 7, `chain ${chain}`, width, { size: 11 });
  }
  for (const [at, name] of names.entries()) {
    const y = top + at * (ROW + GAP);
    const count = (bin: number, chain: number) => counts[(bin * chains + chain) * dim + at];
    let [largest, total] = [1, 0];
    for (let bin = 0; bin < bins; bin++) {
      for (let chain = 0; chain < chains; chain++) {
        largest = Math.max(largest, count(bin, chain));
        total += count(bin, chain);
      }
    }
    body += fittedLabel(8, y + ROW / 2 + 4, name, LEFT - 14, {});
    for (let chain = 0; chain < shown; chain++) {
      const left = LEFT + chain * (width + GAP);
      let bars = '';
      for (let bin = 0; bin < bins; bin++) {
        const height = (count(bin, chain) / largest) * (ROW - 8);
        if (height === 0) continue;
        bars += `M${px(left + (bin * width) / bins)},${px(y + ROW)}v${px(-height)}h${px(width / bins)}v${px(height)}z`;
      }
      const even = y + ROW - (total / (bins * chains) / largest) * (ROW - 8);
      body +=
        `<path d="${bars}" fill="${seriesColour(chain)}" fill-opacity="0.75"/>` +
        `<path d="M${px(left)},${px(even)}h${px(width)}" stroke="${INK}" stroke-dasharray="4,3"/>` +
        `<rect x="${px(left)}" y="${px(y)}" width="${px(width)}" height="${ROW}" fill="none" stroke="${RULE}"/>`;
    }
  }
  const bottom = top + names.length * (ROW + GAP) + 8;
  const more = chains > shown ? `; ${chains - shown} more chains not shown` : '';
  const words = `rank of a chain's draws among all draws, low to high; dashed: chains that agree${more}`;
  body += label(LEFT, bottom, words, { size: 11, fill: MUTED });
  return sheet(WIDTH, bottom + 12, title ?? 'Ranks of the draws of each chain', body);
}
