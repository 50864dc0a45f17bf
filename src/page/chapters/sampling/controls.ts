// Which score is sampled, and by what.
import { samplerLines, scheduleLines, solverLines } from '../../../apps/explanations.js';
import { scheduleTable, solverTable } from '../../../apps/samplerTable.js';
import { make, menu } from '../../parts/controls.js';
import type { Page } from '../../state/page.js';
import type { State } from '../../state/state.js';
import type { Store } from '../../state/store.js';
import { scheduleNames, solverNames } from '../../worker/flowMenu.js';
import { type SamplerName, samplerMenu } from '../../worker/samplerMenu.js';
import type { ScoreRequest } from '../../worker/session.js';

/** Samplers by the names that their explanations have. */
const LINES: Record<SamplerName, keyof typeof samplerLines> = {
  langevin: 'langevin',
  mala: 'mala',
  underdamped: 'underdamped',
  hmc: 'hmc',
  nuts: 'nuts',
  annealedLangevin: 'annealed',
  reverseDiffusion: 'reverse',
  probabilityFlow: 'flow',
};

/** The score that is sampled now: the chosen one, or the exact one while there is no network. */
export function sourceOf({ store, learned }: Page) {
  const level = () => learned.level(store.get('level'));
  const sigma = () => learned.sigmas[level()];
  const isExact = () => store.get('from') === 'exact' || learned.network === undefined;
  const request = (): ScoreRequest =>
    isExact() ? { kind: 'exact', sigma: sigma() } : { kind: 'network', level: level() };
  return { level, sigma, isExact, request };
}

/** The menu of scores, and a word where the chosen one does not exist yet. */
export function sourceMenu({ store, learned, on }: Page): HTMLElement[] {
  const lack = make('p', { class: 'hint' }, 'There is no learned score yet, so the exact one is taken.');
  const show = () => {
    lack.hidden = store.get('from') === 'exact' || learned.network !== undefined;
  };
  store.on(['from'], show);
  on('network', show);
  show();
  const entries = [
    ['network', 'learned network'],
    ['exact', 'exact, in closed form'],
  ] as const;
  return [menu(store, 'from', 'Score', entries), lack];
}

type Choice = 'sampler' | 'solver' | 'flowSchedule';

/** A menu, and below it the line that explains the chosen entry. */
function explainedMenu<K extends Choice>(
  store: Store,
  name: K,
  label: string,
  entries: readonly (readonly [State[K], string])[],
  lineOf: (choice: State[K]) => string,
): HTMLElement {
  const line = make('p', { class: 'hint' });
  const show = () => {
    line.textContent = lineOf(store.get(name));
  };
  store.on([name], show);
  show();
  return make('div', {}, menu(store, name, label, entries), line);
}

/** The menu of samplers; of the flow, those of its solver and its schedule too. */
export function ofSampler(store: Store): HTMLElement[] {
  const ofFlow = [
    explainedMenu(
      store,
      'solver',
      'Solver',
      solverNames.map((name) => [name, solverTable[name]] as const),
      (name) => solverLines[name],
    ),
    explainedMenu(
      store,
      'flowSchedule',
      'Noise levels',
      scheduleNames.map((name) => [name, scheduleTable[name]] as const),
      (name) => scheduleLines[name],
    ),
  ];
  const show = () => {
    for (const element of ofFlow) element.hidden = store.get('sampler') !== 'probabilityFlow';
  };
  store.on(['sampler'], show);
  show();
  const samplers = explainedMenu(
    store,
    'sampler',
    'Sampler',
    samplerMenu,
    // The article is the one that this page follows.
    (name) => samplerLines[LINES[name]].replace(' (the article)', ''),
  );
  return [samplers, ...ofFlow];
}
