import type { Figure } from '../../figure/figure.js';
import { button, digits, make, row } from '../../parts/controls.js';
import { type Component, HILLS } from '../../state/state.js';
import type { Store } from '../../state/store.js';

/** Distance that an arrow key moves a hill. */
const STRIDE = 0.05;

const clamp = (value: number, [low, high]: readonly [number, number]) => Math.min(high, Math.max(low, value));
const tidy = (value: number) => Number(value.toFixed(3));

/** A handle for every hill of the mixture, dragged by mouse or finger or moved by keys. */
export class Handles {
  /** Holds the figure and, above it, the handles. */
  readonly element = make('div', { class: 'handles' });
  readonly controls: HTMLElement;
  readonly #store: Store;
  readonly #figure: Figure;
  readonly #width = make('input', {
    type: 'range',
    id: 'hill-width',
    min: HILLS.widths[0],
    max: HILLS.widths[1],
    step: 0.01,
  });
  readonly #output = make('output', { for: 'hill-width' });
  readonly #buttons: HTMLButtonElement[] = [];
  #chosen = 0;

  constructor(store: Store, figure: Figure) {
    this.#store = store;
    this.#figure = figure;
    this.#width.addEventListener('input', () =>
      this.#change(this.#chosen, { sd: this.#width.valueAsNumber }),
    );
    const add = button('Add a hill', () => this.#add());
    const remove = button('Remove it', () => this.#remove(this.#chosen));
    this.controls = make(
      'div',
      {},
      make(
        'div',
        { class: 'control' },
        make('label', { for: 'hill-width' }, 'Width of the chosen hill'),
        this.#output,
        this.#width,
      ),
      row(add, remove),
    );
    store.on(['components'], () => this.#show());
    this.#show();
  }

  #show(): void {
    const components = this.#store.get('components');
    while (this.#buttons.length > components.length) this.#buttons.pop()?.remove();
    while (this.#buttons.length < components.length) this.#buttons.push(this.#make(this.#buttons.length));
    this.#chosen = Math.min(this.#chosen, components.length - 1);
    components.forEach(([x, y, sd], i) => {
      const element = this.#buttons[i];
      this.#figure.placeAt(element, x, y);
      element.setAttribute('aria-pressed', String(i === this.#chosen));
      element.setAttribute(
        'aria-label',
        `Hill ${i + 1} at ${digits(x)}, ${digits(y)}, width ${digits(sd)}: arrow keys move it, plus and minus change its width, Delete removes it`,
      );
    });
    const [, , sd] = components[this.#chosen];
    this.#width.value = String(sd);
    this.#output.textContent = digits(sd);
    this.#width.setAttribute('aria-valuetext', digits(sd));
  }

  #make(i: number): HTMLButtonElement {
    const element = make('button', { type: 'button', class: 'handle' });
    const choose = () => {
      if (this.#chosen === i) return;
      this.#chosen = i;
      this.#show();
    };
    element.addEventListener('focus', choose);
    element.addEventListener('pointerdown', (event) => {
      choose();
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener('pointermove', (event) => {
      if (!element.hasPointerCapture(event.pointerId)) return;
      const [x, y] = this.#figure.pointUnder(event);
      this.#change(i, { x, y });
    });
    element.addEventListener('keydown', (event) => {
      // Keys with a modifier belong to the browser: zoom, or back.
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const [x, y, sd] = this.#store.get('components')[i];
      const moves: Record<string, { x?: number; y?: number; sd?: number }> = {
        ArrowLeft: { x: x - STRIDE },
        ArrowRight: { x: x + STRIDE },
        ArrowUp: { y: y + STRIDE },
        ArrowDown: { y: y - STRIDE },
        '+': { sd: sd * 1.1 },
        '-': { sd: sd / 1.1 },
      };
      if (event.key === 'Delete' || event.key === 'Backspace') this.#remove(i);
      else if (moves[event.key]) this.#change(i, moves[event.key]);
      else return;
      event.preventDefault();
    });
    this.element.append(element);
    return element;
  }

  #change(i: number, { x, y, sd }: { x?: number; y?: number; sd?: number }): void {
    const components = [...this.#store.get('components')];
    const [oldX, oldY, oldSd] = components[i];
    components[i] = [
      tidy(clamp(x ?? oldX, HILLS.places)),
      tidy(clamp(y ?? oldY, HILLS.places)),
      tidy(clamp(sd ?? oldSd, HILLS.widths)),
    ] satisfies Component;
    this.#store.set({ components });
  }

  #add(): void {
    const components = this.#store.get('components');
    if (components.length >= HILLS.most) return;
    // On a circle, each 2.4 radians (the golden angle) further, so that no hill hides another.
    const angle = 2.4 * components.length;
    const added: Component = [tidy(1.1 * Math.cos(angle)), tidy(1.1 * Math.sin(angle)), 0.3];
    this.#chosen = components.length;
    this.#store.set({ components: [...components, added] });
  }

  #remove(i: number): void {
    const components = this.#store.get('components');
    if (components.length === 1) return;
    const hadFocus = this.#buttons.includes(document.activeElement as HTMLButtonElement);
    this.#store.set({ components: components.filter((_, k) => k !== i) });
    if (hadFocus) this.#buttons[this.#chosen].focus();
  }
}
