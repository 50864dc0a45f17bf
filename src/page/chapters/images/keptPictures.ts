import { button, make } from '../../parts/controls.js';
import { type KeptPictures, keptPictures } from '../../state/kept.js';
import type { Page } from '../../state/page.js';

/**
 * Offers the U-Net that this browser keeps of an earlier visit.
 * @param reopen puts it to use
 * @returns the row, and a function that hides it
 */
export function keptPicturesRow(
  page: Page,
  reopen: (kept: KeptPictures) => Promise<void>,
): { element: HTMLElement; hide(): void } {
  const element = make('div', { class: 'row kept', hidden: true });
  const hide = () => {
    element.hidden = true;
  };
  const offer = async () => {
    // Some browsers keep nothing for this page: then there is nothing to offer.
    const own = await keptPictures.kept().catch(() => undefined);
    if (!own) return;
    element.replaceChildren(
      make(
        'span',
        {},
        `A U-Net that you trained here on ${own.from}, ${own.step.toLocaleString('en')} steps, is kept in this browser.`,
      ),
      button('Open it', () => reopen(own).then(hide, page.fail)),
      button('Forget it', () => {
        hide();
        keptPictures.forget().catch(page.fail);
      }),
    );
    element.hidden = false;
  };
  offer();
  return { element, hide };
}
