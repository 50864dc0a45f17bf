import { presets } from '../../training/presets.js';
import type { Name, State } from './state.js';

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
