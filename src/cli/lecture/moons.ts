import { type Core, type Key, type PointSet, pointSet, uniform } from '../../index.js';

/** Draws `count` points on two interleaved half circles, with a mean of about (0, 0). */
export function moons(core: Core, key: Key, count: number): PointSet {
  const angles = uniform(core, key, [count]);
  const points = Array.from(angles, (angle, i) => {
    const [across, up] = [Math.cos(Math.PI * angle), Math.sin(Math.PI * angle)];
    return i % 2 === 0 ? [across - 0.5, up - 0.25] : [0.5 - across, 0.25 - up];
  });
  return pointSet({ dim: 2, points: points.flat() });
}
