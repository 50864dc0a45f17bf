/** Most points of the curve. Beyond it, neighbours are averaged, so that long runs need no more memory. */
const MOST = 2000;

/** The losses of a training run, averaged into at most 2,000 points, and the lowest possible loss. */
export class Losses {
  /** The last training step of each point. */
  steps: number[] = [];
  /** The mean loss of each point. */
  values: number[] = [];
  /** The lowest loss that any network could reach, once it is known. */
  best?: number;
  /** How many losses are averaged into one point. */
  #perPoint = 1;
  #sum = 0;
  #count = 0;
  #step = 0;

  clear(): void {
    [this.steps, this.values, this.best] = [[], [], undefined];
    [this.#perPoint, this.#sum, this.#count, this.#step] = [1, 0, 0, 0];
  }

  add(losses: ArrayLike<number>): void {
    for (let i = 0; i < losses.length; i++) {
      this.#sum += losses[i];
      this.#step++;
      if (++this.#count < this.#perPoint) continue;
      this.steps.push(this.#step);
      this.values.push(this.#sum / this.#perPoint);
      this.#sum = this.#count = 0;
      if (this.values.length === MOST) this.#halve();
    }
  }

  /** The mean of about the last 50 losses; NaN before the first. */
  get last(): number {
    const tail = this.values.slice(-Math.max(1, Math.ceil(50 / this.#perPoint)));
    return tail.reduce((sum, loss) => sum + loss, 0) / tail.length;
  }

  #halve(): void {
    const pairs = this.values.length / 2;
    this.values = Array.from({ length: pairs }, (_, i) => (this.values[2 * i] + this.values[2 * i + 1]) / 2);
    this.steps = Array.from({ length: pairs }, (_, i) => this.steps[2 * i + 1]);
    this.#perPoint *= 2;
  }
}
