import { cividis } from '../../figure/colours.js';
import { drawArrows, drawPoints, drawShades, largest } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { unitSquare } from '../../figure/plane.js';
import { bytesOf } from '../../parts/bytesOf.js';
import { button, digits, fileButton, group, make, numberField, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import { saveButton } from '../../save/saveButton.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { Picture } from '../../state/picture.js';
import { countsOf, keptEvery, stepOf } from '../../worker/samplerMenu.js';
import type { SampleArgs, SampleEvent } from '../../worker/sampling.js';
import { ByItself } from '../shared/byItself.js';
import { samplingCode } from '../shared/code.js';
import { drawFaint, FIELD_GRID } from '../shared/fields.js';
import { captioned, DensityBar, levelSlider } from '../shared/parts.js';
import { pictureOf } from '../shared/picture.js';
import { ofSampler, sourceMenu, sourceOf } from './controls.js';

const GRID = 21;
/** Most particles drawn: more would hide the ground. */
const SHOWN = 2000;
/** The challenge: so near to the truth, with so few samples, in so many cells a side. Exact draws are at 0.047 there. */
const CHALLENGE = { total: 0.06, samples: 50_000, cells: 50 };
/** The last and least of descending noise levels. */
const least = (sigmas: readonly number[]) => sigmas[sigmas.length - 1];

/** Chains on a score, their histogram beside the truth, and the samples as a file. */
export function samplingFigure(page: Page): LiveFigure {
  const { store, client, learned } = page;
  const particles = new Figure('Chains on the score', unitSquare);
  const histogram = new Figure('Histogram of the samples', unitSquare);
  const truth = new Figure('The true distribution at this noise', unitSquare);
  const reading = make('p', { class: 'reading', 'aria-live': 'off' }, 'No samples yet.');
  let isVisible = false;
  /** Densities [bins, bins] of the truth at this noise: the histogram has the same scale. */
  let truths: Float64Array = new Float64Array(0);
  const bar = new DensityBar();
  /** Of how many steps of the last run's chains one is kept for a file; 0 without a run. */
  let every = 0;
  /** Samples shown, and their densities [bins, bins]. */
  let drawn = 0;
  let seen: Float64Array = new Float64Array(0);
  /** Where particles are now, [n, 2]. */
  let places: Float32Array = new Float32Array(0);

  const { level, sigma, request, isExact } = sourceOf(page);
  /** Noise levels, descending to the chosen one. */
  const descending = () => Array.from(learned.sigmas.subarray(level())).reverse();
  const image = () => pictureOf(store.get('picture'));

  const drawGround = latest(async () => {
    if (!isVisible) return;
    const picture = image();
    const arrows = await client.call('field', { score: request(), grid: { ...FIELD_GRID, n: GRID } });
    particles.ground((pen, square, colours) => {
      drawFaint(pen, square, picture, colours);
      const colour = page.term === 'score' ? colours.accent : colours.muted;
      drawArrows(pen, square, arrows.x, arrows.s, 18, colour);
    });
    const bins = store.get('bins');
    const counts = await client.call('truth', { sigma: sigma(), bins });
    truth.label = `The true distribution smoothed by noise of sigma ${digits(sigma())}`;
    truths = densities(counts, bins);
    bar.most = largest(truths);
    paintHistogram();
    truth.ground((pen, square) => drawShades(pen, square, { n: bins, values: truths }, cividis, false));
  }, page.fail);

  /** Paints what was counted on the truth's scale, which may come after it. */
  const paintHistogram = () => {
    if (drawn === 0) return;
    const n = Math.sqrt(seen.length);
    const most = largest(truths.length === seen.length ? truths : seen);
    histogram.ground((pen, square) => drawShades(pen, square, { n, values: seen }, cividis, false, most));
  };

  const paintPlaces = (trail: number) =>
    particles.top((pen, square, colours) => {
      drawPoints(pen, square, places, page.term === 'particles' ? 5 : 2.5, colours.accent);
    }, trail);

  const show = (event: SampleEvent, noise: number) => {
    const { histogram: counted, totalVariation, exact, step } = event;
    const { bins, counts } = counted;
    places = event.x.slice(0, 2 * SHOWN);
    paintPlaces(0.6);
    histogram.label = `Histogram of the samples, total variation ${digits(totalVariation)} from the truth`;
    const samples = counts.reduce((sum, count) => sum + count, counted.outside);
    seen = densities(counts, bins, samples);
    drawn = samples;
    paintHistogram();
    setStale(false);
    reading.textContent = `${step.toLocaleString('en')} steps, ${samples.toLocaleString('en')} samples · total variation ${totalVariation.toFixed(4)} from the truth at σ = ${digits(noise)}; as many exact draws would have ${exact.toFixed(4)}`;
    const { total, samples: enough, cells } = CHALLENGE;
    if (totalVariation < total && samples <= enough && bins >= cells) page.meet('close');
  };
  const panels = make(
    'div',
    { class: 'triple' },
    captioned(particles, 'Chains on the score'),
    captioned(histogram, 'Histogram of all samples'),
    captioned(truth, 'The truth at this noise'),
  );
  /** Marks the samples as those of another picture, score or level than what is shown. */
  const setStale = (isStale: boolean) => {
    for (const figure of [particles, histogram]) {
      figure.element.parentElement?.classList.toggle('stale', isStale);
    }
  };
  const clear = () => {
    reading.textContent = 'No samples.';
    drawn = 0;
    places = new Float32Array(0);
    paintPlaces(0);
    histogram.ground(() => {});
    histogram.label = 'Histogram of the samples: there are none';
  };
  const stop = button('Stop', () => sampling.stop(), { disabled: true });
  const sampling = new ByItself(page, {
    async work(run) {
      const { sampler, stride, seed, bins, solver, flowSchedule } = store.all;
      const args: SampleArgs = {
        score: request(),
        sampler,
        ...countsOf(sampler, store.all),
        stepSize: stepOf(stride, sigma()),
        seed,
        init: [0.5, 0.5],
        bins,
        sigmas: descending(),
        flow: { solver, schedule: flowSchedule },
      };
      reading.textContent = 'Drawing …';
      every = keptEvery(args);
      const hear = (event: SampleEvent) => show(event, least(args.sigmas));
      hear(await run.call('sample', args, hear));
    },
    onChange() {
      stop.disabled = !sampling.isRunning;
      if (!sampling.isRunning && sampling.isRefused) reading.textContent += ' · stopped';
    },
    // What was shown before belongs to another run.
    onError: clear,
  });
  const start = button('Draw samples', () => sampling.start(), { class: 'primary' });
  /** What is drawn from, or how, is another now. */
  const change = () => {
    drawGround();
    if (drawn > 0) {
      setStale(true);
      reading.textContent = 'The samples are of what was chosen before: draw new ones.';
    }
    sampling.renew();
  };
  const save = saveButton(page, 'Save the samples', async () => {
    const bytes = await client.call('saveSamples', {});
    if (every > 1) page.say(`Saved one of every ${every} steps of each chain.`);
    return { name: 'samples.npy', bytes };
  });
  const open = async (file: File) => {
    try {
      const bytes = await bytesOf(file);
      sampling.settle();
      every = 0;
      const noise = sigma();
      const args = { bytes, name: file.name, sigma: noise, bins: store.get('bins') };
      show(await client.call('loadSamples', args), noise);
    } catch (error) {
      page.fail(error);
    }
  };
  store.on(['level', 'from', 'bins', 'levels', 'chains', 'draws', 'stride', 'seed'], change);
  store.on(['sampler', 'solver', 'flowSchedule'], change);
  // The worker tells of the page's first picture when it has it; a run that was asked for before is of that one already.
  let known: Picture | undefined = store.get('picture');
  page.on('picture', () => {
    const isFirst = known === store.get('picture');
    known = undefined;
    if (isFirst && sampling.isRunning) drawGround();
    else change();
  });
  page.on('network', () => (store.get('from') === 'network' ? change() : drawGround()));
  page.on('term', () => {
    particles.repaintGround();
    paintPlaces(0);
  });
  const stride = slider(store, 'stride', {
    label: 'Step size η',
    log: true,
    show: (value) => `${digits(value)} σ² = ${digits(stepOf(value, sigma()))}`,
  });
  store.on(['level', 'levels'], stride.refresh);
  page.on('network', stride.refresh);
  const controls = make(
    'div',
    { class: 'controls' },
    group('Score', ...sourceMenu(page), levelSlider(page, learned)),
    group(
      'Sampler',
      ...ofSampler(store),
      slider(store, 'chains', { label: 'Chains', log: true, whole: true }),
      slider(store, 'draws', { label: 'Steps of each chain', log: true, whole: true }),
      stride,
      slider(store, 'bins', { label: 'Cells a side', step: 5 }),
      numberField(store, 'seed', 'Seed'),
    ),
    group('Samples', row(save, fileButton('Open samples', '.npy', open))),
  );
  const stage = make(
    'div',
    { class: 'stage' },
    row(start, stop),
    reading,
    panels,
    bar.element,
    saveMenu(page, {
      name: 'histogram',
      figures: [particles, histogram, truth],
      code: () => samplingCode({ ...store.all, from: isExact() ? 'exact' : 'network' }, learned),
      caption: () =>
        `Chains, their histogram and the truth at σ = ${digits(sigma())}, densities from 0 (dark) to ${digits(bar.most)} (yellow). ${reading.textContent}`,
    }),
  );
  return {
    element: make('div', { class: 'sides' }, stage, controls),
    open,
    setVisible(visible) {
      isVisible = visible;
      if (visible) drawGround();
      sampling.setVisible(visible);
    },
  };
}

/** Masses or counts of cells [bins, bins] of the unit square as densities: 1 everywhere if all cells are equal. */
function densities(
  cells: ArrayLike<number>,
  bins: number,
  total = Array.from(cells).reduce((sum, cell) => sum + cell, 0),
): Float64Array {
  return Float64Array.from(cells, (cell) => (cell * bins * bins) / total);
}
