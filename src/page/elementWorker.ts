// The worker of <score-field>: densities and particles, and nothing of what only the page does.
import { answer } from './worker/answer.js';
import { figureVerbs } from './worker/figureVerbs.js';
import { PlainScoreSource } from './worker/scores.js';

answer((core) => figureVerbs(new PlainScoreSource(core)));
