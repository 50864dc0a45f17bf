// The page: an article of chapters over one state and one worker. What its words have places for is made when the reader
// comes near.

import { startClient } from './calls/client.js';
import { figures as blur } from './chapters/blur/index.js';
import { figures as denoising } from './chapters/denoising/index.js';
import { figures as density } from './chapters/density/index.js';
import { figures as dimensions } from './chapters/dimensions/index.js';
import { figures as draw } from './chapters/draw/index.js';
import { figures as exact } from './chapters/exact/index.js';
import { figures as given } from './chapters/given/index.js';
import { figures as image } from './chapters/image/index.js';
import { figures as images } from './chapters/images/index.js';
import { figures as learning } from './chapters/learning/index.js';
import { figures as line } from './chapters/line/index.js';
import { figures as race } from './chapters/race/index.js';
import { figures as sampling } from './chapters/sampling/index.js';
import { pictureOf } from './chapters/shared/picture.js';
import { figures as steps } from './chapters/steps/index.js';
import { takeDrops } from './parts/drops.js';
import { latest } from './parts/latest.js';
import { Contents } from './shell/contents.js';
import { messagesIn } from './shell/messages.js';
import { Places } from './shell/places.js';
import { teacherView } from './shell/teacher.js';
import { answerQuestions, followTerms, meetChallenge } from './shell/words.js';
import { LearnedState } from './state/learned.js';
import type { Figures, News, Page } from './state/page.js';
import { Store } from './state/store.js';
import { Trainer } from './state/trainer.js';
import type { PageVerbs } from './worker/pageVerbs.js';

/** Every figure by its `data-figure`. */
const makers: Figures = {
  ...draw,
  ...line,
  ...density,
  ...steps,
  ...blur,
  ...dimensions,
  ...denoising,
  ...image,
  ...learning,
  ...sampling,
  ...race,
  ...exact,
  ...given,
  ...images,
};

const find = <T extends HTMLElement>(selector: string) => document.querySelector(selector) as T;
/** Messages that belong to no figure. */
const status = messagesIn(find('#status'));
/** Whether the worker has ended. The page can then do nothing, and its message stays. */
let isBroken = false;
const say = (text: string, isProblem = false) => {
  if (!isBroken) status.say(text, isProblem);
};
function giveUp(text: string): void {
  say(text, true);
  isBroken = true;
}

const store = new Store();
const listeners = new Map<News, Set<() => void>>();
const client = startClient<PageVerbs>(store.get('kernel'), (reason) =>
  giveUp(`The page’s worker ended: ${reason}. Load the page again to go on.`),
);
let term: string | undefined;
const shell = {
  store,
  client,
  say,
  fail(error: unknown) {
    if (!isBroken) status.fail(error);
  },
  on(news: News, listener: () => void) {
    listeners.set(news, (listeners.get(news) ?? new Set()).add(listener));
  },
  tell(news: News) {
    for (const listener of listeners.get(news) ?? []) listener();
  },
  get term() {
    return term;
  },
  meet: meetChallenge,
};
const known = Object.assign(shell, { learned: new LearnedState(shell) });
const page: Page = Object.assign(known, { trainer: new Trainer(known) });

answerQuestions();
followTerms((name) => {
  if (name === term) return;
  term = name;
  page.tell('term');
});

const sendPicture = latest(async () => {
  try {
    await client.call('setImage', { image: pictureOf(store.get('picture')) });
  } finally {
    page.tell('picture');
  }
}, page.fail);
sendPicture();

const contents = new Contents(store);
const places = new Places(page, makers);
teacherView(store, contents);
takeDrops((file, under) => {
  if (!places.open(file, under))
    page.say('No figure on the screen opens files; those of pictures, learning and sampling do.', true);
});

function paintTheme(): void {
  document.documentElement.dataset.theme = store.get('theme');
  places.restyle();
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
    say('Copied: a link to this chapter, its picture and settings.');
  } catch {
    say('The address of this page is a link to this chapter, its picture and settings.');
  }
});

store.on(['picture'], sendPicture);
store.on(['theme'], paintTheme);
// A worker cannot change its kernel, so the page is loaded again.
store.on(['kernel'], () => {
  store.write();
  location.reload();
});
paintTheme();

/** Loads scripts that are needed later, so that the page then asks its server for nothing. */
function loadRest(): void {
  for (const { content } of document.querySelectorAll<HTMLMetaElement>('meta[name="later"]')) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = content;
    document.head.append(link);
  }
}

client
  .call('kernel', {})
  .then((kernel) => {
    document.documentElement.dataset.kernel = kernel;
    // Threads start soon after the page, so that training need not wait for them.
    setTimeout(() => client.call('threads', {}).catch(page.fail), 1000);
    setTimeout(loadRest, 3000);
  })
  .catch((error) =>
    giveUp(
      `This browser cannot run the page: ${(error as Error).message}. It needs WebAssembly with SIMD: any Chrome, Edge or Firefox since 2021, or Safari since 16.4.`,
    ),
  );
