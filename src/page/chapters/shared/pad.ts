import type { GreyImage } from '../../../index.js';
import type { Figure } from '../../figure/figure.js';
import { make } from '../../parts/controls.js';

/** Radius of the pen, and the width of its fading edge, in pixels of the picture. */
const RADIUS = 1.1;
const FADE = 1;

/** Makes a figure that the reader can draw on, with the pointer or with the arrow keys and the space bar. */
export function drawingPad(
  figure: Figure,
  read: () => GreyImage,
  write: (image: GreyImage) => void,
): HTMLElement {
  const cursor = make('div', { class: 'cursor', hidden: true });
  const pad = make(
    'div',
    {
      class: 'pad',
      role: 'application',
      tabindex: 0,
      'aria-label': 'Drawing sheet: the arrow keys move the pen, the space bar draws a dot',
    },
    figure.element,
    cursor,
  );
  let at: [number, number] = [14, 14];
  let last: [number, number] | undefined;

  /** Draws a line of light between two pixels, each [row, column]. */
  const stroke = (from: [number, number], to: [number, number]) => {
    const image = read();
    const pixels = image.pixels.slice();
    const [dr, dc] = [to[0] - from[0], to[1] - from[1]];
    for (let i = 0; i < pixels.length; i++) {
      const [r, c] = [Math.floor(i / image.width) - from[0], (i % image.width) - from[1]];
      const t = Math.min(1, Math.max(0, (r * dr + c * dc) / (dr * dr + dc * dc || 1)));
      const light = Math.min(1, Math.max(0, (RADIUS + FADE - Math.hypot(r - t * dr, c - t * dc)) / FADE));
      pixels[i] = Math.max(pixels[i], Math.round(255 * light) / 255);
    }
    write({ ...image, pixels });
  };
  const place = (event: PointerEvent): [number, number] => {
    const [x0, x1] = figure.pointUnder(event);
    const { height, width } = read();
    const most = Math.max(height, width) - 1;
    return [x0 * most, x1 * most];
  };
  pad.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pad.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
  });
  pad.addEventListener('pointermove', (event) => {
    if (!last || !pad.hasPointerCapture(event.pointerId)) return;
    const to = place(event);
    stroke(last, to);
    last = to;
  });
  pad.addEventListener('lostpointercapture', () => {
    last = undefined;
  });
  const showCursor = () => {
    const { height, width } = read();
    at = [Math.min(height - 1, Math.max(0, at[0])), Math.min(width - 1, Math.max(0, at[1]))];
    const most = Math.max(height, width) - 1;
    figure.placeAt(cursor, at[0] / most, at[1] / most);
    cursor.hidden = false;
  };
  pad.addEventListener('keydown', (event) => {
    // Keys with a modifier belong to the browser: zoom, or back.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    if (move) {
      at = [at[0] + move[0], at[1] + move[1]];
      showCursor();
    } else if (event.key === ' ') {
      showCursor();
      stroke(at, at);
    } else return;
    event.preventDefault();
  });
  pad.addEventListener('blur', () => {
    cursor.hidden = true;
  });
  return pad;
}
