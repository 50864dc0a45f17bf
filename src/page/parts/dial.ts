import { digits, make } from './controls.js';

interface DialOptions {
  label: string;
  least: number;
  most: number;
  initial: number;
  /** Logarithmic: equal distances on the slider are equal ratios. */
  log?: boolean;
  whole?: boolean;
  term?: string;
  show?: (value: number) => string;
}

/** Places of a slider. */
const PLACES = 240;

let dials = 0;

/** A slider for a number that only its figure knows; links do not carry it. */
export class Dial {
  readonly element: HTMLElement;
  readonly #input = make('input', { type: 'range', min: 0, max: PLACES, step: 1 });
  readonly #output: HTMLOutputElement;
  readonly #options: DialOptions;
  #value: number;

  constructor(options: DialOptions, onChange: (value: number) => void) {
    this.#options = options;
    const id = `dial-${dials++}`;
    this.#input.id = id;
    this.#output = make('output', { for: id });
    const label = make('label', { for: id, 'data-term': options.term }, options.label);
    this.element = make('div', { class: 'control' }, label, this.#output, this.#input);
    this.#value = options.initial;
    this.value = options.initial;
    this.#input.addEventListener('input', () => {
      this.#value = this.#at(this.#input.valueAsNumber / PLACES);
      this.#show();
      onChange(this.#value);
    });
  }

  get value(): number {
    return this.#value;
  }

  /** Moves the slider; its figure is not told. */
  set value(value: number) {
    const { least, most, log } = this.#options;
    this.#value = value;
    const share = log ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
    this.#input.value = String(Math.round(PLACES * share));
    this.#show();
  }

  #at(share: number): number {
    const { least, most, log, whole } = this.#options;
    const value = log ? least * (most / least) ** share : least + (most - least) * share;
    return whole ? Math.round(value) : Number(value.toPrecision(4));
  }

  #show(): void {
    const text = (this.#options.show ?? digits)(this.#value);
    this.#output.textContent = text;
    this.#input.setAttribute('aria-valuetext', text);
  }
}
