// The worker of <score-field>: it knows densities, networks and particles, but not the verbs that only the page needs.
import { answer } from './worker/answer.js';
import { ElementScores } from './worker/elementScores.js';
import { elementVerbs } from './worker/figureVerbs.js';

answer((core) => elementVerbs(new ElementScores(core)));
