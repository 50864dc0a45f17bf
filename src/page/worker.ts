// The page's worker: all computing happens here. It holds the library's core and answers calls by verb.
import { answer } from './worker/answer.js';
import { pageVerbs } from './worker/pageVerbs.js';
import { Session } from './worker/session.js';

// Beside a worker from the folder lies the script of its threads; one from a blob brings it along as text.
const { protocol, href } = (globalThis as unknown as { location: { href: string; protocol: string } })
  .location;
const threads = protocol === 'blob:' ? undefined : new URL('thread.js', href);
answer((core) => pageVerbs(new Session(core, threads)));
