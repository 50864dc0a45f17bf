import { readFileSync } from 'node:fs';
import type { CoreOptions } from '../src/index.js';

/** Reads tests/golden/NAME.json; golden/README.md says what made each file and what it holds. */
export function golden<T>(
  name:
    | 'random'
    | 'mixture'
    | 'network'
    | 'article'
    | 'adam'
    | 'denoising'
    | 'diagnostics'
    | 'diffusion'
    | 'noise'
    | 'files'
    | 'pictures'
    | 'elementary'
    | 'masses'
    | 'local'
    | 'energy'
    | 'samplers'
    | 'solvers'
    | 'bits',
): T {
  return JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T;
}

/** `bits` of golden/bits.mjs: a hash for each name. */
export type Bits = (
  library: typeof import('../src/index.js'),
  options?: CoreOptions,
) => Promise<Record<string, string>>;

/** What golden/local.py wrote of one set of pictures: size null is the whole picture, reach null anywhere. */
export interface LocalGolden {
  height: number;
  width: number;
  channels: number;
  pixels: number[];
  /** The noisy picture by sigma. */
  places: Record<string, number[]>;
  results: { sigma: number; size: number | null; reach: number | null; score: number[] }[];
}

export type KeyPair = [number, number];
export type LayoutName = 'original' | 'partitionable';

export interface RandomGolden {
  threefry2x32: { key: KeyPair; counter: KeyPair; output: KeyPair }[];
  /** PRNGKey(seed), with and without jax_enable_x64. */
  keys: { seed: number; x64: boolean; key: KeyPair }[];
  erfInv: { u: number[]; value: number[] };
  /** -log(-log(u)). */
  gumbelOf: { u: number[]; value: number[] };
  layouts: Record<LayoutName, RandomLayoutGolden>;
}

export interface RandomLayoutGolden {
  split: { key: KeyPair; n: number; keys: KeyPair[] }[];
  foldIn: { key: KeyPair; data: number; result: KeyPair }[];
  /** All values, or of more than 100 the first 8 and the last 8; bitSum is over all bits, modulo 2^32. */
  arrays: {
    key: KeyPair;
    shape: number[];
    bitSum: number;
    bits: number[];
    uniform: number[];
    normal: number[];
    gumbel: number[];
  }[];
  uniformRange: { key: KeyPair; shape: number[]; minval: number; maxval: number; values: number[] }[];
  /** logits are log(weights) in float32; margin is the least gap between the two best of a draw. */
  categorical: { key: KeyPair; weights: number[]; n: number; indices: number[]; margin: number | null }[];
  largeNormal: { key: KeyPair; shape: number[]; at: number[]; values: number[] };
}

/** E[x | y], the density p of y, and what else of it the formula of the model asks for; golden/noise.py says what. */
export interface NoiseGolden {
  sigma: number;
  scale: number;
  shape: number;
  models: Record<
    'gaussian' | 'laplace' | 'poisson' | 'gamma',
    { y: number; mean: number; p: number; part: number }[]
  >;
}

export interface MixtureGolden {
  article: MixtureCaseGolden;
  three: MixtureCaseGolden;
  /** The article's path: z = normal(zKey, [200, 2]); path[t] is the point after t + 1 steps. */
  langevin: { zKey: KeyPair; x0: number[]; stepSize: number; path: number[][] };
}

export interface MixtureCaseGolden {
  means: number[][];
  sds: number[][];
  weights: number[];
  points: number[][];
  float32: { logProb: number[]; prob: number[]; score: number[][] };
  float64: { logProb: number[]; prob: number[]; score: number[][] };
}

/** One array in row-major order; a weight is [outputs, inputs]. */
export interface TensorGolden {
  shape: number[];
  values: number[];
}

/** Names: B_cos, B_sin, alpha, beta, W0, b0, W1, b1, ...; gradients leave B_cos and B_sin out. */
export type TensorsGolden = Record<string, TensorGolden>;

/** Sizes of a network, and the seed that it was initialised from. */
export interface NetworkSizes {
  dim: number;
  features: number;
  width: number;
  depth: number;
  levels: number;
  seed: number;
}

export interface NetworkGolden {
  /** Depths 2, 1 and 0 as the article's, and depth 2 with frequencies spread and features averaged. */
  cases: NetworkCaseGolden[];
}

export interface NetworkCaseGolden {
  config: NetworkSizes & {
    featureSpread?: number;
    encoding?: 'averaged';
  };
  sigmas: number[];
  /** The batch [B, D], its loss keys [B, 2] and the standard normals [B, L, D] they give. */
  points: number[][];
  keys: KeyPair[];
  normals: number[][][];
  initial: NetworkStateGolden;
  /** The same with other alpha and beta. */
  shifted: NetworkStateGolden;
  /** Three steps from initial, each on the same points and keys. */
  adam: { learningRate: number; losses: number[]; tensors: TensorsGolden };
}

export interface NetworkStateGolden {
  tensors: TensorsGolden;
  x: number[][];
  /** [L, points of x, D]. */
  scores: number[][][];
  loss: number;
  gradients: TensorsGolden;
}

/** float64 sums over all entries, and the entries at some flat indices (all of them up to 128). */
export interface SummaryGolden {
  shape: number[];
  sum: number;
  absSum: number;
  norm: number;
  at: number[];
  values: number[];
}

export interface ArticleGolden {
  config: NetworkSizes & {
    dataSeed: number;
    batch: number;
    learningRate: number;
  };
  sigmas: number[];
  initial: Record<string, SummaryGolden>;
  langevin: ArticleLangevinGolden;
  runs: Record<'mnist' | 'synthetic', ArticleRunGolden>;
}

export interface ArticleRunGolden {
  /** Flat pixel indices of the batch of step 0, and its gradients. */
  pixels: number[];
  gradients: Record<string, SummaryGolden>;
  /** Losses and sums of pixel indices of steps 0 to 9; the least margin of their draws. */
  losses: number[];
  pixelSums: number[];
  margin: number;
  /** After 10 steps. */
  parameters: Record<string, SummaryGolden>;
  langevin: ArticleLangevinGolden;
}

/** path[i] is the point after every * (i + 1) steps from (0.5, 0.5). */
export interface ArticleLangevinGolden {
  level: number;
  stepSize: number;
  every: number;
  path: number[][];
}

export interface AdamGolden {
  start: number[];
  gradients: number[][];
  /** path[t] is the vector after t + 1 steps; mean and square are the moments after the last. */
  runs: { learningRate: number; path: number[][]; mean: number[]; square: number[] }[];
  /** 1 - 0.9^count and 1 - 0.999^count as Optax has them. */
  corrections: { count: number; mean: number; square: number }[];
}

/** The best linear denoiser of some points, in float64; the last coordinate never varies. */
export interface LinearGolden {
  linear: {
    points: number[][];
    mean: number[];
    covariance: number[][];
    y: number[][];
    runs: { sigma: number; denoised: number[][] }[];
  };
}

export interface DiffusionGolden {
  /** The network of network.json of depth 2, state `shifted`: its loss by least-squares denoising. */
  denoising: { loss: number; gradients: TensorsGolden };
  mixture: { means: number[][]; sds: number[][]; weights: number[] };
  x: number[][];
  z: number[][];
  exploding: { sigmaMin: number; sigmaMax: number } & FlowGolden;
  preserving: { betaMin: number; betaMax: number; tMin: number } & FlowGolden;
}

/** What golden/energy.py says. Of a gradient: the first, the middle and the last entry, and the sum of squares. */
export interface EnergyGolden {
  phi: number[];
  gradient: [number, number][];
  /** Of the nodes. */
  logDensity: number[];
  denoising: EnergyLossGolden;
  likelihood: EnergyLossGolden;
}

export interface EnergyLossGolden {
  loss: number;
  gradients: Record<string, { entries: number[]; square: number }>;
}

/** What golden/denoising.py says; the linear denoiser has a test of its own. */
export interface DenoisingGolden {
  preconditioning: Record<'sigma' | 'sigmaData' | 'cSkip' | 'cOut' | 'cIn' | 'cNoise' | 'lambda', number>[];
  adamw: {
    start: number[];
    gradients: number[][];
    runs: {
      learningRate: number;
      weightDecay: number;
      maxNorm: number | null;
      norms: number[];
      path: number[][];
    }[];
  };
  ema: { start: number[]; values: number[][]; runs: { decay: number; path: number[][] }[] };
}

export interface FlowGolden {
  /** log p(x) at tMin by the flow, its end taken for Gaussian, and by the formula. */
  logProb: number[];
  exact: number[];
  /** Where the flow from sigma(1) z ends at tMin. */
  flow: number[][];
}

/** A mean over chains and its standard error. */
export interface SummaryStatistic {
  mean: number;
  error: number;
}

/** What BlackJAX's samplers report of two targets, by chains that start in equilibrium. */
export interface SamplersGolden {
  chains: number;
  steps: number;
  covariance: number[][];
  banana: { sd: number; bend: number; noise: number };
  targets: Record<
    'gaussian' | 'banana',
    Record<'hmc' | 'mala', { acceptance: SummaryStatistic }> &
      Record<'nuts', Record<'acceptance' | 'leapfrogs' | 'depth', SummaryStatistic>> &
      Record<'adapted', Record<'acceptance' | 'leapfrogs' | 'stepSize', SummaryStatistic>>
  >;
}

export interface MassesGolden {
  inverseMass: number[][];
  covariance: number[][];
  hmc: Record<'acceptance', SummaryStatistic>;
  nuts: Record<'acceptance' | 'leapfrogs' | 'depth', SummaryStatistic>;
  adaptedNuts: Record<'acceptance' | 'leapfrogs' | 'stepSize', SummaryStatistic>;
  adaptedHmc: Record<'dense' | 'diagonal', Record<'acceptance' | 'stepSize', SummaryStatistic>>;
}

/** A number, or one that JSON has no way to write. */
export type AnyNumber = number | 'NaN' | 'Infinity';

export interface DiagnosticsGolden {
  probabilities: number[];
  lags: number;
  /** ArviZ's values of some chains. */
  chains: {
    name: string;
    /** draws, chains, dim */
    shape: [number, number, number];
    /** float32, little-endian, in base64. */
    draws: string;
    coordinates: {
      mean: AnyNumber;
      sd: AnyNumber;
      rhat: AnyNumber;
      essBulk: AnyNumber;
      essTail: AnyNumber;
      essMean: AnyNumber;
      essSd: AnyNumber;
      essQuantile: AnyNumber[];
      mcseMean: AnyNumber;
      mcseSd: AnyNumber;
      mcseQuantile: AnyNumber[];
      /** [chains, lags] */
      autocorrelation: AnyNumber[][];
      /** [chains], of the draws taken for energies. */
      bfmi: AnyNumber[];
    }[];
  }[];
  /** SciPy's. */
  quantiles: {
    normal: { p: number[]; value: number[] };
    beta: { p: number; a: number; b: number; value: number }[];
  };
  /** JAX's derivatives of the kernel; the score is -precision x. */
  stein: { scale: number; precision: number[][]; x: number[][]; v: number; u: number }[];
}

/** Bytes are packed by zlib, in base64. */
export interface FilesGolden {
  /** No values: numpy.load refuses the file, or it holds no real numbers. */
  npy: { file: string; shape?: number[]; values: number[] | null }[];
  safetensors: {
    file: string;
    values: Record<string, (number | string)[]>;
    /** The numbers of all 256 bytes, as float32. */
    eight: { file: string; float32: Record<string, string> };
  };
  /** Of a file of four bytes of data. */
  headers: { header: string; taken: boolean }[];
  /** Files of files.mjs by their names; kept: with their metadata. */
  saved: { name: string; kept: boolean; file: string }[];
  programs: {
    /** Of their text. */
    sha256: string;
    x: number[][];
    /** By level, point and coordinate. */
    score: { name: string; scores: number[][][] }[];
    denoise: { sigmas: number[]; outputs: number[][] };
  };
}

type Points = [number, number][];

export interface SolversGolden {
  mixture: { means: number[][]; sds: number[][]; weights: number[] };
  /** Where flows start, at sigma 20; from another first level, in proportion. */
  init: Points;
  /** Of the ancestral sampler. */
  key: number;
  /** Noise levels, the last 0. */
  levels: number[];
  /** Where the flow of init from the first level to the last above 0 ends. */
  exact: Points;
  /** Ends at the last level, by name of our solver. */
  solvers: Record<'dpmSolver' | 'heun' | 'ddim' | 'accelerated', Points>;
  /** Ends at the last level above 0. */
  bare: Record<'dpmSolver' | 'deis', Points>;
  ancestral: Points;
  /** diffusers' schedulers on levels of their own, to no noise. */
  schedulers: Record<'ddim' | 'heun', { schedule: number[]; x: Points }>;
  schedules: Record<'karras' | 'logLinear' | 'ddpm' | 'cosine', number[]>;
}
