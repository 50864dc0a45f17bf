// Files of a run, as safetensors. String metadata hold the configuration, tensors are named as in the article's Equinox model,
// and a checksum protects every byte.

import { show } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import type { PointSet } from '../core/score.js';
import type { GreyImage } from '../data/image.js';
import { type Tensor as FileTensor, readSafetensors, writeSafetensors } from '../formats/safetensors.js';
import { defaultNetwork, Network, type NetworkConfig, type Tensor } from '../networks/network.js';
import { countOf, float, keyOf, parsed, strangeFile } from './fileEntries.js';
import { leavesOfOldCheckpoint, MOST_PANELS } from './leaves.js';
import type { Checkpoint, TrainConfig } from './train.js';

const KIND = 'scorefield';
/** The library's kind of network, in metadata; files of version 0.1.0 do not name one. */
const NETWORK_KIND = 'random-features';

/** The contents of a file of weights: a network that is not yet in a core's memory. */
export interface Weights {
  /** Sizes and scales of the network. */
  config: NetworkConfig;
  /** The weights, by name. */
  tensors: Record<string, Tensor>;
  /** Training steps that led to them. */
  step: number;
}

/**
 * A checkpoint as safetensors: the network's tensors, adam.mean and adam.square, and the key of the next step.
 *
 * @param checkpoint of a step of {@link train}
 */
export function encodeCheckpoint({
  network,
  training,
  step,
  key,
  leaves,
  panels,
  tensors,
  mean,
  square,
}: Checkpoint): Uint8Array {
  return writeSafetensors(
    {
      ...tensors,
      'adam.mean': { shape: [mean.length], data: mean },
      'adam.square': { shape: [square.length], data: square },
      key: { shape: [2], data: key },
    },
    {
      [KIND]: 'checkpoint',
      kind: NETWORK_KIND,
      network: JSON.stringify(network),
      training: JSON.stringify(training),
      step: String(step),
      ...(leaves !== undefined && { leaves: String(leaves) }),
      ...(panels !== undefined && { panels: String(panels) }),
    },
  );
}

/**
 * The checkpoint of a file.
 *
 * @param name what messages call the file
 * @param bytes the whole file
 * @throws Error if the bytes are not a whole checkpoint
 */
export function decodeCheckpoint(bytes: Uint8Array, name = 'the checkpoint'): Checkpoint {
  const file = read(bytes, name, ['checkpoint']);
  const { 'adam.mean': mean, 'adam.square': square, key, ...tensors } = file.tensors;
  const network = networkOf(file.metadata, name);
  const training = parsed<TrainConfig>(file.metadata, 'training', name);
  return {
    network,
    training,
    step: countOf(file.metadata, 'step', name),
    key: keyOf(key, name),
    leaves: file.metadata.leaves
      ? countOf(file.metadata, 'leaves', name)
      : leavesOfOldCheckpoint(training.batch * network.levels),
    panels: file.metadata.panels ? countOf(file.metadata, 'panels', name) : MOST_PANELS,
    tensors: floats(tensors, name),
    mean: float(mean, 'adam.mean', name),
    square: float(square, 'adam.square', name),
  };
}

/**
 * A network's weights as safetensors.
 *
 * @param network the network of the article
 * @param step training steps that led to them
 */
export function encodeWeights(network: Network, step: number): Uint8Array {
  return writeSafetensors(network.tensors(), {
    [KIND]: 'weights',
    kind: NETWORK_KIND,
    network: JSON.stringify(network.config),
    step: String(step),
  });
}

/**
 * Weights from a file of weights or a checkpoint.
 *
 * @param name what messages call the file
 * @param bytes the whole file
 * @throws Error if the bytes are neither
 */
export function decodeWeights(bytes: Uint8Array, name = 'the weights'): Weights {
  const { tensors, metadata } = read(bytes, name, ['weights', 'checkpoint']);
  const { 'adam.mean': _mean, 'adam.square': _square, key: _key, ...rest } = tensors;
  return {
    config: networkOf(metadata, name),
    tensors: floats(rest, name),
    step: countOf(metadata, 'step', name),
  };
}

/**
 * A network with these weights.
 *
 * @throws RangeError if a tensor is missing, misshapen or not finite.
 *
 * @param core the core that `loadCore` gave
 * @param weights of {@link decodeWeights}
 */
export function loadNetwork(core: Core, { config, tensors }: Weights): Network {
  const network = new Network(core, config);
  try {
    network.setTensors(tensors);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/**
 * A distribution over points as safetensors, with the picture that it was made from if there is one.
 *
 * @param data the points
 * @param image the picture that they were made from
 */
export function encodePointSet({ dim, points, logits }: PointSet, image?: GreyImage): Uint8Array {
  const N = logits.length;
  return writeSafetensors(
    {
      points: { shape: [N, dim], data: points },
      logits: { shape: [N], data: logits },
      ...(image && { image: { shape: [image.height, image.width], data: image.pixels } }),
    },
    { [KIND]: 'points' },
  );
}

/**
 * The inverse of {@link encodePointSet}. Metadata may be lost: the tensors say all.
 *
 * @param name what messages call the file
 * @param bytes the whole file
 * @throws Error if the bytes are another file's
 */
export function decodePointSet(bytes: Uint8Array, name = 'the data'): { data: PointSet; image?: GreyImage } {
  const file = readSafetensors(bytes, name);
  const isPoints = hasPoints(file.tensors);
  const { tensors } = isPoints && file.metadata[KIND] === undefined ? file : checked(file, name, ['points']);
  if (!isPoints)
    throw new Error(`${name}: tensors points and logits must be there, of shapes [n, dim] and [n]`);
  const points = float(tensors.points, 'points', name);
  const logits = float(tensors.logits, 'logits', name);
  const data = { dim: tensors.points.shape[1], points, logits };
  if (!tensors.image) return { data };
  const [height, width] = tensors.image.shape;
  if (tensors.image.shape.length !== 2)
    throw new Error(
      `${name}: tensor image must have shape [height, width], got [${tensors.image.shape.join(', ')}]`,
    );
  return { data, image: { height, width, pixels: float(tensors.image, 'image', name) } };
}

/** Whether tensors are those of points: [N, dim], and their logits [N]. */
export function hasPoints({ points, logits }: Record<string, FileTensor>): boolean {
  return points?.shape.length === 2 && logits?.shape.length === 1 && logits.shape[0] === points.shape[0];
}

/** Reads a file that must be one of these kinds of the library's own. @throws Error otherwise */
function read(bytes: Uint8Array, name: string, kinds: string[]) {
  return checked(readSafetensors(bytes, name), name, kinds);
}

type File = ReturnType<typeof readSafetensors>;

function checked(file: File, name: string, kinds: string[]): File {
  const kind = file.metadata[KIND];
  if (!kinds.includes(kind)) {
    throw new Error(
      `${name}: must hold scorefield ${kinds.join(' or ')}, got ${kind ?? strangeFile(file.metadata)}`,
    );
  }
  return file;
}

/** The network's configuration. Options that a file does not name are younger than the file: they have the article's values. */
function networkOf(metadata: Record<string, string>, name: string): NetworkConfig {
  const { kind = NETWORK_KIND } = metadata;
  if (kind !== NETWORK_KIND) {
    throw new Error(
      `${name}: its network must be of kind ${NETWORK_KIND}, got ${show(kind)}; a newer version of this program wrote it`,
    );
  }
  return { ...defaultNetwork, ...parsed<NetworkConfig>(metadata, 'network', name) };
}

function floats(tensors: Record<string, FileTensor>, name: string): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([entry, tensor]) => [
      entry,
      { shape: tensor.shape, data: float(tensor, entry, name) },
    ]),
  );
}
