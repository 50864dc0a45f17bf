// A U-Net as the two files of diffusers' `UNet2DModel`: config.json and diffusion_pytorch_model.safetensors.
import { show } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.js';
import type { Tensor } from './planned.js';
import { Unet } from './unet.js';
import { unetConfig } from './unetConfig.js';

/** The version of diffusers whose files these are. */
const DIFFUSERS_VERSION = '0.42.1';

/** Names of the two files in a model's folder. */
export const UNET_FILES = { config: 'config.json', weights: 'diffusion_pytorch_model.safetensors' } as const;

/**
 * A U-Net from a model that diffusers saved.
 *
 * @param files config: the parsed config.json; weights: the bytes of the safetensors file, in float32, float16 or bfloat16
 * @param core the core that `loadCore` gave
 * @throws RangeError or TypeError that names an entry of the configuration which this library cannot build, Error if the
 *   weights are damaged, or a tensor is missing, misshapen or not finite
 */
export function loadUnet(
  core: Core,
  { config, weights }: { config: Readonly<Record<string, unknown>>; weights: Uint8Array },
): Unet {
  const settings = unetConfig(config, 'loadUnet');
  const { tensors } = readSafetensors(weights, UNET_FILES.weights);
  for (const [name, { data }] of Object.entries(tensors)) {
    if (!(data instanceof Float32Array))
      throw new TypeError(
        `loadUnet: tensor ${name} must be of float32, float16 or bfloat16, got ${show(data)}`,
      );
  }
  const network = new Unet(core, settings);
  try {
    network.setTensors(tensors as Record<string, Tensor>);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/**
 * The two files that `UNet2DModel.from_pretrained` reads.
 *
 * @param tensors the network's own when left out
 * @param network the network to save
 */
export function saveUnet(
  network: Unet,
  tensors: Record<string, Tensor> = network.tensors(),
): { config: string; weights: Uint8Array } {
  const config = {
    _class_name: 'UNet2DModel',
    _diffusers_version: DIFFUSERS_VERSION,
    act_fn: 'silu',
    downsample_type: 'conv',
    dropout: 0,
    mid_block_scale_factor: 1,
    resnet_time_scale_shift: 'default',
    upsample_type: 'conv',
    class_embed_type: null,
    ...network.config,
  };
  return {
    config: `${JSON.stringify(config, null, 2)}\n`,
    weights: writeSafetensors(tensors, { format: 'pt' }),
  };
}
