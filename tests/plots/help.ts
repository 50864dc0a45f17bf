import { DOMParser } from 'linkedom';
import { gridPoints, type Limits } from '../../src/plots/index.js';

/** Parses a figure; elements are then found by CSS selectors. */
export function parsed(svg: string): Element {
  const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
  return document.documentElement as unknown as Element;
}

/** The words of every text element, in order. */
export function words(svg: string): string[] {
  return Array.from(parsed(svg).querySelectorAll('text'), (text) => text.textContent ?? '');
}

/** f(x, y) at gridPoints. */
export function onGrid(
  xlim: Limits,
  ylim: Limits,
  n: number,
  f: (x: number, y: number) => number,
): Float32Array {
  const points = gridPoints({ xlim, ylim, n });
  return Float32Array.from({ length: n * n }, (_, i) => f(points[2 * i], points[2 * i + 1]));
}

/** Points of a grid with the same vector at each. */
export function uniformArrows(n: number, vector: [number, number], limits: Limits = [0, 1]) {
  return {
    n,
    x: gridPoints({ xlim: limits, ylim: limits, n }),
    score: Float32Array.from({ length: 2 * n * n }, (_, i) => vector[i % 2]),
  };
}

/** Where arrows point, degrees clockwise from upwards. */
export function rotations(svg: string): number[] {
  return Array.from(svg.matchAll(/rotate\((-?[\d.]+)\) translate\(0,[\d.]+\)/g), (m) => Number(m[1]));
}

/** What every figure keeps to, whatever it shows. */
export const SOUND =
  /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+" .*<title>[^<]+<\/title><rect /;
export const UNSOUND = /NaN|Infinity|undefined|\bid=|url\(|currentColor/;
