// The teacher's view: one chapter at a time on the whole screen, in large type.
import { chapterNames } from '../state/chapters.js';
import type { Store } from '../state/store.js';
import type { Contents } from './contents.js';

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** Gives the button "Teach" its work, and the bar with Back and Next. */
export function teacherView(store: Store, contents: Contents): void {
  const root = document.documentElement;
  const button = find<HTMLButtonElement>('teach');
  const [bar, place] = [find('turn'), find('place')];
  const [back, next] = [find<HTMLButtonElement>('back'), find<HTMLButtonElement>('next')];
  const at = () => chapterNames.indexOf(store.get('chapter'));
  const isOn = () => root.classList.contains('teaching');

  const show = () => {
    if (!isOn()) return;
    for (const name of chapterNames)
      find(`chapter-${name}`).classList.toggle('present', name === store.get('chapter'));
    place.textContent = `${at() + 1} of ${chapterNames.length}`;
    back.disabled = at() === 0;
    next.disabled = at() === chapterNames.length - 1;
  };
  const turn = (by: number) => {
    const name = chapterNames[at() + by];
    if (!name) return;
    store.set({ chapter: name });
    contents.go(name);
  };
  const set = (on: boolean) => {
    root.classList.toggle('teaching', on);
    button.setAttribute('aria-pressed', String(on));
    bar.hidden = !on;
    // Browsers may refuse the whole screen; the view works without.
    if (on) root.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    show();
    contents.show(store.get('chapter'));
  };
  button.addEventListener('click', () => set(!isOn()));
  back.addEventListener('click', () => turn(-1));
  next.addEventListener('click', () => turn(1));
  document.addEventListener('fullscreenchange', () => {
    if (!document.fullscreenElement && isOn()) set(false);
  });
  document.addEventListener('keydown', (event) => {
    if (!isOn() || (event.target as Element).closest('input, select, textarea, .pad, .handle')) return;
    if (event.key === 'PageDown') turn(1);
    else if (event.key === 'PageUp') turn(-1);
    else if (event.key === 'Escape') set(false);
    else return;
    event.preventDefault();
  });
  store.on(['chapter'], show);
}
