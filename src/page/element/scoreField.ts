import { startClient } from '../calls/client.js';
import type { Client } from '../calls/rpc.js';
import { densityGround, FINE } from '../figure/densityGround.js';
import { drawPoints } from '../figure/draw.js';
import { Figure } from '../figure/figure.js';
import { latest } from '../parts/latest.js';
import { Loop, wantsStillness } from '../parts/loop.js';
import type { ElementVerbs } from '../worker/figureVerbs.js';
import { type Settings, settingsFrom } from './attributes.js';

interface Shared {
  client: Client<ElementVerbs>;
  users: number;
}

/** Workers by the address of their script; '' is the script in this file. A worker ends with its last element. */
const workers = new Map<string, Shared>();

/** @throws DOMException where the browser does not let the worker start */
function join(address: string): Shared {
  let shared = workers.get(address);
  if (!shared) {
    // Elements added after the worker has ended start a new one.
    const onEnd = () => forget(address, started);
    const started = { client: startClient<ElementVerbs>('auto', onEnd, address), users: 0 };
    workers.set(address, started);
    shared = started;
  }
  shared.users++;
  return shared;
}

function leave(address: string, shared: Shared): void {
  if (--shared.users > 0) return;
  shared.client.close();
  forget(address, shared);
}

function forget(address: string, shared: Shared): void {
  if (workers.get(address) === shared) workers.delete(address);
}

const sheet = () => {
  const rules = new CSSStyleSheet();
  rules.replaceSync(`
    :host { display: block; position: relative; max-width: 30rem; }
    :host([hidden]) { display: none; }
    .figure { position: relative; width: 100%; aspect-ratio: 1; overflow: hidden; border-radius: 6px;
      background: var(--figure-background, #fff); }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
    button { position: absolute; right: 0.4rem; bottom: 0.4rem; padding: 0.2rem 0.6rem; font: 0.8rem system-ui, sans-serif;
      color: var(--figure-ink, #24292f); background: var(--figure-background, #fff);
      border: 1px solid var(--figure-line, #5d6b7a); border-radius: 6px; opacity: 0.85; }
    p { margin: 0.4rem 0 0; font: 0.85rem system-ui, sans-serif; }`);
  return rules;
};

let made = 0;

/** Where there are no elements, as on a server that renders pages, the module can be imported and does nothing. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<score-field>`: a density with its score and chains of Langevin dynamics on it, moving while it is seen. Attributes
 * are described in docs/page.md; colours are the custom properties `--figure-background`, `-ink`,
 * `-line`, `-particle` and `-tone`. All elements of a page with the same `worker` share it and its core.
 */
export class ScoreField extends Base {
  static readonly observedAttributes = [
    'density',
    'means',
    'sds',
    'weights',
    'limits',
    'chains',
    'step-size',
    'temperature',
    'sigma',
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
  #x: Float32Array = new Float32Array(0);
  /** Whether the worker holds chains for the present attributes. */
  #isOpen = false;
  #isVisible = false;
  readonly #button = document.createElement('button');
  readonly #problem = document.createElement('p');
  readonly #loop = new Loop(
    () => this.#move(),
    () => this.#name(),
  );
  readonly #observer = new IntersectionObserver(([entry]) => {
    this.#isVisible = entry.isIntersecting;
    this.#showLoop();
  });
  readonly #restart = latest(
    () => this.#open(),
    (error) => this.#fail(error),
  );

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet()];
    this.#button.type = 'button';
    this.#button.addEventListener('click', () => {
      this.#loop.setRunning(!this.#loop.isRunning);
      // Chains that an error ended start again.
      if (this.#loop.isRunning && !this.#isOpen) this.#restart();
    });
    this.#problem.setAttribute('role', 'alert');
    this.#problem.hidden = true;
    root.append(this.#button, this.#problem);
    this.#name();
  }

  connectedCallback(): void {
    this.#address = this.getAttribute('worker') ?? '';
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
    const { client } = shared;
    const settings = settingsFrom((name) => this.getAttribute(name));
    const { score, plane, chains, seed, start, label } = settings;
    if (
      this.#figure === undefined ||
      this.#settings?.plane.isPicture !== plane.isPicture ||
      String(this.#settings.plane.xlim) !== String(plane.xlim)
    ) {
      this.#figure?.dispose();
      this.#figure?.element.remove();
      this.#figure = new Figure(label, plane);
      this.shadowRoot?.prepend(this.#figure.element);
    }
    this.#settings = settings;
    this.#figure.label = label;
    const x = await client.call('swarmOpen', { id: this.#id, chains, seed, start });
    const grid = { xlim: plane.xlim, ylim: plane.ylim };
    const fine = await client.call('field', { score, grid: { ...grid, n: FINE } });
    const coarse = await client.call('field', { score, grid: { ...grid, n: 15 } });
    if (shared !== this.#shared) return;
    this.#figure.ground(
      densityGround({
        logp: fine.logp as Float32Array,
        arrows: coarse,
        longest: 24,
        deepest: 12,
        shows: settings.shows,
      }),
    );
    this.#x = x;
    this.#isOpen = true;
    this.#draw(0);
    this.#showLoop();
  }

  async #move(): Promise<void> {
    const { client } = this.#shared ?? {};
    const settings = this.#settings;
    if (!client || !settings || !this.#isOpen) return;
    const { score, stepSize, temperature, trail } = settings;
    // Each start makes new settings: an answer to a call from before belongs to chains that are gone.
    const isPast = () => !this.#isOpen || settings !== this.#settings;
    try {
      const x = await client.call('swarmMove', { id: this.#id, score, steps: 1, stepSize, temperature });
      if (isPast()) return;
      this.#x = x;
      this.#draw(trail);
    } catch (error) {
      if (isPast()) return;
      this.#close();
      this.#fail(error);
    }
  }

  #draw(trail: number): void {
    this.#figure?.top((pen, square, colours) => {
      drawPoints(pen, square, this.#x, this.#x.length > 2000 ? 2 : 3, colours.particle);
    }, trail);
  }

  #fail(error: unknown): void {
    this.#problem.textContent = `score-field: ${error instanceof Error ? error.message : String(error)}`;
    this.#problem.hidden = false;
  }

  #name(): void {
    this.#button.textContent = this.#loop?.isRunning ? 'Pause' : 'Play';
  }
}
