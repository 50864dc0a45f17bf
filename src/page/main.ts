// The page: five chapters over one state and one worker, one of them on the screen at a time.

import { startClient } from './calls/client.js';
import { Stopped } from './calls/rpc.js';
import { densityChapter } from './chapters/density.js';
import { exactChapter } from './chapters/exact.js';
import { imageChapter, pictureOf } from './chapters/image.js';
import { learningChapter } from './chapters/learning.js';
import { samplingChapter } from './chapters/sampling.js';
import { queueFrame } from './figure/frameQueue.js';
import { takeDrops } from './parts/drops.js';
import { latest } from './parts/latest.js';
import { LearnedState } from './state/learned.js';
import type { Chapter, News, Page } from './state/page.js';
import type { State } from './state/state.js';
import { Store } from './state/store.js';
import type { PageVerbs } from './worker/pageVerbs.js';

const find = <T extends HTMLElement>(selector: string) => document.querySelector(selector) as T;
const status = find('#status');
let quietTimer = 0;
/** Whether the worker has ended. The page can then do nothing, and its message stays. */
let isBroken = false;

function say(text: string, isProblem = false): void {
  if (isBroken) return;
  clearTimeout(quietTimer);
  status.textContent = text;
  status.classList.toggle('problem', isProblem);
  status.hidden = text === '';
  if (!isProblem && text !== '') quietTimer = window.setTimeout(() => say(''), 6000);
}

function giveUp(text: string): void {
  say(text, true);
  isBroken = true;
}

const store = new Store();
const listeners = new Map<News, Set<() => void>>();
const client = startClient<PageVerbs>(store.get('kernel'), (reason) =>
  giveUp(`The page’s worker ended: ${reason}. Load the page again to go on.`),
);
const page: Page = {
  store,
  client,
  say,
  fail(error) {
    if (!(error instanceof Stopped)) say(error instanceof Error ? error.message : String(error), true);
  },
  on(news, listener) {
    listeners.set(news, (listeners.get(news) ?? new Set()).add(listener));
  },
  tell(news) {
    for (const listener of listeners.get(news) ?? []) listener();
  },
};

type Name = State['chapter'];
const learned = new LearnedState(page);
const sections = new Map<Name, { section: HTMLElement; link: HTMLAnchorElement; chapter?: Chapter }>();
const makers: Record<Name, () => Chapter> = {
  density: () => densityChapter(page),
  image: () => imageChapter(page),
  learning: () => learningChapter(page, learned),
  sampling: () => samplingChapter(page, learned),
  exact: () => exactChapter(page, learned),
};
for (const name of Object.keys(makers) as Name[]) {
  sections.set(name, {
    section: find(`#chapter-${name}`),
    link: find<HTMLAnchorElement>(`nav a[href="#${name}"]`),
  });
}

/** Shows the chapter that the state names, and hides the others. */
function showChapter(): void {
  const wanted = store.get('chapter');
  for (const [name, { section, link, chapter }] of sections) {
    const isWanted = name === wanted;
    section.hidden = !isWanted;
    if (isWanted) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    chapter?.setVisible(isWanted);
  }
  // Figures are made a frame after the text is shown: both in one frame would take too long.
  queueFrame(makeChapter);
}

/** Makes the present chapter if it is shown for the first time, and scrolls its link into view. */
function makeChapter(): void {
  const name = store.get('chapter');
  const entry = sections.get(name);
  // On a phone the row of links is wider than the screen.
  entry?.link.scrollIntoView({ block: 'nearest', inline: 'center' });
  if (!entry || entry.chapter) return;
  entry.chapter = makers[name]();
  entry.section.querySelector('.formula')?.after(entry.chapter.element);
  entry.chapter.setVisible(true);
}

// Links to chapters change only that entry of the state.
document.addEventListener('click', (event) => {
  const link = (event.target as Element).closest('a');
  const name = link?.hash.slice(1) as Name;
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
  const section = sections.get(name)?.section;
  if (isElsewhere || !section || !link?.getAttribute('href')?.startsWith('#')) return;
  event.preventDefault();
  store.set({ chapter: name });
  store.write();
  scrollTo(0, 0);
  // A link inside a chapter is hidden with it, so the focus moves to the new chapter's title.
  if (link.closest('section')) section.querySelector('h2')?.focus();
});

// The visible chapter opens a dropped file.
takeDrops((file) => {
  const open = sections.get(store.get('chapter'))?.chapter?.open;
  if (open) open(file);
  else page.say('This chapter opens no files; those of pictures, learning and sampling do.', true);
});

const sendPicture = latest(async () => {
  try {
    await client.call('setImage', { image: pictureOf(store.get('picture')) });
  } finally {
    page.tell('picture');
  }
}, page.fail);

function paintTheme(): void {
  document.documentElement.dataset.theme = store.get('theme');
  for (const { chapter } of sections.values()) chapter?.restyle?.();
  // Figures read their colours from CSS, so they must be redrawn.
  dispatchEvent(new Event('figure-colours'));
}
find('#theme').addEventListener('click', () => {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark';
  store.set({ theme: isDark ? 'light' : 'dark' });
});
find('#link').addEventListener('click', async () => {
  store.write();
  try {
    await navigator.clipboard.writeText(location.href);
    say('Copied: a link to what is shown here.');
  } catch {
    say('The address of this page is a link to what is shown here.');
  }
});

store.on(['chapter'], showChapter);
store.on(['picture'], sendPicture);
store.on(['theme'], paintTheme);
// A worker cannot change its kernel, so the page is loaded again.
store.on(['kernel'], () => {
  store.write();
  location.reload();
});
paintTheme();
sendPicture();
showChapter();

client
  .call('kernel', {})
  .then((kernel) => {
    document.documentElement.dataset.kernel = kernel;
    // Threads start soon after the page, so that training need not wait for them.
    setTimeout(() => client.call('threads', {}).catch(page.fail), 1000);
  })
  .catch((error) =>
    giveUp(
      `This browser cannot run the page: ${(error as Error).message}. It needs WebAssembly with SIMD: any Chrome, Edge or Firefox since 2021, or Safari since 16.4.`,
    ),
  );
