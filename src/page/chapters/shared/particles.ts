import { drawPoints } from '../../figure/draw.js';
import { Figure } from '../../figure/figure.js';
import type { Plane } from '../../figure/plane.js';
import { button } from '../../parts/controls.js';
import { Loop, wantsStillness } from '../../parts/loop.js';
import type { Page } from '../../state/page.js';
import type { ScoreRequest } from '../../worker/session.js';
import type { Moves, Start } from '../../worker/swarm.js';

interface ParticleOptions {
  /** Its name in the worker. */
  id: string;
  label: string;
  plane: Omit<Plane, 'size'>;
  chains: number;
  start: Start;
  /** What moves them in this frame. */
  move(): Moves<ScoreRequest>;
  /** Told the positions [n, 2] after each frame. */
  onMove(x: Float32Array): void;
  /** Told an error that ends the motion, instead of the reader. Particles then start anew. */
  onError?(error: unknown): void;
}

/** Particles of Langevin dynamics on a figure, with a button that starts and stops them. */
export class Particles {
  readonly figure: Figure;
  readonly play: HTMLButtonElement;
  readonly loop: Loop;
  readonly #page: Page;
  readonly #options: ParticleOptions;
  #x: Float32Array = new Float32Array(0);
  #seed = 0;
  /** Counts restarts: an answer to a move from before the last one belongs to particles that are gone. */
  #starts = 0;

  constructor(page: Page, options: ParticleOptions) {
    this.#page = page;
    this.#options = options;
    this.figure = new Figure(options.label, options.plane);
    this.play = button('Play', () => this.loop.setRunning(!this.loop.isRunning));
    this.loop = new Loop(
      () => this.move(),
      () => {
        this.play.textContent = this.loop.isRunning ? 'Pause' : 'Play';
      },
    );
    this.restart();
    if (!wantsStillness()) this.loop.setRunning(true);
  }

  /** Puts all particles back to their start. */
  async restart(): Promise<void> {
    const { id, chains, start } = this.#options;
    const own = ++this.#starts;
    try {
      const x = await this.#page.client.call('swarmOpen', { id, chains, seed: this.#seed++, start });
      if (own !== this.#starts) return;
      this.#x = x;
      this.#draw();
    } catch (error) {
      this.#page.fail(error);
    }
  }

  /** Moves them by one frame and draws them. */
  async move(): Promise<void> {
    const { id, onMove, onError } = this.#options;
    const own = this.#starts;
    try {
      const x = await this.#page.client.call('swarmMove', { id, ...this.#options.move() });
      if (own !== this.#starts) return;
      this.#x = x;
      onMove(x);
      this.#draw();
    } catch (error) {
      if (own !== this.#starts) return;
      this.loop.setRunning(false);
      (onError ?? this.#page.fail)(error);
      await this.restart();
    }
  }

  #draw(): void {
    this.figure.top((pen, plane, colours) => {
      pen.globalAlpha = 0.75;
      drawPoints(pen, plane, this.#x, 3, colours.particle);
      pen.globalAlpha = 1;
    });
  }
}
