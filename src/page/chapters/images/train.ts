import { type Call, Stopped } from '../../calls/rpc.js';
import { bytesOf } from '../../parts/bytesOf.js';
import { button, digits, fileButton, make, numberField, row } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import { saveButton } from '../../save/saveButton.js';
import { keptPictures } from '../../state/kept.js';
import { Losses } from '../../state/losses.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { ImageTrainEvent, Progress } from '../../worker/images/training.js';
import { LossChart } from '../shared/lossChart.js';
import { captioned } from '../shared/parts.js';
import { FILES, trainCode } from './code.js';
import { shown } from './errors.js';
import { keptPicturesRow } from './keptPictures.js';
import { noisyRange, Pictures } from './pictures.js';
import { digitsButton, sharedOf } from './shared.js';

/** Steps of a training. */
const STEPS = 2000;
/** Noise on the held-out pictures that are shown, as in the worker. */
const SIGMA = 0.5;
const LEGEND = 'The loss of each step; the pictures above are made anew as it learns.';
const UNTRAINED = 'A network that has learned nothing yet: press Train and look on.';

/** A small U-Net that trains from nothing, on digits or on the reader's pictures, with what it makes of noise as it learns. */
export function trainFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shared = sharedOf(page);
  const losses = new Losses();
  const chart = new LossChart(losses);
  /** Without losses the chart would be an empty frame. */
  const curve = make('div', { hidden: true }, chart.element, make('p', { class: 'hint' }, LEGEND));
  const data = new Pictures('Pictures that it learns from', page, 'x');
  const samples = new Pictures('Pictures that the network makes of noise');
  const noisy = new Pictures('Pictures it has not seen, with noise', page, 'y');
  const denoised = new Pictures('The same, as the network denoises them', page, 'xhat');
  const reading = make('p', { class: 'reading', 'aria-live': 'off' }, UNTRAINED);
  const error = make('p', { class: 'reading' });
  const unseen = make('figcaption', {}, `Pictures it never saw, with noise σ = ${SIGMA}`);
  let call: Call<{ step: number }> | undefined;
  let isVisible = false;
  /** Whether the pictures that it denoises are kept from the present training. */
  let isHeldOut = true;
  /** Steps done of the present training, or of the weights that were opened. */
  let done = 0;
  /** What is shown now, in words. */
  let shows = 'untrained';

  const showProgress = (progress: Progress) => {
    samples.show(progress.samples);
    noisy.show(progress.noisy, noisyRange(SIGMA));
    denoised.show(progress.denoised);
    const [own, linear] = [progress.error, progress.linearError];
    error.textContent = `Error a pixel at σ = ${SIGMA}: ${shown(own)}; the best linear denoiser’s is ${shown(linear)}.${isHeldOut ? '' : ' With fewer than ten pictures, these are the ones it learned from.'}`;
    if (isHeldOut && own < linear) page.meet('beat-linear');
  };
  const sayUnseen = () => {
    isHeldOut = shared.isHeldOut;
    unseen.textContent = `${isHeldOut ? 'Pictures it never saw' : 'The pictures it learns from'}, with noise σ = ${SIGMA}`;
  };
  /** Shows what a network makes of pictures before it has learned, unless there is one that has. */
  const showBefore = latest(async () => {
    if (!isVisible || call || shared.isTrained) return;
    const { source, inUse } = shared;
    const seed = store.get('seed');
    const present = `untrained ${inUse} ${seed}`;
    if (shows === present) return;
    const progress = await client.call('imagesBefore', { source, seed });
    if (call || shared.isTrained || inUse !== shared.inUse) return;
    shows = present;
    sayUnseen();
    curve.hidden = true;
    reading.textContent = UNTRAINED;
    showProgress(progress);
  }, page.fail);
  const hear = ({ step, losses: heard, stepsPerSecond, progress }: ImageTrainEvent) => {
    losses.add(heard);
    chart.draw();
    done = step;
    if (progress) showProgress(progress);
    const left =
      stepsPerSecond > 0 && step < STEPS ? ` · ${timeLeft((STEPS - step) / stepsPerSecond)} left` : '';
    reading.textContent = `Step ${step.toLocaleString('en')} of ${STEPS.toLocaleString('en')} · loss ${digits(losses.last)}${left}`;
  };

  const start = button('Train', () => train(), { class: 'primary' });
  const stop = button('Stop', () => call?.stop(), { disabled: true });
  async function train() {
    const { source, inUse } = shared;
    const { words } = shared;
    sayUnseen();
    kept.hide();
    done = 0;
    losses.clear();
    chart.draw();
    curve.hidden = false;
    error.textContent = '';
    reading.textContent = 'Starting';
    start.disabled = true;
    stop.disabled = false;
    call = client.call('imagesTrain', { source, steps: STEPS, seed: store.get('seed') }, hear);
    try {
      await call;
      page.say('Trained. What it makes of noise stands beside the local scores, above.');
    } catch (error) {
      if (error instanceof Stopped) reading.textContent += ' · stopped';
      else page.fail(error);
    } finally {
      call = undefined;
      stop.disabled = true;
      start.disabled = false;
      start.textContent = 'Train anew';
      // Other pictures may have been opened meanwhile: of these it knows nothing.
      shared.isTrained = done > 0 && inUse === shared.inUse;
      if (shared.isTrained) shows = 'trained';
      shared.tell();
      if (done > 0) keep(words);
    }
  }

  /** Keeps the network in the browser; one that was stopped before it was ever shown is not worth it. */
  async function keep(from: string) {
    const weights = await client.call('imagesSave', { net: 'trained' }).catch(() => undefined);
    // Some browsers keep nothing for this page: then there is nothing to offer later.
    if (weights) await keptPictures.keep({ weights, step: done, from }).catch(() => {});
  }
  /** Puts saved weights to use on the pictures in use. */
  async function openWeights(bytes: Uint8Array, name: string) {
    if (call) throw new Error('A network trains now: stop it first.');
    const { source, inUse } = shared;
    const { step, progress } = await client.call('imagesOpen', { bytes, name, source });
    if (inUse !== shared.inUse) return;
    done = step;
    shows = name;
    sayUnseen();
    curve.hidden = true;
    reading.textContent = `${name}: ${step.toLocaleString('en')} steps.`;
    start.textContent = 'Train anew';
    showProgress(progress);
    shared.isTrained = true;
    store.set({ netOf: 'own' });
    shared.tell();
  }
  const kept = keptPicturesRow(page, ({ weights }) => openWeights(weights.slice(), 'Your network'));

  const invert = make('input', { type: 'checkbox', id: 'images-invert', checked: true });
  const open = async (file: File) => {
    try {
      const bytes = await bytesOf(file);
      if (file.name.endsWith('.safetensors')) {
        await openWeights(bytes, file.name);
        return;
      }
      const { count } = await client.call('imagesRead', { bytes, name: file.name, invert: invert.checked });
      shared.take({ count });
      page.say(
        `${file.name}: ${count === 1 ? 'one picture so far; add more' : `${count.toLocaleString('en')} pictures`}, at 20 × 20 pixels.`,
      );
    } catch (error) {
      page.fail(error);
    }
  };
  const say = () => {
    from.textContent = `It learns from ${shared.words}`;
  };
  const from = make('figcaption');
  const showData = latest(async () => {
    if (isVisible) data.show(await client.call('imagesFirst', { source: shared.source }));
  }, page.fail);
  shared.on(() => {
    say();
    showData();
    showBefore();
  });
  store.on(['seed'], showBefore);
  say();
  const save = saveButton(page, 'Save the weights', async () => ({
    name: FILES.trained,
    bytes: await client.call('imagesSave', { net: 'trained' }),
  }));

  return {
    element: make(
      'div',
      { class: 'stage' },
      row(
        start,
        stop,
        save,
        fileButton('Open weights', '.safetensors', open),
        numberField(store, 'seed', 'Seed'),
      ),
      kept.element,
      reading,
      error,
      make(
        'div',
        { class: 'four' },
        make('figure', {}, data.element, from),
        captioned(samples, 'Made from noise, always the same, as the network learns'),
        make('figure', {}, noisy.element, unseen),
        captioned(denoised, 'As it denoises them now'),
      ),
      curve,
      row(
        fileButton('Open pictures', '.png,.jpg,.jpeg,.gz,image/*,*', open, true),
        make('label', { class: 'toggle' }, invert, 'Dark is ink (PNG and JPEG)'),
        digitsButton(shared),
      ),
      make(
        'p',
        { class: 'hint' },
        'Drop an IDX file, such as MNIST’s train-images-idx3-ubyte.gz, or PNG and JPEG pictures, several at once or one by one. All are made 20 × 20 pixels, in grey; nothing leaves this page.',
      ),
      saveMenu(page, {
        name: 'training',
        figures: [data, samples, noisy, denoised],
        code: () => `${shared.note}${trainCode(store.all, STEPS)}`,
        caption: () =>
          `Data; made from noise; unseen with noise σ = ${SIGMA}; denoised, after ${done.toLocaleString('en')} steps`,
      }),
    ),
    open,
    setVisible(visible) {
      isVisible = visible;
      showData();
      showBefore();
    },
    restyle: () => chart.restyle(),
  };
}

/** Seconds in words. */
function timeLeft(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
