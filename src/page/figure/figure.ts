import { type Colours, coloursOf } from './colours.js';
import { queueFrame, runQueued } from './frameQueue.js';
import { fromSquare, type Pen, type Plane, toSquare } from './plane.js';
import { SvgPen } from './svg.js';

/** Draws on a square of plane.size units. */
export type Painter = (pen: Pen, plane: Plane, colours: Colours) => void;

/** Pixels of a canvas for one of CSS, at most: more cost time and look the same. */
const MOST_RATIO = 3;

/**
 * A square figure of two canvases: the ground, which is drawn when it changes, and the top, which moves and may leave a
 * trail. Painters draw both on a square of 480 units, whatever its size on the screen.
 */
export class Figure {
  /** Units a side. */
  static readonly SIZE = 480;
  readonly element = document.createElement('div');
  readonly plane: Plane;
  readonly #ground = document.createElement('canvas');
  readonly #top = document.createElement('canvas');
  #paintGround: Painter = () => {};
  #paintTop: Painter = () => {};
  #trail = 0;
  /** Pixels a side of the canvases once they were fitted. */
  #side = 0;
  readonly #observer: ResizeObserver;
  /** Removes the listeners on the page. */
  readonly #end = new AbortController();
  readonly #drawGround = () => this.#draw(this.#ground, this.#paintGround);
  readonly #redraw = () => {
    this.#fit();
    this.#drawGround();
    this.#draw(this.#top, this.#paintTop);
  };

  /** @param label what a screen reader says in place of the picture */
  constructor(label: string, plane: Omit<Plane, 'size'>) {
    this.plane = { ...plane, size: Figure.SIZE };
    this.element.className = 'figure';
    this.#ground.setAttribute('role', 'img');
    this.label = label;
    this.#top.setAttribute('aria-hidden', 'true');
    // Browsers copy every canvas that is shown whenever anything of the page changes, empty ones too.
    this.#top.style.display = 'none';
    this.element.append(this.#ground, this.#top);
    const redraw = () => queueFrame(this.#redraw);
    const { signal } = this.#end;
    this.#observer = new ResizeObserver(redraw);
    this.#observer.observe(this.element);
    // A theme that changes the text's colour reaches canvases only by an event; the style gives the colour a transition.
    this.element.addEventListener('transitionend', redraw, { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw, { signal });
    addEventListener('figure-colours', redraw, { signal });
  }

  /** Removes the figure's listeners and observers: it is no longer redrawn, and the page keeps no reference to it. */
  dispose(): void {
    this.#observer.disconnect();
    this.#end.abort();
  }

  set label(text: string) {
    if (this.#ground.getAttribute('aria-label') !== text) this.#ground.setAttribute('aria-label', text);
  }

  /** The point of the plane under the pointer. */
  pointUnder({ clientX, clientY }: PointerEvent): [number, number] {
    const box = this.element.getBoundingClientRect();
    const scale = this.plane.size / box.width;
    return fromSquare(this.plane, (clientX - box.left) * scale, (clientY - box.top) * scale);
  }

  /** Moves an element that lies above the figure to a point of the plane. */
  placeAt(element: HTMLElement, x0: number, x1: number): void {
    const { size } = this.plane;
    const [right, down] = toSquare(this.plane, x0, x1);
    element.style.left = `${(100 * right) / size}%`;
    element.style.top = `${(100 * down) / size}%`;
  }

  /** Draws the ground in one of the next frames and whenever the size changes. */
  ground(paint: Painter): void {
    this.#paintGround = paint;
    this.repaintGround();
  }

  /** Draws the ground again: its painter looks at what has changed, such as the term under the pointer. */
  repaintGround(): void {
    queueFrame(this.#drawGround);
  }

  /** Draws the top. @param trail how much of the previous frame stays visible, 0 to 1 */
  top(paint: Painter, trail = 0): void {
    this.#paintTop = paint;
    this.#trail = trail;
    this.#top.style.display = '';
    const context = this.#top.getContext('2d') as CanvasRenderingContext2D;
    if (trail > 0) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.globalCompositeOperation = 'destination-out';
      context.fillStyle = `rgba(0, 0, 0, ${1 - trail})`;
      context.fillRect(0, 0, this.#top.width, this.#top.height);
      context.globalCompositeOperation = 'source-over';
    }
    this.#draw(this.#top, paint, trail === 0);
  }

  /**
   * Draws both layers into a canvas, as a square of `size` pixels, `left` and `top` pixels from its upper left corner.
   * @param sharp repaints the layers at this size instead of scaling them; a trail can only be scaled
   */
  snapshot(
    context: CanvasRenderingContext2D,
    { left, top, size, sharp }: { left: number; top: number; size: number; sharp: boolean },
  ): void {
    runQueued(this.#drawGround);
    const put = (layer: HTMLCanvasElement, paint: Painter, anew: boolean) => {
      context.setTransform(1, 0, 0, 1, left, top);
      if (!anew) context.drawImage(layer, 0, 0, size, size);
      else {
        context.scale(size / Figure.SIZE, size / Figure.SIZE);
        this.#paint(context, paint);
      }
    };
    context.save();
    context.setTransform(1, 0, 0, 1, left, top);
    context.beginPath();
    context.rect(0, 0, size, size);
    context.clip();
    context.fillStyle = coloursOf(this.element).paper;
    context.fillRect(0, 0, size, size);
    // A trail exists only on its canvas, so a top with a trail is scaled.
    put(this.#ground, this.#paintGround, sharp);
    put(this.#top, this.#paintTop, sharp && this.#trail === 0);
    context.restore();
  }

  /** The figure as an SVG file, without trails. */
  svg(): string {
    const pen = new SvgPen(Figure.SIZE);
    const colours = coloursOf(this.element);
    pen.fillStyle = colours.paper;
    pen.fillRect(0, 0, Figure.SIZE, Figure.SIZE);
    this.#paintGround(pen, this.plane, colours);
    this.#paintTop(pen, this.plane, colours);
    return pen.finish(this.#ground.getAttribute('aria-label') ?? '');
  }

  #draw(canvas: HTMLCanvasElement, paint: Painter, isFresh = true): void {
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (isFresh) context.clearRect(0, 0, canvas.width, canvas.height);
    const scale = canvas.width / Figure.SIZE;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    this.#paint(context, paint);
  }

  #paint(context: CanvasRenderingContext2D, paint: Painter): void {
    context.globalAlpha = 1;
    paint(penOf(context), this.plane, coloursOf(this.element));
  }

  #fit(): void {
    const { clientWidth, clientHeight } = this.element;
    const side = Math.round(Math.min(clientWidth, clientHeight) * Math.min(MOST_RATIO, devicePixelRatio));
    if (side === 0 || side === this.#side) return;
    this.#side = side;
    for (const canvas of [this.#ground, this.#top]) canvas.width = canvas.height = side;
  }
}

/** Adds the pen's `picture` to a canvas's context. */
export function penOf(context: CanvasRenderingContext2D): Pen {
  const pen = context as CanvasRenderingContext2D & Pen;
  pen.picture ??= (source, x, y, width, height, isSmooth) => {
    context.imageSmoothingEnabled = isSmooth;
    context.imageSmoothingQuality = 'high';
    context.drawImage(source, x, y, width, height);
  };
  return pen;
}
