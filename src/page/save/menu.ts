import type { Figure } from '../figure/figure.js';
import { type Strip, snapshot, svgOf } from '../figure/sheet.js';
import { button, make, row } from '../parts/controls.js';
import type { Loop } from '../parts/loop.js';
import type { Page } from '../state/page.js';
import { download } from './download.js';
import { type Film, FPS, startFilm } from './film.js';
import { withUsedNames } from './usedNames.js';

interface SaveOptions {
  /** Name of saved files, without extension. */
  name: string;
  /** The figures, saved side by side. */
  figures: readonly Figure[];
  /** Charts and legends, saved below the figures. */
  strips?: readonly Strip[];
  /** Returns a program that computes what the chapter shows; none where its words are enough to write one. */
  code?: () => string;
  /** What saved pictures say below: what is shown, with its sigma and scales. */
  caption: () => string;
  /** Moves the figures by one frame, of this number in a film; undefined if nothing moves. */
  advance?: (frame: number) => Promise<void>;
  /** Called when a film is over, whether it is whole, was stopped or failed. */
  afterFilm?: () => void;
  /** The loop that moves the figures at other times; it pauses during a film. */
  loop?: Loop;
}

const PICTURE = 960;
const FILM = 480;
export const SECONDS = 4;

/** The picture as it is now. */
const sheetOf = ({ figures, strips, caption }: Pick<SaveOptions, 'figures' | 'strips' | 'caption'>) => ({
  figures,
  strips,
  caption: caption(),
});

/** Buttons that save figures as PNG, SVG and film, and copy them as code. */
export function saveMenu(page: Page, options: SaveOptions): HTMLElement {
  const { name, code, advance } = options;
  const png = button('PNG', () => {
    snapshot(sheetOf(options), PICTURE, undefined, true).toBlob((blob) => {
      if (blob) download(`${name}.png`, blob, 'image/png');
      else page.say('the browser could not encode the picture', true);
    });
  });
  const svg = button('SVG', () => download(`${name}.svg`, svgOf(sheetOf(options)), 'image/svg+xml'));
  const buttons = row(make('span', { class: 'caption' }, 'Save'), png, svg);
  if (advance) buttons.append(filmButton(page, { ...options, advance }));
  const menu = make('div', { class: 'save' }, buttons);
  if (code) addCode(page, menu, code);
  return menu;
}

/** Adds a button that copies a program to a menu, and shows it where a page may not write to the clipboard. */
function addCode(page: Page, menu: HTMLElement, code: () => string): void {
  const copy = button('Copy as code', async () => {
    const text = withUsedNames(code());
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
  menu.firstElementChild?.append(copy);
  menu.append(shown);
}

interface FilmOptions extends Omit<SaveOptions, 'code'> {
  advance: (frame: number) => Promise<void>;
  label?: string;
  /** What is done with the film; default: the browser saves it. */
  give?: (film: File) => Promise<void> | void;
}

/** A button that films the figures for four seconds. */
export function filmButton(
  page: Page,
  { name, figures, strips, caption, advance, afterFilm, loop, label = 'Film', give = save }: FilmOptions,
): HTMLButtonElement {
  let isFilming = false;
  const element = button(label, async () => {
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
      const sheet = () => sheetOf({ figures, strips, caption });
      const canvas = snapshot(sheet(), FILM);
      film = await startFilm(page.client, canvas);
      for (let frame = 0; frame < SECONDS * FPS && isFilming; frame++) {
        await advance(frame);
        snapshot(sheet(), FILM, canvas);
        await film.add(canvas);
        if (frame % FPS === 0) page.say(`Filming: ${frame / FPS} of ${SECONDS} s`);
      }
      const file = new File([await film.finish()], `${name}.${film.extension}`, { type: film.type });
      page.say(`Saved ${file.name}`);
      await give(file);
    } catch (error) {
      page.fail(error);
      await film?.discard();
    } finally {
      isFilming = false;
      element.textContent = label;
      loop?.setRunning(wasRunning);
      afterFilm?.();
    }
  });
  return element;
}

const save = (film: File) => download(film.name, film, film.type);
