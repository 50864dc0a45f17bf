import { nearestLevel } from '../../apps/nearestLevel.js';
import { isOnDark } from '../figure/colours.js';
import { densityGround, FINE } from '../figure/densityGround.js';
import { Figure } from '../figure/figure.js';
import { latest } from '../parts/latest.js';
import { Loop, wantsStillness } from '../parts/loop.js';
import type { ElementRequest } from '../worker/elementScores.js';
import { type Settings, settingsFrom } from './attributes.js';
import { chainsDrawing, type Drawing, histogramDrawing, jumpsDrawing, pathDrawing } from './drawings.js';
import { elementSheet } from './looks.js';
import { NoiseSlider } from './noiseSlider.js';
import { join, leave, levelsOf, type Shared } from './shared.js';

/** Frames of annealing from noise to data, and of rest before it begins anew. */
const ANNEAL = { fall: 180, rest: 60 };
/** Steps of a chain in a frame: a histogram wants many, everything else is watched. */
const stepsOf = ({ figure }: Settings) => (figure === 'histogram' ? 10 : 1);

let made = 0;

/** Where there are no elements, as on a server that renders pages, the module can be imported and does nothing. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<score-field>`: a density with its score, and what samplers make of it, moving while it is seen. Attributes
 * are described in docs/page.md; colours are the custom properties `--figure-background`, `-ink`,
 * `-line`, `-particle`, `-accent` and `-tone`. All elements of a page with the same `worker` share it and its core.
 */
export class ScoreField extends Base {
  /** Attributes whose change the element sees. */
  static readonly observedAttributes = [
    'figure',
    'density',
    'means',
    'sds',
    'weights',
    'limits',
    'network',
    'chains',
    'step-size',
    'temperature',
    'sigma',
    'slider',
    'seed',
    'show',
    'trail',
    'label',
  ];

  readonly #id = `element-${made++}`;
  #address = '';
  #shared?: Shared;
  #figure?: Figure;
  #settings?: Settings;
  #drawing: Drawing = chainsDrawing();
  /** The network's levels, ascending; without a network, none. */
  #levels: Float32Array = new Float32Array(0);
  /** Frames since the chains started. */
  #frames = 0;
  /** Whether the worker holds chains for the present attributes. */
  #isOpen = false;
  #isVisible = false;
  readonly #box = document.createElement('div');
  readonly #button = document.createElement('button');
  readonly #problem = document.createElement('p');
  readonly #slider = new NoiseSlider(() => {
    // Counts of chains at other noise do not belong to what follows.
    if (this.#settings?.figure === 'histogram') this.#drawing = histogramDrawing(this.#settings.plane);
    this.#reground();
  });
  readonly #loop = new Loop(
    () => this.#move(),
    () => this.#name(),
  );
  readonly #observer = new IntersectionObserver((entries) => {
    // A busy page hears of several changes at once, the last one last.
    this.#isVisible = entries[entries.length - 1].isIntersecting;
    this.#showLoop();
  });
  readonly #restart = latest(
    () => this.#open(),
    (error) => this.#fail(error),
  );
  readonly #reground = latest(
    () => this.#drawGround(),
    (error) => this.#fail(error),
  );

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [elementSheet()];
    this.#button.type = 'button';
    this.#button.addEventListener('click', () => {
      this.#loop.setRunning(!this.#loop.isRunning);
      // Chains that an error ended start again.
      if (this.#loop.isRunning && !this.#isOpen) this.#restart();
    });
    this.#problem.setAttribute('role', 'alert');
    this.#problem.hidden = true;
    const controls = document.createElement('div');
    controls.className = 'controls';
    controls.append(this.#slider.element, this.#button);
    this.#box.className = 'box';
    this.#box.append(controls, this.#problem);
    // The figure redraws itself in the colours of another theme; the controls follow.
    this.#box.addEventListener('transitionend', () => this.#showTheme());
    root.append(this.#box);
    this.#name();
  }

  /** The browser calls it when the element enters a page. */
  connectedCallback(): void {
    this.#address = this.getAttribute('worker') ?? '';
    this.#showTheme();
    try {
      this.#shared = join(this.#address);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#observer.observe(this);
    if (!this.hasAttribute('paused') && !wantsStillness()) this.#loop.setRunning(true);
    this.#restart();
  }

  /** The browser calls it when the element leaves its page. */
  disconnectedCallback(): void {
    this.#observer.disconnect();
    this.#isVisible = false;
    this.#loop.setRunning(false);
    this.#close();
    // The canvas keeps its picture; if the element returns to a page, it makes a new figure.
    this.#figure?.dispose();
    this.#settings = undefined;
    if (!this.#shared) return;
    this.#shared.client.call('swarmClose', { id: this.#id }).catch(() => {});
    leave(this.#address, this.#shared);
    this.#shared = undefined;
  }

  /** The browser calls it when an attribute changes. */
  attributeChangedCallback(): void {
    if (this.#shared) this.#restart();
  }

  /** Runs the loop only while there are chains and the element is on the screen. */
  #showLoop(): void {
    this.#loop.setVisible(this.#isVisible && this.#isOpen);
  }

  #close(): void {
    this.#isOpen = false;
    this.#showLoop();
  }

  /** Reads the attributes, draws the ground and starts the chains. */
  async #open(): Promise<void> {
    const shared = this.#shared;
    if (!shared) return;
    this.#problem.hidden = true;
    this.#close();
    try {
      await this.#begin(shared);
    } catch (error) {
      // The element may have left the page meanwhile, or moved within it: errors of its former worker no longer matter.
      if (shared === this.#shared) this.#fail(error);
    }
  }

  async #begin(shared: Shared): Promise<void> {
    const settings = settingsFrom((name) => this.getAttribute(name));
    const { plane, label, network, slider, sigmas, sigma } = settings;
    if (
      this.#figure === undefined ||
      this.#settings?.plane.isPicture !== plane.isPicture ||
      String(this.#settings.plane.xlim) !== String(plane.xlim)
    ) {
      this.#figure?.dispose();
      this.#figure?.element.remove();
      this.#figure = new Figure(label, plane);
      this.#box.prepend(this.#figure.element);
    }
    this.#settings = settings;
    this.#figure.label = label;
    this.#slider.element.hidden = true;
    if (slider) this.#slider.show(sigmas, sigma);
    this.#levels = network === undefined ? new Float32Array(0) : await levelsOf(shared, network);
    const x = await this.#startChains(shared, settings, 0);
    await this.#drawGround();
    if (shared !== this.#shared) return;
    this.#drawing.add(x);
    this.#isOpen = true;
    this.#draw(0);
    this.#showLoop();
  }

  /** Starts the chains, for the `round`-th time with these settings. Their drawing is empty. */
  #startChains({ client }: Shared, settings: Settings, round: number): Promise<Float32Array> {
    const { figure, plane, chains, seed, start } = settings;
    this.#frames = 0;
    if (figure === 'path') this.#drawing = pathDrawing();
    else if (figure === 'histogram') this.#drawing = histogramDrawing(plane);
    else if (figure === 'jumps') this.#drawing = jumpsDrawing();
    else this.#drawing = chainsDrawing();
    return client.call('swarmOpen', { id: this.#id, chains, seed: (seed + round) % 2 ** 32, start });
  }

  /** The noise of this frame: what the slider or the fall of annealing says, at a level of the network if there is one. */
  #sigma(settings: Settings): number {
    const { figure, sigmas, sigma, slider } = settings;
    const least = slider ? this.#slider.sigma : sigma;
    if (figure !== 'anneal') return this.#nearest(least);
    const first = sigmas[1];
    const last = Math.max(least, sigmas[0]);
    const share = Math.min(1, (this.#frames % (ANNEAL.fall + ANNEAL.rest)) / ANNEAL.fall);
    return this.#nearest(share === 1 ? least : first * (last / first) ** share);
  }

  /** The level nearest to sigma by a factor; without a network, sigma itself. */
  #nearest(sigma: number): number {
    return this.#levels[nearestLevel(this.#levels, sigma)] ?? sigma;
  }

  #score(settings: Settings, sigma: number): ElementRequest {
    const { network } = settings;
    return network === undefined ? settings.exact(sigma) : { kind: 'weights', name: network, sigma };
  }

  async #drawGround(): Promise<void> {
    const { client } = this.#shared ?? {};
    const settings = this.#settings;
    if (!client || !settings) return;
    const { xlim, ylim } = settings.plane;
    const sigma = this.#nearest(settings.slider ? this.#slider.sigma : settings.sigma);
    const fine = await client.call('field', { score: settings.exact(sigma), grid: { xlim, ylim, n: FINE } });
    const score = this.#score(settings, sigma);
    const coarse = await client.call('field', { score, grid: { xlim, ylim, n: 15 } });
    if (settings !== this.#settings) return;
    this.#figure?.ground(
      densityGround({
        logp: fine.logp as Float32Array,
        arrows: coarse,
        longest: 24,
        deepest: 12,
        shows: settings.shows,
      }),
    );
  }

  async #move(): Promise<void> {
    const shared = this.#shared;
    const settings = this.#settings;
    if (!shared || !settings || !this.#isOpen) return;
    const { figure, temperature, trail } = settings;
    // Each start makes new settings: an answer to a call from before belongs to chains that are gone.
    const isPast = () => !this.#isOpen || settings !== this.#settings;
    try {
      const period = ANNEAL.fall + ANNEAL.rest;
      const frame = this.#frames;
      if (figure === 'anneal' && frame > 0 && frame % period === 0) {
        await this.#startChains(shared, settings, frame / period);
        this.#frames = frame;
      }
      const sigma = this.#sigma(settings);
      this.#frames++;
      const score = this.#score(settings, sigma);
      const stepSize = settings.stepSize(sigma);
      const moves = { id: this.#id, score, steps: stepsOf(settings), stepSize, temperature };
      const x = await shared.client.call('swarmMove', moves);
      const isJump = figure === 'jumps' && !isPast();
      const jumps = isJump ? await shared.client.call('jump', { score, sigma, x: x.slice() }) : undefined;
      if (isPast()) return;
      this.#drawing.add(x, jumps);
      this.#draw(trail);
    } catch (error) {
      if (isPast()) return;
      this.#close();
      this.#fail(error);
    }
  }

  #draw(trail: number): void {
    this.#figure?.top(this.#drawing.paint, trail);
  }

  #fail(error: unknown): void {
    this.#problem.textContent = `score-field: ${error instanceof Error ? error.message : String(error)}`;
    this.#problem.hidden = false;
  }

  #name(): void {
    this.#button.textContent = this.#loop?.isRunning ? 'Pause' : 'Play';
  }

  #showTheme(): void {
    this.#box.classList.toggle('dark', isOnDark(this));
  }
}
