export type { Weights } from './checkpoint.js';
export {
  decodeCheckpoint,
  decodePointSet,
  decodeWeights,
  encodeCheckpoint,
  encodePointSet,
  encodeWeights,
  loadNetwork,
} from './checkpoint.js';
export { collect } from './collect.js';
export type { Core, CoreOptions, Kernel } from './core/load.js';
export { loadCore } from './core/load.js';
export type { Denoiser } from './denoisers/denoiser.js';
export { denoiser, scoreOf } from './denoisers/denoiser.js';
export type { AutocorrelationOptions } from './diagnostics/autocorrelation.js';
export { autocorrelation, integratedAutocorrelationTime } from './diagnostics/autocorrelation.js';
export type { Draws, DrawsShape } from './diagnostics/draws.js';
export type { QuantileOptions } from './diagnostics/effectiveSampleSize.js';
export { essBulk, essMean, essQuantile, essSd, essTail } from './diagnostics/effectiveSampleSize.js';
export type { Acceptance, ChainsOption, Divergences } from './diagnostics/hamiltonian.js';
export { acceptance, bfmi, divergences } from './diagnostics/hamiltonian.js';
export type { ModeOccupancy, ModesOptions } from './diagnostics/modes.js';
export { modeOccupancy } from './diagnostics/modes.js';
export type { Nearest, NearestOptions } from './diagnostics/nearest.js';
export { nearest } from './diagnostics/nearest.js';
export type { RankHistogramOptions } from './diagnostics/rankHistogram.js';
export { rankHistogram } from './diagnostics/rankHistogram.js';
export { rhat } from './diagnostics/rhat.js';
export { mcseMean, mcseQuantile, mcseSd } from './diagnostics/standardError.js';
export type { SteinDiscrepancy, SteinOptions } from './diagnostics/stein.js';
export { steinDiscrepancy } from './diagnostics/stein.js';
export type { CoordinateSummary, SummaryOptions } from './diagnostics/summary.js';
export { summary } from './diagnostics/summary.js';
export { dataScores } from './diffusion/dataScores.js';
export type { Moments, ScoreFamily } from './diffusion/family.js';
export { momentsOf } from './diffusion/family.js';
export type { Likelihood, LikelihoodOptions } from './diffusion/logLikelihood.js';
export { logLikelihood } from './diffusion/logLikelihood.js';
export type { Memorisation } from './diffusion/memorisation.js';
export { memorisation } from './diffusion/memorisation.js';
export { mixtureScores } from './diffusion/mixtureScores.js';
export { networkScores } from './diffusion/networkScores.js';
export type { DiffusionProcess } from './diffusion/process.js';
export { varianceExploding, variancePreserving } from './diffusion/process.js';
export { scaleScore } from './diffusion/scaleScore.js';
export type { DiffusionOptions } from './diffusion/stages.js';
export type { EvaluateOptions, LevelQuality } from './evaluate.js';
export { evaluate } from './evaluate.js';
export { gunzip, readIdx, readIdxLabels } from './formats/idx.js';
export { readNpy, writeNpy } from './formats/npy.js';
export { readSafetensors, writeSafetensors } from './formats/safetensors.js';
export type { Histogram, HistogramGrid } from './histogram.js';
export { smoothedHistogram, totalVariation } from './histogram.js';
export type { Preset } from './presets.js';
export { presets } from './presets.js';
export type { DrawOptions, Key, Layout } from './random.js';
export { bits, categorical, foldIn, gumbel, key, normal, split, uniform } from './random.js';
export type { AnnealedLangevinOptions } from './samplers/annealedLangevin.js';
export { annealedLangevin } from './samplers/annealedLangevin.js';
export type { ChainOptions, SamplerState } from './samplers/chains.js';
export type { HistogramOptions, SampleHistogram } from './samplers/histogram.js';
export type { LangevinOptions } from './samplers/langevin.js';
export { langevin } from './samplers/langevin.js';
export type { ProbabilityFlowOptions } from './samplers/probabilityFlow.js';
export { probabilityFlow } from './samplers/probabilityFlow.js';
export type { ReverseDiffusionOptions } from './samplers/reverseDiffusion.js';
export { reverseDiffusion } from './samplers/reverseDiffusion.js';
export type { WalkJumpOptions, WalkJumpState } from './samplers/walkJump.js';
export { walkJump } from './samplers/walkJump.js';
export { builtInImage, builtInImages } from './scores/builtIn.js';
export { empirical } from './scores/empirical.js';
export { fromFunction } from './scores/function.js';
export type { GreyImage, ImagePart } from './scores/image.js';
export { imageDistribution } from './scores/image.js';
export { network } from './scores/initial.js';
export type { MixtureOptions } from './scores/mixture.js';
export { mixture } from './scores/mixture.js';
export type { Network, NetworkConfig, Tensor } from './scores/network.js';
export { geomspace } from './scores/network.js';
export { pointSet } from './scores/pointSet.js';
export type { Density, PointSet, Score } from './scores/types.js';
export type { Checkpoint, TrainConfig, TrainOptions, TrainStep } from './train.js';
export { train } from './train.js';
