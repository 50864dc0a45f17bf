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
  /** The tone as a line or a dot, which are thin and want more contrast than areas. */
  curve: string;
  /** The darkest colour of a picture in the background. */
  faint: string;
  isDark: boolean;
}

/** Colours where no custom property gives one: in light and in dark surroundings. */
const defaults = {
  background: ['#ffffff', '#0d1117'],
  faint: ['#d3dae2', '#2b333d'],
  ink: ['#24292f', '#e6edf3'],
  line: ['#5d6b7a', '#8593a3'],
  particle: ['#0a3069', '#ffd866'],
  accent: ['#bc4c00', '#ff9e64'],
  tone: ['#9cc7ee', '#1f4f7d'],
  curve: ['#4a8ac4', '#4a94d8'],
} as const;

const isBright = (colour: string) => rgb(colour).reduce((sum, part) => sum + part, 0) >= 384;

/** Whether an element stands on dark: its text is bright there, whichever way the page chose its theme. */
export const isOnDark = (element: Element) => isBright(getComputedStyle(element).color);

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const theme = isBright(style.color) ? 1 : 0;
  const read = (name: keyof typeof defaults) =>
    style.getPropertyValue(`--figure-${name}`).trim() || defaults[name][theme];
  const paper = read('background');
  return {
    paper,
    isDark: !isBright(paper),
    faint: read('faint'),
    ink: read('ink'),
    muted: read('line'),
    particle: read('particle'),
    accent: read('accent'),
    tone: read('tone'),
    curve: read('curve'),
  };
}

export type Rgb = readonly [number, number, number];

/** A CSS colour as bytes: #rgb, #rrggbb and rgb() are parsed here, anything else by the browser. */
export function rgb(colour: string): Rgb {
  const computed = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour);
  if (computed) return computed.slice(1).map(Number) as unknown as Rgb;
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
