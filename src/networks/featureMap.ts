import { Activation } from './plan.js';

/** Pictures as an activation: rows [height][width][channels]. */
export interface FeatureMap {
  x: Activation;
  height: number;
  width: number;
  channels: number;
}

/** A feature map that no operation has written yet. */
export function featureMap(height: number, width: number, channels: number): FeatureMap {
  return { x: new Activation(height * width * channels, 'rows'), height, width, channels };
}
