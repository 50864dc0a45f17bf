export type { CategoricalOptions, Drawing } from './core/categorical.js';
export { categorical } from './core/categorical.js';
export type { Core, CoreOptions, Kernel } from './core/load.js';
export { loadCore } from './core/load.js';
export type { DrawOptions, Key, Layout } from './core/random.js';
export { bits, foldIn, gumbel, key, normal, split, uniform } from './core/random.js';
export type { Denoiser, Density, PointSet, Score } from './core/score.js';
export type { SharedScore } from './core/sharedScore.js';
export { shareScore } from './core/sharedScore.js';
export type { ThreadPort } from './core/thread.js';
export { type ThreadPortsOptions, threadPorts } from './core/threadPorts.js';
export { builtInImage, builtInImages } from './data/builtIn.js';
export { digits } from './data/digits.js';
export type { GreyImage, ImagePart } from './data/image.js';
export { imageDistribution } from './data/image.js';
export type { ImageMoments, ImageSplit } from './data/imageParts.js';
export { concatImages, greyImages, imageMoments, splitImages } from './data/imageParts.js';
export type { ImageSet, ImageSetOptions } from './data/imageSet.js';
export { imageDim, imagePoints, imageRows, imageSet, takeImages } from './data/imageSet.js';
export { permutation } from './data/permutation.js';
export { pointSet } from './data/pointSet.js';
export { bayesDenoiser, fitPrior } from './denoisers/bayes.js';
export type { BlurOptions, BlurSize } from './denoisers/blur.js';
export { blurDenoiser } from './denoisers/blur.js';
export { denoiser, scoreOf } from './denoisers/denoiser.js';
export type { DrawNoisyOptions } from './denoisers/drawNoisy.js';
export { drawNoisy } from './denoisers/drawNoisy.js';
export type { EmpiricalBayesOptions } from './denoisers/empiricalBayes.js';
export { empiricalBayesDenoiser } from './denoisers/empiricalBayes.js';
export type { HeldOutErrors, HeldOutOptions } from './denoisers/heldOut.js';
export { heldOutErrors } from './denoisers/heldOut.js';
export type { LinearData, LinearDenoisers } from './denoisers/linear.js';
export { linearDenoiser, linearDenoisers } from './denoisers/linear.js';
export { meanDenoiser } from './denoisers/mean.js';
export type { NoiseModel } from './denoisers/noiseModel.js';
export { banana } from './densities/banana.js';
export { eightModes } from './densities/eightModes.js';
export { empirical } from './densities/empirical.js';
export { fromFunction } from './densities/function.js';
export { funnel } from './densities/funnel.js';
export type { GaussianOptions } from './densities/gaussian.js';
export { gaussian } from './densities/gaussian.js';
export type { MixtureOptions } from './densities/mixture.js';
export { mixture } from './densities/mixture.js';
export { ring } from './densities/ring.js';
export { smooth } from './densities/smooth.js';
export type { AutocorrelationOptions } from './diagnostics/autocorrelation.js';
export { autocorrelation, integratedAutocorrelationTime } from './diagnostics/autocorrelation.js';
export type { CurlOptions } from './diagnostics/curl.js';
export { curl } from './diagnostics/curl.js';
export type { DensityHistogram } from './diagnostics/densityHistogram.js';
export { densityHistogram } from './diagnostics/densityHistogram.js';
export type { Draws, DrawsShape } from './diagnostics/draws.js';
export type { QuantileOptions } from './diagnostics/effectiveSampleSize.js';
export { essBulk, essMean, essQuantile, essSd, essTail } from './diagnostics/effectiveSampleSize.js';
export type { Entropy } from './diagnostics/entropy.js';
export { entropy } from './diagnostics/entropy.js';
export type { Acceptance, ChainsOption, Divergences } from './diagnostics/hamiltonian.js';
export { acceptance, bfmi, divergences } from './diagnostics/hamiltonian.js';
export type { Histogram, HistogramGrid } from './diagnostics/histogram.js';
export { expectedTotalVariation, smoothedHistogram, totalVariation } from './diagnostics/histogram.js';
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
export type { CalibrateOptions, PatchCalibration } from './diffusion/calibratePatches.js';
export { calibratePatches } from './diffusion/calibratePatches.js';
export type { ConditionalScoresOptions } from './diffusion/conditionalScores.js';
export { conditionalScores, guidedScores } from './diffusion/conditionalScores.js';
export { dataScores } from './diffusion/dataScores.js';
export type { DenoiserScoresOptions } from './diffusion/denoiserScores.js';
export { denoiserScores } from './diffusion/denoiserScores.js';
export type { Moments, ScoreFamily } from './diffusion/family.js';
export { momentsOf } from './diffusion/family.js';
export type { LocalScoresOptions } from './diffusion/localScores.js';
export { localScores } from './diffusion/localScores.js';
export type { Likelihood, LikelihoodOptions } from './diffusion/logLikelihood.js';
export { logLikelihood } from './diffusion/logLikelihood.js';
export type { Memorisation } from './diffusion/memorisation.js';
export { memorisation } from './diffusion/memorisation.js';
export { mixtureScores } from './diffusion/mixtureScores.js';
export { networkScores } from './diffusion/networkScores.js';
export type { LinearObservationOptions, Observation } from './diffusion/observation.js';
export { linearObservation } from './diffusion/observation.js';
export type { PatchRange, PatchSchedule } from './diffusion/patches.js';
export type { DiffusionProcess } from './diffusion/process.js';
export { straightPaths, varianceExploding, variancePreserving } from './diffusion/process.js';
export { scaleScore } from './diffusion/scaleScore.js';
export { readCifar } from './formats/cifar.js';
export { readCsvPoints } from './formats/csvPoints.js';
export { gunzip } from './formats/gzip.js';
export type { IdxOptions, IdxSetOptions } from './formats/idx.js';
export { readIdx, readIdxImages, readIdxLabels } from './formats/idx.js';
export { readNpy, writeNpy } from './formats/npy.js';
export { readNpyImages, readNpyPoints } from './formats/npyData.js';
export { readSafetensors, writeSafetensors } from './formats/safetensors.js';
export type { EnergyNetwork, EnergyNetworkOptions } from './networks/energyNetwork.js';
export { energyNetwork } from './networks/energyNetwork.js';
export type { EnergyConfig } from './networks/energyPlan.js';
export type {
  DenoiserConfig,
  LearnedDenoiser,
  Parameterisation,
  TimeScale,
} from './networks/learnedDenoiser.js';
export { learnedDenoiser } from './networks/learnedDenoiser.js';
export type { Mlp, MlpConfig, MlpOptions } from './networks/mlp.js';
export { mlp } from './networks/mlp.js';
export type { Network, NetworkConfig, Tensor } from './networks/network.js';
export { geomspace, network } from './networks/network.js';
export type { PictureShape, TimedNetwork } from './networks/timedNetwork.js';
export type { Unet, UnetOptions } from './networks/unet.js';
export { unet } from './networks/unet.js';
export type { UnetConfig } from './networks/unetConfig.js';
export { loadUnet, saveUnet, UNET_FILES } from './networks/unetFiles.js';
export type { AnnealedLangevinOptions } from './samplers/annealedLangevin.js';
export { annealedLangevin } from './samplers/annealedLangevin.js';
export type { ChainOptions, SamplerState } from './samplers/chains.js';
export { collect } from './samplers/collect.js';
export type { ConditionalDiffusionOptions, ConditionalState } from './samplers/conditionalDiffusion.js';
export { conditionalDiffusion } from './samplers/conditionalDiffusion.js';
export type {
  MassOptions,
  MetropolisState,
  TrajectoryState,
  WarmupOptions,
} from './samplers/hamiltonian.js';
export type { HistogramOptions, SampleHistogram } from './samplers/histogram.js';
export { joinHistograms } from './samplers/histogram.js';
export type { HmcOptions } from './samplers/hmc.js';
export { hmc } from './samplers/hmc.js';
export type { LangevinOptions } from './samplers/langevin.js';
export { langevin } from './samplers/langevin.js';
export type { MalaOptions } from './samplers/mala.js';
export { mala } from './samplers/mala.js';
export type { NutsOptions, NutsState } from './samplers/nuts.js';
export { nuts } from './samplers/nuts.js';
export type { ProbabilityFlowOptions } from './samplers/probabilityFlow.js';
export { probabilityFlow } from './samplers/probabilityFlow.js';
export type { ReverseDiffusionOptions } from './samplers/reverseDiffusion.js';
export { reverseDiffusion } from './samplers/reverseDiffusion.js';
export type { Schedule, ScheduleOptions } from './samplers/schedule.js';
export { noiseSchedule } from './samplers/schedule.js';
export type { Shard } from './samplers/shard.js';
export type { Solver } from './samplers/solvers.js';
export type { DiffusionOptions } from './samplers/stages.js';
export type { UnderdampedOptions } from './samplers/underdamped.js';
export { underdamped } from './samplers/underdamped.js';
export type { WalkJumpOptions, WalkJumpState } from './samplers/walkJump.js';
export { walkJump } from './samplers/walkJump.js';
export type { Weights } from './training/checkpoint.js';
export {
  decodeCheckpoint,
  decodePointSet,
  decodeWeights,
  encodeCheckpoint,
  encodePointSet,
  encodeWeights,
  loadNetwork,
} from './training/checkpoint.js';
export type { DenoiserTraining, NoiseDistribution } from './training/denoiserConfig.js';
export type { DenoiserWeights } from './training/denoiserFile.js';
export {
  decodeDenoiserCheckpoint,
  decodeDenoiserWeights,
  encodeDenoiserCheckpoint,
  encodeDenoiserWeights,
  isDenoiserFile,
  loadDenoiser,
} from './training/denoiserFile.js';
export type { EvaluateOptions, LevelQuality } from './training/evaluate.js';
export { evaluate } from './training/evaluate.js';
export type { RunImages } from './training/imageFile.js';
export { decodeImages, encodeImages, isImageFile } from './training/imageFile.js';
export type { Matching, Projections } from './training/matching.js';
export type { MatchScoreOptions } from './training/matchScore.js';
export { matchScore } from './training/matchScore.js';
export type { Preset } from './training/presets.js';
export { presets } from './training/presets.js';
export type { Standardised } from './training/standardised.js';
export { standardised } from './training/standardised.js';
export type { Checkpoint, DenoisingConfig, TrainConfig, TrainOptions, TrainStep } from './training/train.js';
export { train } from './training/train.js';
export type { DenoiserCheckpoint, DenoiserStep, TrainDenoiserOptions } from './training/trainDenoiser.js';
export { firstCheckpoint, trainDenoiser } from './training/trainDenoiser.js';
export type { TrainingData } from './training/trainingPoints.js';
export type { LikelihoodStep, TrainLikelihoodOptions } from './training/trainLikelihood.js';
export { trainLikelihood } from './training/trainLikelihood.js';
