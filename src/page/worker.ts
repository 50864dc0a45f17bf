// The page's worker. It does all computing: it holds the library's core and answers the page's calls.
import { answer } from './worker/answer.js';
import { pageVerbs } from './worker/pageVerbs.js';
import { Session } from './worker/session.js';

answer((core, options) => pageVerbs(new Session(core, options)));
