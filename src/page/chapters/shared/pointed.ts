import type { Figure } from '../../figure/figure.js';
import { digits, make } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import type { Page } from '../../state/page.js';
import type { ScoreRequest } from '../../worker/session.js';

/**
 * A line that says the score, and the density if there is one, at the place of a figure under the pointer.
 *
 * @param request the score that a figure shows now; undefined while it shows none
 */
export function readsScores(
  page: Page,
  figures: readonly Figure[],
  request: (figure: Figure) => ScoreRequest | undefined,
): HTMLElement {
  const line = make('p', { class: 'reading' }, 'Point at a figure to read it.');
  let place: { figure: Figure; x: [number, number] } | undefined;
  const read = latest(async () => {
    if (!place) return;
    const { figure, x } = place;
    const score = request(figure);
    if (!score) return;
    const { s, logp } = await page.client.call('scoreAt', { score, x: Float32Array.from(x) });
    const density = logp ? `, density ${digits(Math.exp(logp[0]))}` : '';
    line.textContent = `At (${x.map((value) => value.toFixed(2)).join(', ')}): score (${digits(s[0])}, ${digits(s[1])})${density}`;
  }, page.fail);
  for (const figure of figures) {
    figure.element.addEventListener('pointermove', (event) => {
      place = { figure, x: figure.pointUnder(event) };
      read();
    });
  }
  return line;
}
