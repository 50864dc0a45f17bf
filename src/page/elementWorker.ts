// The worker of <score-field>: densities and particles, and nothing of what only the page does.
import { answer } from './work/answer.js';
import { type FigureVerbs, figureVerbs } from './work/figureVerbs.js';
import { type PlainRequest, PlainSource } from './work/scores.js';

export type ElementVerbs = FigureVerbs<PlainRequest>;

answer((core) => figureVerbs(new PlainSource(core)));
