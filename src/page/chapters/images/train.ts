import { type Call, Stopped } from '../../calls/rpc.js';
import { button, digits, fileButton, make, numberField, row } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { download } from '../../save/download.js';
import { Losses } from '../../state/losses.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { ImageTrainEvent, Progress } from '../../worker/images/training.js';
import { LossChart } from '../shared/lossChart.js';
import { captioned } from '../shared/parts.js';
import { shown } from './errors.js';
import { noisyRange, Pictures } from './pictures.js';
import { sharedOf } from './shared.js';

/** Steps of a training. */
const STEPS = 2000;
/** Noise on the held-out pictures that are shown, as in the worker. */
const SIGMA = 0.5;
/** Larger files are refused as mistakes. */
const MOST_BYTES = 200e6;

/** A small U-Net that trains from nothing, on digits or on the reader's pictures, with what it makes of noise as it learns. */
export function trainFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const shared = sharedOf(page);
  const losses = new Losses();
  const chart = new LossChart(losses);
  const data = new Pictures('Pictures that it learns from');
  const samples = new Pictures('Pictures that the network makes of noise');
  const noisy = new Pictures('Pictures it has not seen, with noise');
  const denoised = new Pictures('The same, as the network denoises them');
  const reading = make('p', { class: 'reading', 'aria-live': 'off' }, 'Not trained yet: press Train.');
  const error = make('p', { class: 'reading' });
  const unseen = make('figcaption', {}, `Pictures it never saw, with noise σ = ${SIGMA}`);
  let call: Call<{ step: number }> | undefined;
  let isVisible = false;
  /** Whether the pictures that it denoises are kept from the present training. */
  let isHeldOut = true;
  /** Steps done of the present training. */
  let done = 0;

  const showProgress = (progress: Progress) => {
    samples.show(progress.samples);
    noisy.show(progress.noisy, noisyRange(SIGMA));
    denoised.show(progress.denoised);
    const [own, linear] = [progress.error, progress.linearError];
    error.textContent = `Error a pixel at σ = ${SIGMA}: ${shown(own)}; the best linear denoiser’s is ${shown(linear)}.${isHeldOut ? '' : ' With fewer than ten pictures, these are the ones it learned from.'}`;
    if (isHeldOut && own < linear) page.meet('beat-linear');
  };
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
    isHeldOut = shared.isHeldOut;
    unseen.textContent = `${isHeldOut ? 'Pictures it never saw' : 'The pictures it learns from'}, with noise σ = ${SIGMA}`;
    done = 0;
    losses.clear();
    chart.draw();
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
      shared.tell();
    }
  }

  const invert = make('input', { type: 'checkbox', id: 'images-invert', checked: true });
  const open = async (file: File) => {
    try {
      if (file.size > MOST_BYTES)
        throw new Error(`${file.name}: must be smaller than 200 MB, got ${Math.round(file.size / 1e6)} MB`);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { count } = await client.call('imagesRead', { bytes, name: file.name, invert: invert.checked });
      shared.ownCount = count;
      shared.opened++;
      shared.choose('own');
      page.say(
        `${file.name}: ${count === 1 ? 'one picture so far; add more' : `${count.toLocaleString('en')} pictures`}, at 20 × 20 pixels.`,
      );
    } catch (error) {
      page.fail(error);
    }
  };
  const back = button('Use the built-in digits', () => shared.choose('digits'), { hidden: true });
  const say = () => {
    back.hidden = shared.source === 'digits';
    const own = shared.ownCount;
    from.textContent =
      shared.source === 'digits'
        ? 'It learns from 2,000 digits that the library draws'
        : `It learns from ${own === 1 ? 'one picture of yours' : `${own.toLocaleString('en')} pictures of yours`}`;
  };
  const from = make('figcaption');
  const showData = latest(async () => {
    if (isVisible) data.show(await client.call('imagesFirst', { source: shared.source }));
  }, page.fail);
  shared.on(() => {
    say();
    showData();
  });
  say();
  const save = button('Save the weights', async () => {
    try {
      download('images.safetensors', await client.call('imagesSave', {}), 'application/octet-stream');
    } catch (error) {
      page.fail(error);
    }
  });

  return {
    element: make(
      'div',
      { class: 'stage' },
      row(start, stop, save, numberField(store, 'seed', 'Seed')),
      reading,
      error,
      make(
        'div',
        { class: 'pair' },
        chart.element,
        captioned(samples, 'Made from noise, always the same, as the network learns'),
      ),
      make(
        'div',
        { class: 'triple' },
        make('figure', {}, data.element, from),
        make('figure', {}, noisy.element, unseen),
        captioned(denoised, 'As it denoises them now'),
      ),
      row(
        fileButton('Open pictures', '.png,.jpg,.jpeg,.gz,image/*,*', open),
        make('label', { class: 'toggle' }, invert, 'Dark is ink (PNG and JPEG)'),
        back,
      ),
      make(
        'p',
        { class: 'hint' },
        'Drop an IDX file, such as MNIST’s train-images-idx3-ubyte.gz, or PNG and JPEG pictures one by one. All are made 20 × 20 pixels, in grey; nothing leaves this page.',
      ),
    ),
    open,
    setVisible(visible) {
      isVisible = visible;
      showData();
    },
    restyle: () => chart.restyle(),
  };
}

/** Seconds in words. */
function timeLeft(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
