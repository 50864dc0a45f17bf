import { densityGround, FINE } from '../../figure/densityGround.js';
import { button, digits, group, make, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { saveMenu } from '../../save/menu.js';
import { smoothed } from '../../state/mixtures.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { Particles } from '../shared/particles.js';
import { besideControls } from '../shared/parts.js';

const LIMITS = [-3, 3] as const;
const PLACE = 1.3;
const SD = 0.25;
/** Noise that annealing begins at: as wide as the whole picture. */
const MOST = 2;
/** Frames of annealing. */
const FALL = 420;

/** Two hills of different weight, which the score hardly knows; smoothing lets particles find it out. */
export function weightsFigure(page: Page): LiveFigure {
  const { store } = page;
  const reading = make('p', { class: 'reading' });
  /** Frames of annealing that are left. */
  let left = 0;
  const noise = () => (left > 0 ? MOST * (0.02 / MOST) ** (1 - left / FALL) : 0);
  const score = (sigma: number) => {
    const sd = smoothed(SD, sigma);
    return {
      kind: 'mixture' as const,
      means: [
        [-PLACE, 0],
        [PLACE, 0],
      ],
      sds: [
        [sd, sd],
        [sd, sd],
      ],
      weights: [store.get('leftWeight'), 1 - store.get('leftWeight')],
    };
  };
  const particles = new Particles(page, {
    id: 'weights',
    label: 'Two hills of different weight, and particles on them',
    plane: { xlim: LIMITS, ylim: LIMITS, isPicture: false },
    chains: 1500,
    start: { centre: [0, 0], spread: 1.2 },
    move() {
      const sigma = noise();
      return { score: score(sigma), stepSize: 0.1 * (SD ** 2 + sigma ** 2), steps: left > 0 ? 4 : 1 };
    },
    onMove(x) {
      const sigma = noise();
      if (left > 0 && --left % 12 === 0) drawGround();
      show(x, sigma);
    },
  });
  const show = (x: Float32Array, sigma: number) => {
    let count = 0;
    for (let i = 0; i < x.length; i += 2) count += Number(x[i] < 0);
    const share = (2 * count) / x.length;
    const now = left > 0 ? `Noise σ = ${digits(sigma)}. ` : '';
    reading.textContent = `${now}On the left hill: ${Math.round(100 * share)} % of the particles; its weight is ${Math.round(100 * store.get('leftWeight'))} %.`;
    if (sigma < 0.2 && store.get('leftWeight') >= 0.8 && Math.abs(share - store.get('leftWeight')) < 0.05)
      page.meet('weigh');
  };
  const drawGround = latest(async () => {
    const grid = { xlim: LIMITS, ylim: LIMITS };
    const request = score(noise());
    const [fine, arrows] = await Promise.all([
      page.client.call('field', { score: request, grid: { ...grid, n: FINE } }),
      page.client.call('field', { score: request, grid: { ...grid, n: 15 } }),
    ]);
    particles.figure.label = `Two hills, the left one with ${Math.round(100 * store.get('leftWeight'))} % of the weight, and particles on them`;
    particles.figure.ground(
      densityGround({ logp: fine.logp as Float32Array, arrows, longest: 22, deepest: 20, shows: () => true }),
    );
  }, page.fail);
  const again = (frames: number) => {
    left = frames;
    particles.restart();
    drawGround();
    particles.loop.setRunning(true);
  };
  const weight = slider(store, 'leftWeight', {
    label: 'Weight of the left hill',
    term: 'weight',
    show: (value) => `${Math.round(100 * value)} %`,
  });
  store.on(['leftWeight'], drawGround);
  const starts = row(
    button('Start anew', () => again(0)),
    button('Start from noise, and anneal', () => again(FALL)),
  );
  drawGround();
  return {
    element: besideControls(
      particles.figure,
      make(
        'div',
        {},
        row(particles.play),
        saveMenu(page, {
          name: 'weights',
          figures: [particles.figure],
          caption: () => `Two hills of width ${SD}, both axes from −3 to 3. ${reading.textContent}`,
          advance: () => particles.move(),
          loop: particles.loop,
        }),
      ),
      group('Two hills', weight),
      starts,
      reading,
    ),
    setVisible: (isVisible) => particles.loop.setVisible(isVisible),
  };
}
