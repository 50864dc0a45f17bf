// The worker of <score-field>: it knows densities and particles, but not the verbs that only the page needs.
import { answer } from './worker/answer.js';
import { figureVerbs } from './worker/figureVerbs.js';
import { PlainScoreSource } from './worker/scores.js';

answer((core) => figureVerbs(new PlainScoreSource(core)));
