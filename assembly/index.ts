// The whole wasm ABI on one page. Pointers are byte offsets into the imported memory. Functions named `...Bytes`, and those
// named `...Header` called with 0, say how many bytes to allocate. The caller allocates them, 64-byte aligned, above
// `__heap_base`.

// For tests, and to keep it a function: an export is not inlined, while an inlined gemv kept its sums on the stack.
export { gemv } from './core/gemm';
export { map } from './core/map';
export { normal } from './core/normal';
export { tileBytes } from './core/pack';
export { fromPanels, padded, panelBytes, toPanels } from './core/panels';
export { probe, probeBytes, probeResultBytes } from './core/probe';
export { bits, categorical, gumbel, uniform } from './core/random';
export { curvedHeader, curvedParameters } from './densities/curved';
export { empiricalHeader, empiricalLogWeights, empiricalNoise, empiricalPoints } from './densities/empirical';
export {
  gaussianColumns,
  gaussianConstant,
  gaussianHeader,
  gaussianMean,
  gaussianRows,
} from './densities/gaussian';
export { mixtureConstants, mixtureHeader, mixtureInverseSds, mixtureMeans } from './densities/mixture';
export { attentionBytes } from './layers/attention';
export { kernelBytes } from './layers/conv';
export { groupNormBytes } from './layers/groupNorm';
export { denoiserNoise, denoiserPack } from './plan/denoiserScore';
export { networkScoreNoise, networkScorePack } from './plan/score';
export { walk } from './plan/walk';
export { queryPoints, queryScores } from './samplers/run';
export { runBytes, runOpen, runSteps } from './samplers/sampler';
export { scoreEvaluate } from './samplers/score';
export { denoisingBytes, denoisingGradient } from './training/denoising';
export { accumulate, adam, moveAverage, squaredNorm } from './training/optimiser';
export { regressionGradient } from './training/regression';

/** The first byte above the module's own data: the caller allocates from here on. */
export function heapBase(): usize {
  return __heap_base;
}

/** Whether this binary was compiled with relaxed SIMD. */
export function isRelaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}

/** Whether this binary is for engines that join pairs of 128-bit vectors into 256-bit ones. */
export function isWide(): bool {
  return WIDE != 0;
}
