import type { Figure } from '../../figure/figure.js';
import { download } from '../../save/download.js';
import { FPS } from '../../save/film.js';
import { filmButton, SECONDS } from '../../save/menu.js';
import type { Page } from '../../state/page.js';

/** Share of the loop in which the particles come together; then they rest. */
const MOVING = 0.75;

interface ShareOptions {
  figure: Figure;
  /** Shows the figure at a moment of the loop: 0 is noise, 1 the drawing. */
  move: (at: number) => void;
  caption: () => string;
}

/** A button that makes a loop of a few seconds and a link that replays it, and hands them on. */
export function shareButton(page: Page, { figure, move, caption }: ShareOptions): HTMLButtonElement {
  const frames = SECONDS * FPS;
  return filmButton(page, {
    name: 'drawing',
    figures: [figure],
    caption,
    label: 'Share a loop',
    async advance(frame) {
      // It ends a little above no noise, where the arrows are smooth.
      move(0.78 * Math.min(1, frame / (MOVING * frames)));
      await new Promise((resolve) => setTimeout(resolve, 30));
    },
    async give(film) {
      page.store.write();
      const files = { files: [film], title: 'scorefield', url: location.href };
      if (navigator.canShare?.(files)) {
        try {
          await navigator.share(files);
          return;
        } catch {
          // The reader closed the dialogue, or the time since the press was too long: the browser saves the film.
        }
      }
      download(film.name, film, film.type);
      try {
        await navigator.clipboard.writeText(location.href);
        page.say(`Saved ${film.name}. A link that replays it is copied.`);
      } catch {
        page.say(`Saved ${film.name}. The address of this page is a link that replays it.`);
      }
    },
  });
}
