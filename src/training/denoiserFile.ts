// Files of a learned denoiser, as safetensors: string metadata hold its configuration, tensors have PyTorch's names, and their
// moving averages the same behind "average.".
import { show } from '../core/check.js';
import type { Core } from '../core/instantiate.js';
import { type Tensor as FileTensor, readSafetensors, writeSafetensors } from '../formats/safetensors.js';
import { EnergyNetwork } from '../networks/energyNetwork.js';
import type { EnergyConfig } from '../networks/energyPlan.js';
import { type DenoiserConfig, type LearnedDenoiser, learnedDenoiser } from '../networks/learnedDenoiser.js';
import { Mlp, type MlpConfig } from '../networks/mlp.js';
import type { Tensor } from '../networks/planned.js';
import type { TimedNetwork } from '../networks/timedNetwork.js';
import { Unet } from '../networks/unet.js';
import { unetConfig } from '../networks/unetConfig.js';
import type { DenoiserTraining } from './denoiserConfig.js';
import { countOf, float, keyOf, parsed, strangeFile } from './fileEntries.js';
import type { DenoiserCheckpoint } from './trainDenoiser.js';

const KIND = 'scorefield';
const AVERAGE = 'average.';

/** The contents of a file of a denoiser's weights, which are not yet in a core's memory. */
export interface DenoiserWeights {
  /** Which class of network, and its configuration. */
  kind: string;
  /** Sizes of the network. */
  network: object;
  /** Parameterisation and time of the denoiser. */
  denoiser: DenoiserConfig;
  /** Training steps that led to them. */
  step: number;
  /** The weights of the last step, by name. */
  tensors: Record<string, Tensor>;
  /** Their moving averages. */
  average: Record<string, Tensor>;
}

/**
 * A training's checkpoint as safetensors: weights and averages, adam.mean and adam.square, and the key of the next step.
 *
 * @param checkpoint of a step of {@link trainDenoiser}
 */
export function encodeDenoiserCheckpoint(checkpoint: DenoiserCheckpoint): Uint8Array {
  const { training, leaves, panels, mean, square, key } = checkpoint;
  return write(
    checkpoint,
    'checkpoint',
    {
      'adam.mean': { shape: [mean.length], data: mean },
      'adam.square': { shape: [square.length], data: square },
      key: { shape: [2], data: key },
    },
    { training: JSON.stringify(training), leaves: String(leaves), panels: String(panels) },
  );
}

/**
 * A denoiser's weights and their averages as safetensors. A {@link DenoiserCheckpoint} holds them.
 *
 * @param weights tensors and what to build the network from
 */
export function encodeDenoiserWeights(weights: DenoiserWeights): Uint8Array {
  return write(weights, 'weights', {}, {});
}

function write(
  { kind, network, denoiser, step, tensors, average }: DenoiserWeights,
  file: string,
  more: Record<string, FileTensor>,
  metadata: Record<string, string>,
): Uint8Array {
  const averages = Object.entries(average).map(([name, tensor]) => [AVERAGE + name, tensor] as const);
  return writeSafetensors(
    { ...tensors, ...Object.fromEntries(averages), ...more },
    {
      [KIND]: file,
      kind,
      network: JSON.stringify(network),
      denoiser: JSON.stringify(denoiser),
      step: String(step),
      ...metadata,
    },
  );
}

/**
 * Whether a file of weights or a checkpoint is one of a learned denoiser; false for any other file.
 *
 * @param bytes the whole file
 */
export function isDenoiserFile(bytes: Uint8Array): boolean {
  try {
    const { metadata } = readSafetensors(bytes);
    return metadata[KIND] !== undefined && isKnown(metadata.kind);
  } catch {
    return false;
  }
}

/**
 * Weights from a file of weights or a checkpoint.
 *
 * @param name what messages call the file
 * @param bytes the whole file
 * @throws Error if the bytes are neither
 */
export function decodeDenoiserWeights(bytes: Uint8Array, name = 'the weights'): DenoiserWeights {
  const { tensors, metadata } = read(bytes, name, ['weights', 'checkpoint']);
  return weightsOf(tensors, metadata, name);
}

/**
 * The checkpoint of a file.
 *
 * @param name what messages call the file
 * @param bytes the whole file
 * @throws Error if the bytes are not a whole checkpoint
 */
export function decodeDenoiserCheckpoint(bytes: Uint8Array, name = 'the checkpoint'): DenoiserCheckpoint {
  const { tensors, metadata } = read(bytes, name, ['checkpoint']);
  return {
    ...weightsOf(tensors, metadata, name),
    training: parsed<DenoiserTraining>(metadata, 'training', name),
    key: keyOf(tensors.key, name),
    leaves: countOf(metadata, 'leaves', name),
    panels: countOf(metadata, 'panels', name),
    mean: float(tensors['adam.mean'], 'adam.mean', name),
    square: float(tensors['adam.square'], 'adam.square', name),
  };
}

function weightsOf(
  tensors: Record<string, FileTensor>,
  metadata: Record<string, string>,
  name: string,
): DenoiserWeights {
  const { 'adam.mean': _mean, 'adam.square': _square, key: _key, ...rest } = tensors;
  const all = Object.entries(rest).map(
    ([entry, tensor]) => [entry, { shape: tensor.shape, data: float(tensor, entry, name) }] as const,
  );
  const isAverage = (entry: string) => entry.startsWith(AVERAGE);
  return {
    kind: metadata.kind,
    network: parsed(metadata, 'network', name),
    denoiser: parsed(metadata, 'denoiser', name),
    step: countOf(metadata, 'step', name),
    tensors: Object.fromEntries(all.filter(([entry]) => !isAverage(entry))),
    average: Object.fromEntries(
      all
        .filter(([entry]) => isAverage(entry))
        .map(([entry, tensor]) => [entry.slice(AVERAGE.length), tensor]),
    ),
  };
}

/** How a network of each kind is made from its configuration. */
const NETWORKS: Readonly<Record<string, (core: Core, config: object) => TimedNetwork>> = {
  unet: (core, config) => new Unet(core, unetConfig(config as Record<string, unknown>)),
  mlp: (core, config) => new Mlp(core, config as MlpConfig),
  energy: (core, config) => new EnergyNetwork(core, config as EnergyConfig),
};

const isKnown = (kind: string | undefined) => kind !== undefined && Object.hasOwn(NETWORKS, kind);

/**
 * A denoiser with these weights.
 *
 * @param options averaged: whether to take the moving averages, which denoise better, instead of the weights of the last step;
 *   default: true
 * @param core the core that `loadCore` gave
 * @param weights of {@link decodeDenoiserWeights}
 * @throws RangeError if a tensor is missing, misshapen or not finite, or the configuration is none of this library
 */
export function loadDenoiser(
  core: Core,
  { kind, network: config, denoiser, tensors, average }: DenoiserWeights,
  { averaged = true }: { averaged?: boolean } = {},
): LearnedDenoiser {
  if (!isKnown(kind)) {
    const known = Object.keys(NETWORKS).join(' or ');
    throw new RangeError(`loadDenoiser: kind must be ${known}, got ${show(kind)}; a newer version wrote it`);
  }
  const network = NETWORKS[kind](core, config);
  try {
    network.setTensors(averaged ? average : tensors);
    return learnedDenoiser(network, denoiser);
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** Reads a file that must be one of these kinds of the library's own. @throws Error otherwise */
function read(bytes: Uint8Array, name: string, kinds: string[]) {
  const file = readSafetensors(bytes, name);
  const kind = file.metadata[KIND];
  if (!kinds.includes(kind) || !isKnown(file.metadata.kind)) {
    const { kind: of } = file.metadata;
    const got =
      kind === undefined ? strangeFile(file.metadata) : of === undefined ? kind : `${kind} of ${show(of)}`;
    throw new Error(`${name}: must hold scorefield ${kinds.join(' or ')} of a denoiser, got ${got}`);
  }
  return file;
}
