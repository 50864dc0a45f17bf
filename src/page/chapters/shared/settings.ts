import { presets } from '../../../index.js';
import { make, menu, numberField, slider } from '../../parts/controls.js';
import type { Name, State } from '../../state/state.js';
import type { Store } from '../../state/store.js';

/** Entries of the state that configure a network; they have the names of its options. */
const NETWORK = [
  'features',
  'width',
  'depth',
  'levels',
  'output',
  'featureScale',
  'featureSpread',
  'encoding',
] as const satisfies readonly Name[];

/** Entries of the state that configure a network and its training. */
export const SETTINGS = [...NETWORK, 'batch', 'steps', 'rate', 'schedule'] as const satisfies readonly Name[];

type NetworkSettings = Pick<State, (typeof NETWORK)[number]>;
const networkOf = (from: NetworkSettings) =>
  Object.fromEntries(NETWORK.map((name) => [name, from[name]])) as NetworkSettings;

/** A preset as entries of the state. */
export function presetState(name: State['preset']): Partial<State> {
  const { network, training } = presets[name];
  const { batch, steps, learningRate: rate, schedule } = training;
  return { ...networkOf(network), batch, steps, rate, schedule };
}

/** The options of the network and of its training, from the state. */
export function settingsOf(state: State) {
  const { batch, steps, rate, schedule } = state;
  return { config: networkOf(state), training: { batch, steps, learningRate: rate, schedule } };
}

/** Controls of the network and its training. */
export function settingsControls(store: Store): HTMLElement {
  return make(
    'details',
    {},
    make('summary', {}, 'Network and training'),
    slider(store, 'features', { label: 'Fourier features', step: 8 }),
    slider(store, 'width', { label: 'Width of a layer', step: 8 }),
    slider(store, 'depth', { label: 'Hidden layers', step: 1 }),
    slider(store, 'levels', { label: 'Noise levels', step: 1 }),
    slider(store, 'batch', { label: 'Points a step', step: 8 }),
    slider(store, 'rate', { label: 'Learning rate', log: true }),
    slider(store, 'featureScale', { label: 'Lowest frequency', log: true }),
    slider(store, 'featureSpread', { label: 'Highest over lowest', log: true }),
    menu(store, 'encoding', 'Features', [
      ['averaged', 'averaged over the noise'],
      ['plain', 'plain'],
    ]),
    numberField(store, 'steps', 'Steps'),
    menu(store, 'schedule', 'Schedule', [
      ['cosine', 'cosine'],
      ['constant', 'constant'],
    ]),
    menu(store, 'output', 'Output', [
      ['noise', 'score times sigma'],
      ['score', 'score'],
    ]),
    numberField(store, 'seed', 'Seed of the network'),
    numberField(store, 'dataSeed', 'Seed of the training'),
  );
}
