import { bytesOf } from '../../parts/bytesOf.js';
import { button, digits, fileButton, make, menu, numberField, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import { saveButton } from '../../save/saveButton.js';
import type { LiveFigure, Page } from '../../state/page.js';
import type { ColourEvent, ColourSource } from '../../worker/images/colour.js';
import { SCENES } from '../../worker/images/numbers.js';
import { bar, captioned } from '../shared/parts.js';
import { COLOUR_FILE, colourCode, patchSide } from './colourCode.js';
import { ColourPictures } from './colourPictures.js';
import { noisyRange } from './pictures.js';
import { Walking } from './walking.js';

/** The challenge: as new as fresh pictures after so many steps at so little noise. */
const TEST = { sigma: 0.5, steps: 50 };
const PATCHES = ['3', '5', '7', '9', '11', '13', 'whole'] as const;
const nameOf = (patch: string) => (patch === 'whole' ? 'the whole picture' : `${patch} × ${patch} pixels`);

/** By how much a pixel's numbers may differ unseen, and by how much more where all of it is seen. */
const [SLIGHT, PLAIN] = [0.1, 0.2];

/** How much of each pixel differs from the nearest picture's: [n, 16, 16], from 0 to 1. */
const newness = (clean: Float32Array, near: Float32Array) =>
  Float32Array.from({ length: clean.length / 3 }, (_, i) => {
    const by = (c: number) => Math.abs(clean[3 * i + c] - near[3 * i + c]);
    return Math.max(0, Math.min(1, (Math.max(by(0), by(1), by(2)) - SLIGHT) / PLAIN));
  });

/** Colour pictures that walk by the scores of patches, what they jump to, and what of the data is nearest to that. */
export function colourFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const walks = new ColourPictures(
    'Noisy colour pictures that walk, each above the clean one it jumps to',
    page,
  );
  const nears = new ColourPictures(
    'The nearest of the data to each jump, each above what of the jump is new',
    page,
  );
  const data = new ColourPictures('Colour pictures of the data', page);
  const reading = make('p', { class: 'reading', 'aria-live': 'off' });
  const from = make('figcaption');
  let source: ColourSource = 'scenes';
  let count = SCENES;
  /** How far pictures of the data are apart; 0 of a single one, and until it is known. */
  let apart = 0;
  const play = button('', () => walking.toggle());
  const name = () => {
    play.textContent = walking.isRunning ? 'Stop' : 'Walk';
  };
  const walking = new Walking<ColourEvent>(page, {
    begin(hear) {
      const { colourNoise: sigma, colourStep: stepSize, colourChains: chains, patch, seed } = store.all;
      const args = { source, sigma, stepSize, chains, patch: patchSide(patch), seed };
      return client.call('coloursWalk', args, hear);
    },
    show({ step, noisy, clean, near, distance }) {
      const sigma = store.get('colourNoise');
      const patch = patchSide(store.get('patch'));
      walks.show({ x: noisy, range: noisyRange(sigma), term: 'y', patch }, { x: clean, term: 'xhat', patch });
      nears.show({ x: near, term: 'near', patch }, { x: clean, seen: newness(clean, near), term: 'new' });
      const mean = distance.reduce((sum, d) => sum + d, 0) / distance.length;
      const than = apart > 0 ? `; pictures of the data, by ${digits(apart)} from the nearest other` : '';
      reading.textContent = `Step ${step.toLocaleString('en')} · jumps differ by ${mean.toFixed(3)} from the nearest of the data${than}`;
      if (apart > 0 && mean >= apart && sigma <= TEST.sigma && step >= TEST.steps) page.meet('new-colours');
    },
    onChange: name,
  });
  name();
  const renew = () => walking.renew();
  store.on(['colourNoise', 'colourStep', 'colourChains', 'patch', 'seed'], renew);

  const showData = latest(async () => {
    const shown = await client.call('coloursShow', { source });
    apart = shown.apart;
    data.show({ x: shown.first });
    from.textContent =
      source === 'scenes'
        ? `${SCENES} pictures that the page draws, each part by chance; these are 16 of them`
        : `${count.toLocaleString('en')} ${count === 1 ? 'picture' : 'pictures'} of yours, 16 × 16 pixels`;
    back.hidden = source === 'scenes';
  }, page.fail);
  const use = (next: ColourSource, n: number) => {
    source = next;
    count = n;
    apart = 0;
    showData();
    renew();
  };
  const open = async (file: File) => {
    try {
      const bytes = await bytesOf(file);
      const { count: n } = await client.call('coloursRead', { bytes, name: file.name });
      use('own', n);
      page.say(n === 1 ? `${file.name}: one picture so far; add more.` : `${file.name}: ${n} pictures now.`);
    } catch (error) {
      page.fail(error);
    }
  };
  const back = button('Use the built-in pictures', () => use('scenes', SCENES), { hidden: true });
  const save = saveButton(page, 'Save the pictures', async () => ({
    name: COLOUR_FILE,
    bytes: await client.call('coloursSave', { source }),
  }));

  return {
    element: make(
      'div',
      { class: 'stage' },
      row(play, numberField(store, 'seed', 'Seed')),
      bar(
        slider(store, 'colourNoise', { label: 'Noise σ', log: true }),
        slider(store, 'colourStep', { label: 'Step size δ, in units of σ²', log: true }),
        slider(store, 'colourChains', { label: 'Chains', step: 1 }),
        menu(
          store,
          'patch',
          'Patch',
          PATCHES.map((name) => [name, nameOf(name)] as const),
        ),
      ),
      make(
        'div',
        { class: 'pair' },
        captioned(walks, 'Above the walk y, below it the jump x̂(y)'),
        captioned(nears, 'The nearest of the data, and below it what of the jump differs from that'),
      ),
      reading,
      make(
        'div',
        { class: 'album' },
        make('figure', {}, data.element, from),
        make(
          'div',
          {},
          row(fileButton('Open colour pictures', 'image/*,.bin', open, true), save, back),
          make(
            'p',
            { class: 'hint' },
            'Or drop PNG or JPEG pictures here, a dozen or more: those that are alike, such as faces or fronts of houses, mix best. They stay in this page.',
          ),
        ),
      ),
      saveMenu(page, {
        name: 'colour',
        figures: [walks, nears],
        code: () => colourCode(store.all, source === 'own'),
        caption: () => {
          const { colourNoise, colourStep, patch } = store.all;
          return `Walk at σ = ${digits(colourNoise)} in steps of ${digits(colourStep)} σ² by patches of ${nameOf(patch)}, after ${walking.step.toLocaleString('en')} steps`;
        },
        advance: () => walking.advance(),
        afterFilm: () => walking.afterFilm(),
      }),
    ),
    open,
    setVisible(isVisible) {
      if (isVisible) showData();
      walking.setVisible(isVisible);
    },
  };
}
