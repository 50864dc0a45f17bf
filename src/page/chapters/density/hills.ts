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
const far = (a: number, b: number, [x, y]: Component) => (a - x) ** 2 + (b - y) ** 2;

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

/** Whether all centres are at least 8 widths of the wider hill apart: a chain does not cross by itself. */
export const areApart = (components: readonly Component[]) =>
  components.length > 1 &&
  components.every((one, k) =>
    components
      .slice(0, k)
      .every((other) => far(one[0], one[1], other) >= (8 * Math.max(one[2], other[2])) ** 2),
  );

/** The share of the particles x [n, 2] that each hill's centre is nearest to. */
export function sharesOf(x: Float32Array, components: readonly Component[]): number[] {
  const counts = components.map(() => 0);
  for (let i = 0; i < x.length; i += 2) {
    let best = 0;
    for (let k = 1; k < components.length; k++) {
      if (far(x[i], x[i + 1], components[k]) < far(x[i], x[i + 1], components[best])) best = k;
    }
    counts[best]++;
  }
  return counts.map((count) => (2 * count) / x.length);
}
