/** A slider for sigma, from data to noise, even in its logarithm. */
export class NoiseSlider {
  readonly element = document.createElement('label');
  readonly #input = document.createElement('input');
  readonly #output = document.createElement('output');
  #sigmas: readonly [number, number] = [1, 1];

  constructor(onChange: () => void) {
    const name = document.createElement('span');
    name.textContent = 'noise σ';
    Object.assign(this.#input, { type: 'range', min: '0', max: '1', step: '0.005' });
    this.#input.addEventListener('input', () => {
      this.#say();
      onChange();
    });
    this.element.append(name, this.#input, this.#output);
    this.element.hidden = true;
  }

  get sigma(): number {
    const [least, most] = this.#sigmas;
    return least * (most / least) ** this.#input.valueAsNumber;
  }

  show(sigmas: readonly [number, number], sigma: number): void {
    this.#sigmas = sigmas;
    const [least, most] = sigmas;
    const at = Math.log(Math.max(least, sigma) / least) / Math.log(most / least);
    this.#input.value = String(at);
    this.element.hidden = false;
    this.#say();
  }

  #say(): void {
    const text = this.sigma.toPrecision(2);
    this.#output.textContent = text;
    this.#input.setAttribute('aria-valuetext', text);
  }
}
