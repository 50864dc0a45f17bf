// Form controls: each shows an entry of the store and changes it.
import { limitsOf, type Name, type State } from '../state/state.js';
import type { Store } from '../state/store.js';

type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element with attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = make('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', onClick);
  return element;
}

type NameOf<T> = { [K in Name]: State[K] extends T ? K : never }[Name];

let ids = 0;

interface SliderOptions {
  label: string;
  step?: number;
  /** Logarithmic: equal distances on the slider are equal ratios. */
  log?: boolean;
  /** Only integers. */
  whole?: boolean;
  /** The term of the words that its label lights up with. */
  term?: string;
  show?: (value: number) => string;
}

/** Steps of a logarithmic slider. */
const LOG_STEPS = 200;

/** A number as text with three significant digits, without trailing zeros. */
export const digits = (value: number) =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

/** A slider for a number of the state within its limits, with the value beside it. */
export function slider(
  store: Store,
  name: NameOf<number>,
  { label, step, log = false, whole = false, term, show = digits }: SliderOptions,
): HTMLElement & { input: HTMLInputElement; refresh(): void } {
  const { least: min, most: max } = limitsOf(name);
  const id = `control-${name}-${ids++}`;
  const input = make('input', {
    type: 'range',
    id,
    min: log ? 0 : min,
    max: log ? LOG_STEPS : max,
    step: log ? 1 : (step ?? (max - min) / 100),
  });
  const output = make('output', { for: id });
  const toValue = (place: number) => {
    if (!log) return place;
    const value = min * (max / min) ** (place / LOG_STEPS);
    return whole ? Math.round(value) : Number(value.toPrecision(3));
  };
  const showValue = () => {
    const value = store.get(name) as number;
    const place = log ? (LOG_STEPS * Math.log(value / min)) / Math.log(max / min) : value;
    if (toValue(Number(input.value)) !== value) input.value = String(place);
    output.textContent = show(value);
    input.setAttribute('aria-valuetext', show(value));
  };
  input.addEventListener('input', () => store.set({ [name]: toValue(Number(input.value)) }));
  store.on([name], showValue);
  showValue();
  const heading = make('label', { for: id, 'data-term': term }, label);
  const row = make('div', { class: 'control' }, heading, output, input);
  return Object.assign(row, { input, refresh: showValue });
}

/** An input for a whole number of the state, which is clamped to its limits. */
export function numberField(store: Store, name: NameOf<number>, label: string): HTMLElement {
  const { least: min, most: max } = limitsOf(name);
  const id = `control-${name}-${ids++}`;
  const input = make('input', { type: 'number', id, min, max, step: 1, inputmode: 'decimal' });
  const showValue = () => {
    input.value = String(store.get(name));
  };
  input.addEventListener('change', () => {
    const value = input.valueAsNumber;
    if (Number.isFinite(value)) {
      const kept = Math.min(max, Math.max(min, Math.round(value)));
      store.set({ [name]: kept });
    }
    showValue();
  });
  store.on([name], showValue);
  showValue();
  return make('div', { class: 'control field' }, make('label', { for: id }, label), input);
}

/** A checkbox for a flag of the state. */
export function toggle(store: Store, name: NameOf<boolean>, label: string): HTMLElement {
  const input = make('input', { type: 'checkbox' });
  const show = () => {
    input.checked = store.get(name) as boolean;
  };
  input.addEventListener('change', () => store.set({ [name]: input.checked }));
  store.on([name], show);
  show();
  return make('label', { class: 'toggle' }, input, label);
}

/** A menu for a choice of the state. @param changes the entries that a choice sets */
export function menu<K extends NameOf<string>>(
  store: Store,
  name: K,
  label: string,
  options: readonly (readonly [value: State[K], text: string])[],
  changes: (value: State[K]) => Partial<State> = (value) => ({ [name]: value }),
): HTMLElement {
  const id = `control-${name}-${ids++}`;
  const select = make(
    'select',
    { id },
    ...options.map(([value, text]) => make('option', { value: String(value) }, text)),
  );
  const show = () => {
    select.value = String(store.get(name));
  };
  select.addEventListener('change', () => store.set(changes(select.value as State[K])));
  store.on([name], show);
  show();
  return make('div', { class: 'control field' }, make('label', { for: id }, label), select);
}

/**
 * A button that lets the reader choose a file.
 * @param accept file types, as in `<input accept>`
 * @param onFile resolves when the file is taken; it never rejects
 * @param isMany whether several can be chosen at once, which are taken one after the other
 */
export function fileButton(
  label: string,
  accept: string,
  onFile: (file: File) => Promise<unknown>,
  isMany = false,
): HTMLElement {
  const input = make('input', {
    type: 'file',
    accept,
    hidden: true,
    tabindex: -1,
    'aria-label': label,
    multiple: isMany,
  });
  input.addEventListener('change', async () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    for (const file of files) await onFile(file);
  });
  return make(
    'span',
    {},
    button(label, () => input.click()),
    input,
  );
}

export const row = (...children: (Node | string)[]) => make('div', { class: 'row' }, ...children);

/** Controls with a heading. */
export function group(title: string, ...children: (Node | string)[]): HTMLElement {
  return make('fieldset', {}, make('legend', {}, title), ...children);
}
