import { mixtures, smoothed } from '../../state/mixtures.js';
import type { Component } from '../../state/state.js';

/** Rounds as a link does. */
const tidy = (place: number) => Number(place.toFixed(3));

/** Mixtures by the names of their buttons. */
export const MIXTURES: Record<string, readonly Component[]> = {
  'Two hills': mixtures.mixture,
  'Far apart': mixtures.apart,
  'Ring of eight': mixtures.ring.map(([x, y, sd]) => [tidy(x), tidy(y), sd] as const),
};

/** The squared distance of the point (a, b) from the centre of a hill. */
export const far = (a: number, b: number, [x, y]: Component) => (a - x) ** 2 + (b - y) ** 2;

/**
 * The nearest hill that reaches the point (a, b), or -1 if none does. A hill reaches two of its widths, or one smoothed
 * width if that is more; points between hills belong to none.
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
