import { presets } from '../../../training/presets.js';
import { type Call, Stopped } from '../../calls/rpc.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { button, digits, fileButton, group, make, menu, row } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { download } from '../../save/download.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { TrainEvent } from '../../worker/training.js';
import { learningCode } from '../shared/code.js';
import { drawField, FIELD_GRID } from '../shared/fields.js';
import { LossChart } from '../shared/lossChart.js';
import { captioned, levelSlider } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { presetState, SETTINGS, settingsControls, settingsOf } from '../shared/settings.js';

const GRID = 15;
const PANELS = 9;
const NOTHING = { x: new Float32Array(0), s: new Float32Array(0) };

export function learningFigure(page: Page): LiveFigure {
  const { store, client, learned } = page;
  const field = new Figure('The learned score at one noise level', unitSquare);
  const panels = Array.from(
    { length: PANELS },
    (_, i) => new Figure(`Learned score, panel ${i + 1}`, unitSquare),
  );
  const captions = panels.map(() => make('figcaption'));
  const chart = new LossChart();
  const reading = make('p', { class: 'reading', 'aria-live': 'off' }, 'Not trained yet.');
  let call: Call<{ step: number }> | undefined;
  let best: Call<number> | undefined;
  let isPaused = false;
  let isVisible = false;
  let bestLoss: number | undefined;
  /** Resolves when the run has ended, by whatever cause. */
  let ended: Promise<void> = Promise.resolve();

  const image = () => pictureOf(store.get('picture'));
  const drawAt = async (figure: Figure, level: number) => {
    const arrows = await client.call('field', {
      score: { kind: 'network', level },
      grid: { ...FIELD_GRID, n: GRID },
    });
    drawField(figure, image(), arrows, GRID);
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
    for (let i = 0; i < PANELS; i++) {
      const at = Math.round((i * (sigmas.length - 1)) / (PANELS - 1));
      await drawAt(panels[i], at);
      captions[i].textContent = `σ = ${digits(sigmas[at])}`;
    }
  }, page.fail);

  const start = button(
    'Train',
    () => {
      ended = train();
    },
    { class: 'primary' },
  );
  const pause = button('Pause', () => hold(!isPaused), { disabled: true });
  const halt = () => {
    call?.stop();
    best?.stop();
  };
  const stop = button('Stop', halt, { disabled: true });

  const hold = (paused: boolean) => {
    if (!call) return;
    isPaused = paused;
    pause.textContent = paused ? 'Resume' : 'Pause';
    client.call('trainPause', { paused }).catch(page.fail);
  };
  // Training pauses while the tab is hidden, unless the reader had paused it before.
  let wasGoing = false;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      wasGoing = call !== undefined && !isPaused;
      if (wasGoing) hold(true);
    } else if (wasGoing) hold(false);
  });

  let drawn = 0;
  const hear = ({ step, losses, stepsPerSecond, gflops }: TrainEvent, steps: number) => {
    chart.add(losses);
    const rate =
      stepsPerSecond > 0 && !isPaused
        ? ` · ${digits(stepsPerSecond)} steps a second, ${digits(gflops)} GFLOP/s`
        : '';
    const least = bestLoss === undefined ? '' : ` (best possible ${digits(bestLoss)})`;
    reading.textContent = `Step ${step} of ${steps} · loss ${digits(chart.last)}${least}${rate}${isPaused ? ' · paused' : ''}`;
    if (learned.network) learned.network.step = step;
    if (performance.now() - drawn > 700) {
      drawn = performance.now();
      drawFields();
    }
  };

  async function train() {
    chart.clear();
    bestLoss = undefined;
    isPaused = false;
    pause.textContent = 'Pause';
    pause.disabled = stop.disabled = false;
    start.disabled = true;
    reading.textContent = 'Starting';
    // Changes of the controls during a run affect only the next one.
    const state = store.all;
    const { config, training } = settingsOf(state);
    const { seed, dataSeed, steps } = state;
    learned.origin = { state };
    call = client.call('train', { config, training, seed, dataSeed }, (event: TrainEvent) => {
      if (!best) findBest();
      hear(event, steps);
    });
    try {
      const { step } = await call;
      page.say(`Trained: ${step} steps`);
    } catch (error) {
      if (error instanceof Stopped) reading.textContent += ' · stopped';
      else page.fail(error);
    } finally {
      best?.stop();
      call = undefined;
      best = undefined;
      pause.disabled = stop.disabled = true;
      start.disabled = false;
      start.textContent = 'Train anew';
      await learned.refresh().catch(page.fail);
      drawFields();
    }
  }

  const findBest = () => {
    learned.refresh().catch(page.fail);
    const call = client.call('best', {});
    best = call;
    call
      .then((loss) => {
        if (best !== call) return;
        bestLoss = loss;
        chart.best = loss;
      })
      .catch((error) => {
        if (!(error instanceof Stopped)) page.fail(error);
      });
  };

  const open = async (file: File) => {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      halt();
      await ended;
      const { config, step } = await client.call('loadWeights', { bytes, name: file.name });
      learned.origin = { file: file.name };
      chart.clear();
      reading.textContent = `${file.name}: ${step} steps, ${config.levels} noise levels, ${config.depth} layers of ${config.width}`;
      await learned.refresh();
      drawFields();
    } catch (error) {
      page.fail(error);
    }
  };
  const save = button('Save the weights', async () => {
    try {
      download('weights.safetensors', await client.call('saveWeights', {}), 'application/octet-stream');
    } catch (error) {
      page.fail(error);
    }
  });

  store.on(['level'], drawFields);
  page.on('picture', drawFields);
  page.on('network', drawFields);
  const settings = settingsControls(store);
  store.on(SETTINGS, () => {
    if (call) page.say('The new settings hold from the next run on.');
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
  const legend = make(
    'p',
    { class: 'hint' },
    make('span', { class: 'key line' }),
    ' loss of each step ',
    make('span', { class: 'key dash' }),
    ' best possible, in closed form',
  );
  const stage = make(
    'div',
    { class: 'stage' },
    row(start, pause, stop),
    reading,
    make(
      'div',
      { class: 'pair' },
      make('div', {}, chart.element, legend),
      captioned(field, 'The learned score at the level of the slider'),
    ),
    make('h3', {}, 'The score from the least noise to the most'),
    grid,
    saveMenu(page, { name: 'field', figures: [field], code: () => learningCode(store.all, learned) }),
  );
  return {
    element: make('div', { class: 'sides' }, stage, controls),
    open,
    setVisible(visible) {
      isVisible = visible;
      if (visible) drawFields();
    },
    restyle: () => chart.restyle(),
  };
}
