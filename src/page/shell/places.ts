// The places of the words for figures: each figure is made when the reader comes near.
import { queueFrame } from '../figure/frameQueue.js';
import type { Figures, LiveFigure, Page } from '../state/page.js';
import { messagesAt } from './messages.js';

/** One `<figure data-figure>` of the words, and its figure once it is made. */
interface Place {
  element: HTMLElement;
  figure?: LiveFigure;
  isVisible: boolean;
  /** What its figure does at news of a term, and whether there was some while it was not seen. */
  terms: (() => void)[];
  isLate: boolean;
}

/** How far from the screen figures are made, as a margin in CSS. */
const NEAR = '75% 0px';
/** When figures beyond the screen are made at the earliest, after the page is loaded. */
const AHEAD_MS = 4000;

/** Makes figures near the screen, and tells them when they come on it and leave it. */
export class Places {
  readonly #page: Page;
  readonly #places = new Map<Element, Place>();
  readonly #first: Figures;
  readonly #loadBelow: () => Promise<Figures>;
  /** The figures below the first screen, once somebody comes near one. */
  #below?: Promise<Figures>;

  /**
   * @param first figures that can be made at once
   * @param loadBelow loads all others
   */
  constructor(page: Page, first: Figures, loadBelow: () => Promise<Figures>) {
    this.#page = page;
    this.#first = first;
    this.#loadBelow = loadBelow;
    for (const element of document.querySelectorAll<HTMLElement>('figure[data-figure]'))
      this.#places.set(element, { element, isVisible: false, terms: [], isLate: false });
    page.on('term', () => {
      for (const place of this.#places.values()) this.#light(place);
    });
    const near = new IntersectionObserver((entries) => this.#come(entries), { rootMargin: NEAR });
    const lookAhead = () => {
      for (const element of this.#places.keys()) near.observe(element);
    };
    const seen = new IntersectionObserver((entries) => this.#see(entries));
    for (const element of this.#places.keys()) seen.observe(element);
    // What is on the screen comes first; the rest waits until it moves, or until the reader does.
    addEventListener('scroll', lookAhead, { once: true, passive: true });
    setTimeout(lookAhead, AHEAD_MS);
  }

  /** Opens a file in the figure under it, else in the first one on the screen that opens files. */
  async open(file: File, under: Element | null): Promise<boolean> {
    const visible = [...this.#places.values()].filter((place) => place.isVisible);
    for (const place of visible) this.#make(place, await this.#maker(place));
    const shown = visible.filter((place) => place.figure?.open);
    const place = shown.find(({ element }) => element.contains(under)) ?? shown[0];
    await place?.figure?.open?.(file);
    return place !== undefined;
  }

  restyle(): void {
    for (const { figure } of this.#places.values()) figure?.restyle?.();
  }

  #come(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const place = this.#places.get(target);
      if (place && !place.figure && isIntersecting) this.#comeNear(place);
    }
  }

  #see(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const place = this.#places.get(target);
      if (!place) continue;
      place.isVisible = isIntersecting;
      if (place.isLate) this.#light(place);
      if (place.figure) place.figure.setVisible(isIntersecting);
      else if (isIntersecting) this.#comeNear(place);
    }
  }

  /** Tells a figure the term under the pointer, once it is seen. */
  #light(place: Place): void {
    place.isLate = !place.isVisible;
    if (place.isVisible) for (const listener of place.terms) listener();
  }

  /** Makes a figure in a frame of its own: several in one would take too long. */
  #comeNear(place: Place): void {
    this.#maker(place)
      .then((make) => queueFrame(() => this.#make(place, make)))
      .catch(this.#page.fail);
  }

  /** @throws Error if the script with the figure cannot be loaded, or no script has it */
  async #maker({ element }: Place): Promise<Figures[string]> {
    const name = element.dataset.figure ?? '';
    if (this.#first[name]) return this.#first[name];
    this.#below ??= this.#loadBelow().catch(() => {
      throw new Error(
        'The figures could not be loaded. Load the page again, with a connection to its server.',
      );
    });
    const make = (await this.#below)[name];
    if (!make) throw new Error(`no chapter has a figure ${name}`);
    return make;
  }

  #make(place: Place, make: Figures[string]): void {
    if (place.figure) return;
    const messages = messagesAt(place.element);
    const on: Page['on'] = (news, listener) => {
      if (news === 'term') place.terms.push(listener);
      else this.#page.on(news, listener);
    };
    const page: Page = Object.create(this.#page, {
      on: { value: on },
      say: { value: messages.say },
      fail: { value: messages.fail },
    });
    place.figure = make(page);
    place.element.prepend(place.figure.element);
    place.element.classList.add('made');
    place.figure.setVisible(place.isVisible);
  }
}
