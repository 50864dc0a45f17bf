// The page's worker. It does all computing: it holds the library's core and answers the page's calls.
import { answer } from './worker/answer.js';
import { pageVerbs } from './worker/pageVerbs.js';
import { Session } from './worker/session.js';

// A worker from the folder loads its threads' script from there; a worker from a blob uses the library's copy of it.
const { protocol, href } = (globalThis as unknown as { location: { href: string; protocol: string } })
  .location;
const threads = protocol === 'blob:' ? undefined : new URL('thread.js', href);
answer((core, options) => pageVerbs(new Session(core, { ...options, worker: threads })));
