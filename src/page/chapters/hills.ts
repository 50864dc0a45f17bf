import type { Component } from '../state.js';
import { smoothed } from './code.js';

/** Mixtures by the names of their buttons. */
export const MIXTURES: Record<string, readonly Component[]> = {
  'Two hills': [
    [0.5, 0.5, 0.4],
    [-0.5, -0.5, 0.4],
  ],
  'Far apart': [
    [1.2, 1.2, 0.2],
    [-1.2, -1.2, 0.2],
  ],
  'Ring of eight': Array.from({ length: 8 }, (_, i) => {
    const place = (turn: number) => Number((1.4 * turn).toFixed(3));
    return [place(Math.cos((i * Math.PI) / 4)), place(Math.sin((i * Math.PI) / 4)), 0.14] as const;
  }),
};

/** The squared distance of a place from the middle of a hill. */
export const far = (a: number, b: number, [x, y]: Component) => (a - x) ** 2 + (b - y) ** 2;

/**
 * The nearest of the hills that reach a place, or -1: a hill reaches as far as two of its own widths, or one smoothed
 * width where that is more, so that the land between hills is nobody's.
 */
export function nearestHill(a: number, b: number, components: readonly Component[], smooth: number): number {
  let nearest = -1;
  components.forEach((component, k) => {
    const reach = Math.max(2 * component[2], smoothed(component[2], smooth));
    const distance = far(a, b, component);
    if (distance >= reach ** 2) return;
    if (nearest < 0 || distance < far(a, b, components[nearest])) nearest = k;
  });
  return nearest;
}
