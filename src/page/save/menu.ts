import type { Figure } from '../figure/figure.js';
import { snapshot, svgOf } from '../figure/sheet.js';
import { button, make, row } from '../parts/controls.js';
import type { Loop } from '../parts/loop.js';
import type { Page } from '../state/page.js';
import { download } from './download.js';
import { type Film, FPS, startFilm } from './film.js';

interface SaveOptions {
  /** Name of saved files, without extension. */
  name: string;
  /** The figures, saved side by side. */
  figures: readonly Figure[];
  /** Returns a program that computes what the chapter shows. */
  code: () => string;
  /** Moves the figures by one frame; undefined if nothing moves. */
  advance?: () => Promise<void>;
  /** The loop that moves the figures at other times; it pauses during a film. */
  loop?: Loop;
}

const PICTURE = 960;
const FILM = 480;
const SECONDS = 4;

/** Buttons that save figures as PNG, SVG and film, and copy them as code. */
export function saveMenu(page: Page, { name, figures, code, advance, loop }: SaveOptions): HTMLElement {
  const png = button('PNG', () => {
    snapshot(figures, PICTURE, undefined, true).toBlob((blob) => {
      if (blob) download(`${name}.png`, blob, 'image/png');
      else page.say('the browser could not encode the picture', true);
    });
  });
  const svg = button('SVG', () => download(`${name}.svg`, svgOf(figures), 'image/svg+xml'));
  const copy = button('Copy as code', async () => {
    const text = code();
    try {
      await navigator.clipboard.writeText(text);
      page.say('Copied: a program for Node that gives what is shown here.');
    } catch {
      // Without permission for the clipboard, show the text and select it.
      shown.hidden = false;
      shown.value = text;
      shown.select();
      page.say('This browser lets no page write to the clipboard: the program stands below.');
    }
  });
  const shown = make('textarea', {
    class: 'code',
    readonly: true,
    hidden: true,
    rows: 12,
    'aria-label': 'the program',
  });
  const buttons = row(make('span', { class: 'caption' }, 'Save'), png, svg);
  if (advance) buttons.append(filmButton(page, name, figures, advance, loop));
  buttons.append(copy);
  return make('div', { class: 'save' }, buttons, shown);
}

function filmButton(
  page: Page,
  name: string,
  figures: readonly Figure[],
  advance: () => Promise<void>,
  loop?: Loop,
): HTMLButtonElement {
  let isFilming = false;
  const element = button('Film', async () => {
    if (isFilming) {
      isFilming = false;
      return;
    }
    isFilming = true;
    element.textContent = 'Stop filming';
    const wasRunning = loop?.isRunning ?? false;
    loop?.setRunning(false);
    let film: Film | undefined;
    try {
      const canvas = snapshot(figures, FILM);
      film = await startFilm(page.client, canvas);
      for (let frame = 0; frame < SECONDS * FPS && isFilming; frame++) {
        await advance();
        snapshot(figures, FILM, canvas);
        await film.add(canvas);
        if (frame % FPS === 0) page.say(`Filming: ${frame / FPS} of ${SECONDS} s`);
      }
      download(`${name}.${film.extension}`, await film.finish(), film.type);
      page.say(`Saved ${name}.${film.extension}`);
    } catch (error) {
      page.fail(error);
      await film?.discard();
    } finally {
      isFilming = false;
      element.textContent = 'Film';
      loop?.setRunning(wasRunning);
    }
  });
  return element;
}
