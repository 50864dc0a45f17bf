import { type Call, Stopped } from '../../calls/rpc.js';
import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import { button, digits, make, row, slider } from '../../parts/controls.js';
import { latest } from '../../parts/latest.js';
import { Loop } from '../../parts/loop.js';
import { saveMenu } from '../../save/menu.js';
import type { LiveFigure, Page } from '../../state/page.js';
import { MIDDLE, preserving, SPREAD } from '../../worker/processes.js';
import type { BackEvent } from '../../worker/views.js';
import { viewsCode } from '../shared/code.js';
import { bar, captioned } from '../shared/parts.js';

/** Points in each view. */
const VIEWED = 1500;
/** Steps of the reverse diffusion, one per frame. */
const STEPS = 150;
const WIDE = { xlim: [-0.7, 1.7], ylim: [-0.7, 1.7], isPicture: true } as const;

/** The two views of diffusion: from data to noise by a slider, and back by the score. */
export function viewsFigure(page: Page): LiveFigure {
  const { store, client } = page;
  const exploding = new Figure('Variance exploding: the picture stays, noise grows', WIDE);
  const shrinking = new Figure('Variance preserving: the picture shrinks while noise grows', WIDE);
  const reading = make('p', { class: 'reading' });
  let isVisible = false;
  let drawn: { x0: Float32Array; z: Float32Array } | undefined;
  let current: Call<void> | undefined;
  /** Whether the time is set by the particles that are led back, not by the reader. */
  let isLed = false;

  const paint = (left: Float32Array, right: Float32Array, time: number) => {
    const [alpha, noise] = [preserving.alpha(time), preserving.sigma(time)];
    for (const [figure, term, x] of [
      [exploding, 'exploding', left],
      [shrinking, 'preserving', right],
    ] as const)
      figure.top((pen, plane, colours) => {
        drawPoints(pen, plane, x, 2.5, page.term === term ? colours.accent : colours.particle);
      });
    reading.textContent = `signal ${digits(alpha)}, noise ${digits(noise)}: preserving ${digits(alpha)}\u00a0x₀\u00a0+\u00a0${digits(noise)}\u00a0z, exploding x₀\u00a0+\u00a0${digits(noise / alpha)}\u00a0z, in units of the picture’s spread`;
  };
  const drawNoisy = () => {
    if (!drawn || !isVisible || current) return;
    const { x0, z } = drawn;
    const time = store.get('time');
    const [alpha, noise] = [preserving.alpha(time), preserving.sigma(time)];
    paint(
      x0.map((x, i) => x + SPREAD * (noise / alpha) * z[i]),
      x0.map((x, i) => MIDDLE + alpha * (x - MIDDLE) + SPREAD * noise * z[i]),
      time,
    );
  };
  const draw = latest(async () => {
    drawn = await client.call('draws', { n: VIEWED, seed: store.get('seed') });
    drawNoisy();
  }, page.fail);

  const stepTime = () => {
    const time = Math.min(1, store.get('time') + 0.006);
    store.set({ time: Number(time.toFixed(3)) });
    if (time === 1) loop.setRunning(false);
  };
  const play = button('Play', () => {
    if (store.get('time') === 1) store.set({ time: 0 });
    current?.stop();
    loop.setRunning(!loop.isRunning);
  });
  const loop = new Loop(stepTime, () => {
    play.textContent = loop.isRunning ? 'Pause' : 'Play';
  });
  const back = button('Back by the score', () => lead());
  async function lead() {
    if (current) {
      current.stop();
      return;
    }
    loop.setRunning(false);
    back.textContent = 'Stop';
    const call = client.call(
      'back',
      { n: VIEWED, seed: store.get('seed'), steps: STEPS },
      (event: BackEvent) => {
        if (current !== call) return;
        isLed = true;
        store.set({ time: Number(event.time.toFixed(3)) });
        isLed = false;
        paint(event.exploding, event.preserving, event.time);
      },
    );
    current = call;
    try {
      await call;
    } catch (error) {
      if (!(error instanceof Stopped)) page.fail(error);
    } finally {
      // The time may have been moved since, and another call begun.
      if (current === call) current = undefined;
      if (!current) back.textContent = 'Back by the score';
    }
  }

  store.on(['time'], () => {
    if (isLed) return;
    current?.stop();
    current = undefined;
    drawNoisy();
  });
  store.on(['seed'], draw);
  page.on('picture', draw);
  page.on('term', drawNoisy);
  return {
    element: make(
      'div',
      { class: 'stage' },
      bar(row(play, back), slider(store, 'time', { label: 'Time', step: 0.005 })),
      make(
        'div',
        { class: 'pair' },
        captioned(exploding, 'Variance exploding: x₀ + σ z'),
        captioned(shrinking, 'Variance preserving: α x₀ + σ z'),
      ),
      reading,
      saveMenu(page, {
        name: 'diffusion',
        figures: [exploding, shrinking],
        code: () => viewsCode(store.all, VIEWED, STEPS),
        caption: () => `Both squares from −0.7 to 1.7 in sides of the picture; ${reading.textContent}`,
        advance: async () => {
          if (store.get('time') === 1) store.set({ time: 0 });
          stepTime();
        },
        loop,
      }),
    ),
    setVisible(visible: boolean) {
      isVisible = visible;
      loop.setVisible(visible);
      if (!visible) current?.stop();
      else if (drawn) drawNoisy();
      else draw();
    },
  };
}
