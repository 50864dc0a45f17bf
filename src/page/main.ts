// The page: an article of chapters over one state and one worker. What its words have places for is made when the reader
// comes near; the scripts of all but the first screen are loaded then.

import { threadPorts } from '../core/threadPorts.js';
import { startClient } from './calls/client.js';
import { figures as first } from './chapters/draw/index.js';
import { pictureOf } from './chapters/shared/picture.js';
import { takeDrops } from './parts/drops.js';
import { latest } from './parts/latest.js';
import { layOutBelow } from './shell/below.js';
import { Contents } from './shell/contents.js';
import { messagesIn } from './shell/messages.js';
import { Places } from './shell/places.js';
import { teacherView } from './shell/teacher.js';
import { answerQuestions, followTerms, meetChallenge } from './shell/words.js';
import { LearnedState } from './state/learned.js';
import type { News, Page } from './state/page.js';
import { Store } from './state/store.js';
import { Trainer } from './state/trainer.js';
import type { PageVerbs } from './worker/pageVerbs.js';

/** The script of threads as a file, or '' where the page uses the text that it carries; the build defines it. */
declare const THREAD_FILE: string;

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

layOutBelow();
const contents = new Contents(store);
const places = new Places(page, first, async () => (await import('./chapters/below.js')).figures);
teacherView(store, contents);
takeDrops(async (file, under) => {
  try {
    if (!(await places.open(file, under)))
      page.say('No figure on the screen opens files; those of pictures, learning and sampling do.', true);
  } catch (error) {
    page.fail(error);
  }
});

const isDark = () => getComputedStyle(document.documentElement).colorScheme === 'dark';
/** Says on the button for the theme what it does. */
const nameTheme = () => {
  find('#theme').textContent = isDark() ? 'Light theme' : 'Dark theme';
};
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme);

function paintTheme(): void {
  document.documentElement.dataset.theme = store.get('theme');
  nameTheme();
  places.restyle();
  // Figures read their colours from CSS, so they must be redrawn.
  dispatchEvent(new Event('figure-colours'));
}
find('#theme').addEventListener('click', () => {
  store.set({ theme: isDark() ? 'light' : 'dark' });
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

/** Starts threads for the worker; where none can be started, it does all work alone. */
async function lendThreads(): Promise<void> {
  const worker = THREAD_FILE ? new URL(THREAD_FILE, document.baseURI) : undefined;
  const ports = await threadPorts({ worker }).catch(() => []);
  await client.call('threads', { ports });
}

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
    setTimeout(() => lendThreads().catch(page.fail), 1000);
    setTimeout(loadRest, 3000);
  })
  .catch((error) =>
    giveUp(
      `This browser cannot run the page: ${(error as Error).message}. It needs WebAssembly with SIMD: any Chrome, Edge or Firefox since 2021, or Safari since 16.4.`,
    ),
  );
