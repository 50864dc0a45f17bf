// The contents: which chapter is being read, and the ways to another one.
import { type ChapterName, chapterNames } from '../state/chapters.js';
import type { Store } from '../state/store.js';
import { titled } from '../state/title.js';
import { layOutAll } from './below.js';

const section = (name: ChapterName) => document.getElementById(`chapter-${name}`) as HTMLElement;
/** How long after a jump the chapter is kept at the top while figures around it are made. */
const SETTLE_MS = 1500;

/** Follows the reader through the chapters. */
export class Contents {
  readonly #store: Store;
  readonly #links = new Map<ChapterName, HTMLAnchorElement>();
  #heldUntil = 0;
  #isAsked = false;

  constructor(store: Store) {
    this.#store = store;
    for (const name of chapterNames) {
      const link = document.querySelector<HTMLAnchorElement>(`nav a[href="#chapter-${name}"]`);
      if (link) this.#links.set(name, link);
    }
    document.addEventListener('click', (event) => this.#follow(event));
    addEventListener('scroll', () => this.#ask(), { passive: true });
    for (const type of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
      addEventListener(type, () => this.#release(), { passive: true });
    }
    // Figures that are made move what is below them.
    new ResizeObserver(() => {
      if (performance.now() < this.#heldUntil) section(store.get('chapter')).scrollIntoView();
    }).observe(document.querySelector('main') as HTMLElement);
    store.on(['chapter'], () => this.#mark());
    store.onLink(() => this.show(store.get('chapter')));
    this.#mark();
    if (store.get('chapter') !== chapterNames[0]) this.show(store.get('chapter'));
  }

  /** Scrolls to a chapter. */
  show(name: ChapterName): void {
    this.#heldUntil = performance.now() + SETTLE_MS;
    this.#store.set({ chapter: name });
    layOutAll();
    section(name).scrollIntoView();
  }

  /** Goes to a chapter as a link does: with an entry in the browser's history, and the focus on its title. */
  go(name: ChapterName): void {
    this.show(name);
    this.#store.write(true);
    section(name).querySelector<HTMLElement>('h1, h2')?.focus({ preventScroll: true });
  }

  #follow(event: MouseEvent): void {
    const link = (event.target as Element).closest('a');
    const to = link?.getAttribute('href')?.replace(/^#(chapter-)?/, '');
    const name = chapterNames.find((candidate) => candidate === to);
    if (!name || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(name);
  }

  #release(): void {
    this.#heldUntil = 0;
  }

  #ask(): void {
    if (this.#isAsked || performance.now() < this.#heldUntil) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      if (performance.now() < this.#heldUntil) return;
      this.#store.set({ chapter: this.#present() });
    });
  }

  /** The last chapter that begins above the middle of the screen. */
  #present(): ChapterName {
    const shown = chapterNames.filter((name) => section(name).offsetParent !== null);
    const begun = shown.filter((name) => section(name).getBoundingClientRect().top < innerHeight / 2);
    return begun.at(-1) ?? shown[0];
  }

  #mark(): void {
    const present = this.#store.get('chapter');
    const { textContent } = section(present).querySelector('h2') ?? {};
    titled({ chapter: present === chapterNames[0] ? undefined : (textContent ?? undefined) });
    for (const [name, link] of this.#links) {
      if (name === present) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    // The row of links may be wider than the screen. scrollIntoView would stop a scrolling of the page.
    const link = this.#links.get(present);
    const strip = link?.closest('nav');
    if (link && strip) strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.clientWidth) / 2;
  }
}
