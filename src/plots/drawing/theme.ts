import { interpolateViridis } from 'd3-scale-chromatic';

/** Text and axes. */
export const INK = '#24292f';
/** Secondary text. */
export const MUTED = '#59636e';
/** Frames around axes and pictures. */
export const RULE = '#8c959f';
export const PAPER = '#ffffff';
export const FONT = 'Inter, system-ui, sans-serif';
export const FONT_SIZE = 12;
export const TITLE_SIZE = 14;

/**
 * Okabe and Ito's colours, told apart with any colour vision, the yellow left out because it is faint on
 * white (https://jfly.uni-koeln.de/color/).
 */
const SERIES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];

/** The colour of line or chain i; repeats after seven. */
export const seriesColour = (i: number): string => SERIES[i % SERIES.length];

/** From one #rrggbb colour to another, share 0 to 1. */
function mixed(from: string, to: string, share: number): string {
  const byte = (at: number) => {
    const [a, b] = [from, to].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${byte(1)}${byte(3)}${byte(5)}`;
}

/** The viridis colour at t in [0, 1], as #rrggbb. */
export const viridis = (t: number): string => interpolateViridis(Math.min(1, Math.max(0, t)));
/** Viridis under white, so that dark arrows and lines stay readable on it. */
export const paleViridis = (t: number): string => mixed(viridis(t), '#ffffff', 0.55);
/** Viridis for thin lines on pale fills: a little darker, since its yellow end is faint. */
export const lineViridis = (t: number): string => mixed(viridis(t), '#000000', 0.18);

/** White at 0, a dark blue grey at 1: a ground on which every series colour can be seen. */
export const slate = (t: number): string => mixed('#ffffff', '#44546a', t);

/** Black at 0, white at 1, linear in the stored byte (matplotlib's gray). */
export function grey(t: number): string {
  const byte = Math.round(255 * Math.min(1, Math.max(0, t)))
    .toString(16)
    .padStart(2, '0');
  return `#${byte}${byte}${byte}`;
}
