/** Frames over which a way's numbers are means. */
export const MEMORY = 120;

/** What the particles did along one way over the last frames; the mean of the Gaussian is 0. */
export class Way {
  #before?: Float32Array;
  /** The mean of x^2, of x^2 a frame before, and of the product of both: one entry for each frame. */
  #frames: { square: number; product: number; before: number }[] = [];

  forget(): void {
    this.#before = undefined;
    this.#frames = [];
  }

  see(x: Float32Array): void {
    const before = this.#before ?? x;
    const mean = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0) / a.length;
    // The first frame has none before it, and counts for the variance alone.
    const [product, earlier] = this.#before ? [mean(x, before), mean(before, before)] : [0, 0];
    this.#frames.push({ square: mean(x, x), product, before: earlier });
    if (this.#frames.length > MEMORY) this.#frames.shift();
    this.#before = x;
  }

  get count(): number {
    return this.#frames.length;
  }

  /** The mean square in the last frame. */
  get last(): number {
    return this.#frames.at(-1)?.square ?? 0;
  }

  get variance(): number {
    return this.#frames.reduce((sum, { square }) => sum + square, 0) / this.count;
  }

  /** Independent draws that a step was worth: (1 - a) / (1 + a), with a the part of x that a step keeps. */
  get worth(): number {
    const sum = (of: 'product' | 'before') => this.#frames.reduce((total, frame) => total + frame[of], 0);
    const a = sum('product') / sum('before');
    return (1 - a) / (1 + a);
  }
}
