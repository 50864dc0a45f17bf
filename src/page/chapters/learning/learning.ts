import { presets } from '../../../training/presets.js';
import { longestOf } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { bytesOf } from '../../parts/bytesOf.js';
import { button, digits, fileButton, group, make, menu, row } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import { saveButton } from '../../save/saveButton.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { presetState, SETTINGS } from '../../state/settings.js';
import { learningCode } from '../shared/code.js';
import { drawField, FIELD_GRID } from '../shared/fields.js';
import { LossChart } from '../shared/lossChart.js';
import { captioned, legendOf, levelSlider } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { settingsControls } from '../shared/settings.js';
import { keptRow } from './keptRow.js';
import { sentence } from './sentence.js';

const GRID = 15;
const PANELS = 9;
/** Panels that are drawn after one another while a network trains: each canvas that changes costs a frame. */
const TURN = 3;
const NOTHING = { x: new Float32Array(0), s: new Float32Array(0) };

/** A network that learns the score of the picture, its loss, and its field at each noise level. */
export function learningFigure(page: Page): LiveFigure {
  const { store, client, learned } = page;
  const field = new Figure('The learned score at one noise level', unitSquare);
  const panels = Array.from(
    { length: PANELS },
    (_, i) => new Figure(`Learned score, panel ${i + 1}`, unitSquare),
  );
  const captions = panels.map(() => make('figcaption'));
  const { trainer } = page;
  const chart = new LossChart(trainer.losses);
  const legend = legendOf([
    { name: 'loss of each step', term: 'loss', colour: 'particle' },
    { name: 'best possible, in closed form', term: 'best', colour: 'accent', dash: true },
  ]);
  /** Without losses the chart would be an empty frame. */
  const curve = make('div', {}, chart.element, legend);
  const reading = make('p', { class: 'reading', 'aria-live': 'off' }, 'Not trained yet.');
  let isVisible = false;
  let arePanelsSeen = false;
  /** The panel whose turn it is, counted on from one round to the next. */
  let next = 0;

  const caption = () => {
    const level = learned.level(store.get('level'));
    return `Learned score at σ = ${digits(learned.sigmas[level])}, longest arrow ${digits(longest)}, after ${(learned.network?.step ?? 0).toLocaleString('en')} steps`;
  };
  const image = () => pictureOf(store.get('picture'));
  let longest = 0;
  const drawAt = async (figure: Figure, level: number) => {
    const arrows = await client.call('field', {
      score: { kind: 'network', level },
      grid: { ...FIELD_GRID, n: GRID },
    });
    if (figure === field) longest = longestOf(arrows.s);
    drawField(figure, image(), arrows, GRID, () => figure === field && page.term === 'score');
  };
  const drawFields = latest(async () => {
    if (!isVisible) return;
    if (!learned.network) {
      for (const figure of [field, ...panels]) drawField(figure, image(), NOTHING, GRID);
      return;
    }
    const { sigmas } = learned.network;
    const level = learned.level(store.get('level'));
    field.label = `The learned score at noise level ${level}, sigma ${digits(sigmas[level])}, as arrows over the picture`;
    await drawAt(field, level);
    if (!arePanelsSeen) return;
    // While a network trains they take turns.
    const count = trainer.isRunning ? TURN : PANELS;
    for (let k = 0; k < count; k++) {
      const i = next++ % PANELS;
      const at = Math.round((i * (sigmas.length - 1)) / (PANELS - 1));
      await drawAt(panels[i], at);
      captions[i].textContent = `σ = ${digits(sigmas[at])}`;
    }
  }, page.fail);

  // Changes of the controls during a run affect only the next one.
  const train = () => trainer.start(store.all).then(sayEnd, page.fail);
  const sayEnd = () => {
    if (!trainer.wasStopped && trainer.step === trainer.steps) page.say(`Trained: ${trainer.step} steps`);
  };
  const start = button('Train', train, { class: 'primary' });
  const pause = button('Pause', () => trainer.pause(!trainer.isPaused), { disabled: true });
  const stop = button('Stop', () => trainer.stop(), { disabled: true });

  let drawn = 0;
  const show = () => {
    const { isRunning, isPaused, isSketch, step, steps, losses } = trainer;
    // Said when the figure is seen again.
    if (isRunning && !isVisible) return;
    pause.disabled = stop.disabled = !isRunning;
    start.disabled = isRunning && !isSketch;
    put(start, isRunning || steps === 0 || isSketch ? 'Train' : 'Train anew');
    put(pause, isPaused ? 'Resume' : 'Pause');
    curve.hidden = losses.values.length === 0;
    chart.draw();
    if (steps > 0) put(reading, sentence(trainer));
    sayComing();
    if (step > 0 && isRunning && performance.now() - drawn > 700) {
      drawn = performance.now();
      drawFields();
    }
    if (!isRunning && losses.values.length > 0) drawFields();
  };

  const sayComing = () => {
    const { network, isComing } = learned;
    if (trainer.isRunning || !network || !isComing) return;
    reading.textContent = `A network that comes with the page: ${network.step.toLocaleString('en')} steps on this picture, with the settings the page begins with. Train one to see it learn.`;
  };
  const open = async (file: File) => {
    try {
      const bytes = await bytesOf(file);
      await trainer.stop();
      const { config, step } = await client.call('loadWeights', { bytes, name: file.name });
      learned.origin = { file: file.name };
      trainer.clear();
      reading.textContent = `${file.name}: ${step} steps, ${config.levels} noise levels, ${config.depth} layers of ${config.width}`;
      await learned.refresh();
      drawFields();
    } catch (error) {
      page.fail(error);
    }
  };
  const save = saveButton(page, 'Save the weights', async () => ({
    name: 'weights.safetensors',
    bytes: await client.call('saveWeights', {}),
  }));

  page.on('training', show);
  page.on('term', () => {
    chart.light(page.term);
    field.repaintGround();
  });
  show();
  store.on(['level'], drawFields);
  page.on('picture', drawFields);
  page.on('network', drawFields);
  page.on('network', sayComing);
  sayComing();
  const settings = settingsControls(store);
  store.on(SETTINGS, () => {
    if (trainer.isRunning && !trainer.isSketch) page.say('The new settings hold from the next run on.');
  });
  const controls = make(
    'div',
    { class: 'controls' },
    menu(
      store,
      'preset',
      'Preset',
      (['quick', 'article'] as const).map(
        (name) => [name, `${name}, ${presets[name].training.steps.toLocaleString('en')} steps`] as const,
      ),
      // The preset's settings apply only when it is chosen: a link may name a preset and other settings.
      (preset) => ({ preset, ...presetState(preset) }),
    ),
    settings,
    group('Field', levelSlider(page, learned)),
    group('Weights', row(save, fileButton('Open weights', '.safetensors', open))),
  );
  const grid = make(
    'div',
    { class: 'panels' },
    ...panels.map((panel, i) => make('figure', {}, panel.element, captions[i])),
  );
  new IntersectionObserver((entries) => {
    // A busy page hears of several changes at once, the last one last.
    arePanelsSeen = entries[entries.length - 1].isIntersecting;
    if (arePanelsSeen) drawFields();
  }).observe(grid);
  const stage = make(
    'div',
    { class: 'stage' },
    row(start, pause, stop),
    keptRow(page, train),
    reading,
    make('div', { class: 'pair' }, curve, captioned(field, 'The learned score at the level of the slider')),
    make('h3', {}, 'The score from the least noise to the most'),
    grid,
    saveMenu(page, {
      name: 'field',
      figures: [field],
      code: () => learningCode(store.all, learned),
      caption,
    }),
  );
  return {
    element: make('div', { class: 'sides' }, stage, controls),
    open,
    setVisible(visible) {
      isVisible = visible;
      if (!visible) return;
      show();
      drawFields();
    },
    restyle: () => chart.restyle(),
  };
}

/** Sets a text that is another: the same, set again, has the page laid out anew. */
function put(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
