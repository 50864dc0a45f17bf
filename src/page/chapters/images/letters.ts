import { joined } from '../../../core/joined.js';
import type { GreyImage } from '../../../index.js';
import { button, make, row } from '../../parts/controls.js';
import type { Page } from '../../state/page.js';
import { SIZE } from '../../worker/images/numbers.js';
import { drawingPad } from '../shared/pad.js';
import { pictureOf } from '../shared/picture.js';
import { emptySheet } from '../shared/strokes.js';
import { Pictures } from './pictures.js';
import { digitsButton, type Shared } from './shared.js';

/** Letters that are shown, the last ones. */
const SHOWN = 16;

const WORDS = {
  sheet:
    'Sheet for the next letter: the arrow keys move the pen, the space bar draws a dot, Ctrl and Z takes a stroke back',
};

/** A sheet on which the reader draws letters, one after the other; they take the place of the pictures in use. */
export function lettersSheet(page: Page, shared: Shared): HTMLElement {
  const { client } = page;
  const sheet = new Pictures('The next letter');
  const drawn = new Pictures('Your letters');
  const caption = make('figcaption', {}, 'Your letters: none yet');
  let letter: GreyImage = emptySheet(SIZE);
  /** All that were drawn here and are in use. */
  const letters: Float32Array[] = [];
  const write = (next: GreyImage) => {
    letter = next;
    sheet.show(letter.pixels);
  };
  const pad = drawingPad(sheet, {
    picture: () => letter,
    write: (picture) => write(pictureOf(picture)),
    side: SIZE,
    words: WORDS,
  });
  const next = button(
    'Next letter',
    async () => {
      try {
        if (!letter.pixels.some((ink) => ink > 0.5)) throw new Error('Draw a letter on the sheet first.');
        const { pixels } = letter;
        write(emptySheet(SIZE));
        const { count } = await client.call('imagesAdd', { pixels });
        // It is the first where it took the place of a file's pictures.
        if (count === 1) letters.length = 0;
        letters.push(pixels);
        drawn.show(joined(Float32Array, letters.slice(-SHOWN)));
        caption.textContent = `Your letters: ${letters.length}`;
        shared.take({ count });
      } catch (error) {
        page.fail(error);
      }
    },
    { class: 'primary' },
  );
  write(letter);
  return make(
    'div',
    {},
    row('Letters of your own', pad.tools, next, digitsButton(shared)),
    make(
      'div',
      { class: 'four' },
      make('figure', {}, pad.element, make('figcaption', {}, 'Draw here, a dozen or so, then look above')),
      make('figure', {}, drawn.element, caption),
    ),
  );
}
