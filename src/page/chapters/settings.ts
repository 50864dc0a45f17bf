import { presets } from '../../index.js';
import { make, menu, numberField, slider } from '../controls.js';
import type { Name, State } from '../state.js';
import type { Store } from '../store.js';

/** Entries of the state that a network is made with, under the names it has them. */
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

/** What a run of training is made with. */
export const SETTINGS = [...NETWORK, 'batch', 'steps', 'rate', 'schedule'] as const satisfies readonly Name[];

type NetworkSettings = Pick<State, (typeof NETWORK)[number]>;
const networkOf = (from: NetworkSettings) =>
  Object.fromEntries(NETWORK.map((name) => [name, from[name]])) as NetworkSettings;

/** The settings of a preset as entries of the state. */
export function presetState(name: State['preset']): Partial<State> {
  const { network, training } = presets[name];
  const { batch, steps, learningRate: rate, schedule } = training;
  return { ...networkOf(network), batch, steps, rate, schedule };
}

/** What the network and its training are made with. */
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
    slider(store, 'features', { label: 'Fourier features', min: 8, max: 512, step: 8 }),
    slider(store, 'width', { label: 'Width of a layer', min: 8, max: 256, step: 8 }),
    slider(store, 'depth', { label: 'Hidden layers', min: 1, max: 5, step: 1 }),
    slider(store, 'levels', { label: 'Noise levels', min: 9, max: 40, step: 1 }),
    slider(store, 'batch', { label: 'Points a step', min: 8, max: 512, step: 8 }),
    slider(store, 'rate', { label: 'Learning rate', min: 1e-5, max: 3e-2, log: true }),
    slider(store, 'featureScale', { label: 'Lowest frequency', min: 0.25, max: 8, log: true }),
    slider(store, 'featureSpread', { label: 'Highest over lowest', min: 1, max: 64, log: true }),
    menu(store, 'encoding', 'Features', [
      ['averaged', 'averaged over the noise'],
      ['plain', 'plain'],
    ]),
    numberField(store, 'steps', { label: 'Steps', min: 1, max: 100_000 }),
    menu(store, 'schedule', 'Schedule', [
      ['cosine', 'cosine'],
      ['constant', 'constant'],
    ]),
    menu(store, 'output', 'Output', [
      ['noise', 'score times sigma'],
      ['score', 'score'],
    ]),
    numberField(store, 'seed', { label: 'Seed of the network', min: 0, max: 2 ** 32 - 1 }),
    numberField(store, 'dataSeed', { label: 'Seed of the training', min: 0, max: 2 ** 32 - 1 }),
  );
}
