import type { Pen } from './plane.js';

const round = (value: number) => Number(value.toFixed(2));
/** Text for a place between the marks of SVG. */
export const escaped = (text: string) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** A pen that writes what is drawn as SVG, where a canvas's context would paint it. */
export class SvgPen implements Pen {
  fillStyle: string | CanvasGradient | CanvasPattern = '#000';
  strokeStyle: string | CanvasGradient | CanvasPattern = '#000';
  lineWidth = 1;
  globalAlpha = 1;
  lineJoin: CanvasLineJoin = 'miter';
  lineCap: CanvasLineCap = 'butt';
  /** A size in pixels and a family, as `12px sans-serif`. */
  font = '';
  textAlign: CanvasTextAlign = 'left';
  readonly #width: number;
  readonly #height: number;
  #dash = '';
  #path = '';
  #squares = '';
  #squaresFill = '';
  readonly #parts: string[] = [];

  constructor(width: number, height = width) {
    this.#width = width;
    this.#height = height;
  }

  beginPath(): void {
    this.#path = '';
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${round(x)},${round(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.#path += `L${round(x)},${round(y)}`;
  }
  /** Whole circles only. */
  arc(x: number, y: number, r: number): void {
    this.#path += `M${round(x - r)},${round(y)}a${round(r)},${round(r)} 0 1 0 ${round(2 * r)},0a${round(r)},${round(r)} 0 1 0 ${round(-2 * r)},0`;
  }
  fill(): void {
    this.#flush();
    this.#parts.push(`<path d="${this.#path}" fill="${this.fillStyle}" opacity="${this.globalAlpha}"/>`);
  }
  stroke(): void {
    this.#flush();
    this.#parts.push(
      `<path d="${this.#path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${round(this.lineWidth)}" stroke-linejoin="${this.lineJoin}" stroke-linecap="${this.lineCap}" opacity="${this.globalAlpha}"${this.#dash}/>`,
    );
  }
  setLineDash(lengths: number[]): void {
    this.#dash = lengths.length > 0 ? ` stroke-dasharray="${lengths.join(',')}"` : '';
  }
  /** What is too wide is narrowed where it is drawn by a canvas; an SVG file leaves it as it is. */
  fillText(text: string, x: number, y: number): void {
    this.#flush();
    const anchor = { center: 'middle', right: 'end' }[this.textAlign as string] ?? 'start';
    this.#parts.push(
      `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${Number.parseFloat(this.font)}" font-family="${this.font.replace(/^\S+ /, '')}" fill="${this.fillStyle}">${escaped(text)}</text>`,
    );
  }
  /** Consecutive rectangles of one colour become one path. */
  fillRect(x: number, y: number, width: number, height: number): void {
    const fill = `fill="${this.fillStyle}" opacity="${this.globalAlpha}"`;
    if (fill !== this.#squaresFill) this.#flush();
    this.#squaresFill = fill;
    this.#squares += `M${round(x)},${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
  }
  picture(
    source: HTMLCanvasElement,
    x: number,
    y: number,
    width: number,
    height: number,
    isSmooth: boolean,
  ): void {
    this.#flush();
    const rendering = isSmooth ? '' : ' style="image-rendering:pixelated"';
    this.#parts.push(
      `<image x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none"${rendering} href="${source.toDataURL()}"/>`,
    );
  }

  /** What was drawn, without a file around it. */
  parts(): string {
    this.#flush();
    return this.#parts.join('');
  }

  /** Returns the whole file. @param title what a screen reader says in place of the picture */
  finish(title: string): string {
    const [width, height] = [this.#width, this.#height];
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${escaped(title)}</title>${this.parts()}</svg>\n`;
  }

  #flush(): void {
    if (this.#squares) this.#parts.push(`<path d="${this.#squares}" ${this.#squaresFill}/>`);
    this.#squares = '';
    this.#squaresFill = '';
  }
}
