import type { Figure } from '../../figure/figure.js';
import { button, make, row } from '../../parts/controls.js';
import type { Picture } from '../../state/picture.js';
import { History } from './history.js';
import { pictureOf } from './picture.js';
import { emptySheet, type Pixel, stroked } from './strokes.js';

/** Radii of the pen as shares of the sheet's side. */
const PENS = { fine: 0.018, middle: 0.04, broad: 0.075 } as const;

interface PadOptions {
  picture: () => Picture;
  write: (picture: Picture) => void;
  /** The sheet that a stroke begins on; default: the present picture. */
  sheet?: () => Picture;
  /** Pixels of a side of an empty sheet; default: the longer side of the present picture. */
  side?: number;
  /** Called when a stroke ends, and when one is taken back. */
  onEnd?: () => void;
  /** What strokes are taken back from; default: the pad's own. Pads of one picture share one. */
  history?: History;
  /** What the tools and the sheet are called, where the pen does not draw a picture. */
  words?: Partial<typeof WORDS>;
}

const WORDS = {
  sheet:
    'Drawing sheet: the arrow keys move the pen, the space bar draws a dot, Ctrl and Z takes a stroke back',
  pen: 'Pen',
  eraser: 'Eraser',
  empty: 'Empty sheet',
};

/**
 * Makes a figure that the reader can draw on, with the pointer or with the arrow keys and the space bar.
 * @returns the figure, and its tools: pens, the eraser, undo and an empty sheet
 */
export function drawingPad(
  figure: Figure,
  {
    picture,
    write,
    sheet = picture,
    side,
    onEnd = () => {},
    history = new History(),
    words: special,
  }: PadOptions,
): { element: HTMLElement; tools: HTMLElement } {
  const words = { ...WORDS, ...special };
  const cursor = make('div', { class: 'cursor', hidden: true });
  const element = make(
    'div',
    {
      class: 'pad',
      role: 'application',
      tabindex: 0,
      'aria-label': words.sheet,
    },
    figure.element,
    cursor,
  );
  let at: Pixel | undefined;
  let last: Pixel | undefined;
  let pen: keyof typeof PENS = 'middle';
  let isEraser = false;
  const read = () => pictureOf(picture());

  const remember = () => history.push(picture());
  const takeBack = () => {
    const last = history.pop();
    if (last === undefined) return;
    write(last);
    onEnd();
  };
  const begin = () => {
    remember();
    const own = sheet();
    if (own !== picture()) write(own);
  };
  const stroke = (from: Pixel, to: Pixel) => {
    const image = read();
    // Broad enough to leave light on coarse sheets.
    const radius = Math.max(0.4, PENS[pen] * Math.max(image.height, image.width));
    write(stroked(image, from, to, { radius, isEraser }));
  };
  const place = (event: PointerEvent): Pixel => {
    const [x0, x1] = figure.pointUnder(event);
    const { height, width } = read();
    const most = Math.max(height, width) - 1;
    return [x0 * most, x1 * most];
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    begin();
    last = place(event);
    stroke(last, last);
  });
  element.addEventListener('pointermove', (event) => {
    if (!last || !element.hasPointerCapture(event.pointerId)) return;
    const to = place(event);
    stroke(last, to);
    last = to;
  });
  element.addEventListener('lostpointercapture', () => {
    if (last) onEnd();
    last = undefined;
  });
  const showCursor = () => {
    const { height, width } = read();
    const [r, c] = at ?? [height >> 1, width >> 1];
    at = [Math.min(height - 1, Math.max(0, r)), Math.min(width - 1, Math.max(0, c))];
    const most = Math.max(height, width) - 1;
    figure.placeAt(cursor, at[0] / most, at[1] / most);
    cursor.hidden = false;
    return at;
  };
  element.addEventListener('keydown', (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key === 'z';
    // Other keys with a modifier belong to the browser: zoom, or back.
    if (!isUndo && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const moves: Record<string, Pixel> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    if (isUndo) takeBack();
    else if (move) {
      const [r, c] = at ?? showCursor();
      at = [r + move[0], c + move[1]];
      showCursor();
    } else if (event.key === ' ') {
      begin();
      const spot = showCursor();
      stroke(spot, spot);
      onEnd();
    } else return;
    event.preventDefault();
  });
  element.addEventListener('blur', () => {
    cursor.hidden = true;
  });

  const undo = button('Undo', takeBack, { disabled: history.isEmpty });
  history.on(() => {
    undo.disabled = history.isEmpty;
  });
  const empty = button(words.empty, () => {
    remember();
    write(emptySheet(side ?? Math.max(read().height, read().width)));
  });
  const choices = (Object.keys(PENS) as (keyof typeof PENS)[]).map((name) => ({ name, isEraser: false }));
  const pens = [...choices, { name: 'broad' as const, isEraser: true }].map((choice) => {
    const own = button('', () => {
      pen = choice.name;
      isEraser = choice.isEraser;
      for (const other of pens) other.setAttribute('aria-pressed', String(other === own));
    });
    own.classList.add('pen');
    own.setAttribute('aria-label', choice.isEraser ? words.eraser : `${words.pen}, ${choice.name}`);
    own.append(choice.isEraser ? words.eraser : make('span', { class: `dot ${choice.name}` }));
    own.setAttribute('aria-pressed', String(!choice.isEraser && choice.name === pen));
    return own;
  });
  return { element, tools: row(...pens, undo, empty) };
}
