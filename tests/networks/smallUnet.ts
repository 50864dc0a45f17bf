import { type Core, key } from '../../src/index.js';
import { Unet } from '../../src/networks/unet.js';
import type { UnetConfig } from '../../src/networks/unetConfig.js';

/** A small configuration, of which each test changes something. */
export const SMALL = {
  sample_size: 4,
  in_channels: 1,
  out_channels: 1,
  block_out_channels: [2, 4],
  layers_per_block: 1,
  down_block_types: ['DownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'UpBlock2D'],
  add_attention: false,
  norm_num_groups: 1,
};

/** A network with parameters away from those of a new one, whose biases and gains would hide mistakes. */
export function randomUnet(core: Core, config: UnetConfig): Unet {
  const network = new Unet(core, config);
  network.initialise(key(4));
  network.setParameters(network.parameters().map((v, i) => 1.5 * v + 0.2 * Math.sin(i)));
  return network;
}
