/** d3-scale-chromatic's cividis as 256 colours of six hexadecimal digits; the build defines it. */
declare const CIVIDIS: string;

/** Colours of a figure, from its CSS custom properties. */
export interface Colours {
  paper: string;
  ink: string;
  muted: string;
  particle: string;
  accent: string;
  tone: string;
  /** The darkest colour of a picture in the background. */
  faint: string;
  isDark: boolean;
}

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  const paper = read('--figure-background', '#ffffff');
  const [r, g, b] = rgb(paper);
  return {
    paper,
    isDark: r + g + b < 384,
    faint: read('--figure-faint', '#d0d7de'),
    ink: read('--figure-ink', '#24292f'),
    muted: read('--figure-line', '#8c959f'),
    particle: read('--figure-particle', '#0a3069'),
    accent: read('--figure-accent', '#c2410c'),
    tone: read('--figure-tone', '#9ec5e8'),
  };
}

export type Rgb = readonly [number, number, number];

/** A CSS colour as bytes: #rgb and #rrggbb are parsed here, anything else by the browser. */
export function rgb(colour: string): Rgb {
  const full = /^#([0-9a-f]{3})$/i.test(colour) ? colour.replace(/[0-9a-f]/gi, '$&$&') : colour;
  if (/^#[0-9a-f]{6}$/i.test(full)) {
    return [1, 3, 5].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as unknown as Rgb;
  }
  const context = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}

/** A ramp of 256 colours. */
export type Ramp = readonly Rgb[];

/** Cividis, dark blue to yellow, which looks alike with any colour vision (Nunez, Anderton and Renslow 2018). */
export const cividis: Ramp = (CIVIDIS.match(/.{6}/g) ?? []).map((colour) => rgb(`#${colour}`));
