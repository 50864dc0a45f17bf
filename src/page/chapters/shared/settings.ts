import { make, menu, numberField, slider } from '../../parts/controls.js';
import type { Store } from '../../state/store.js';

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
