// The whole wasm ABI on one page. Pointers are byte offsets into the imported memory; sizes come from the
// `...Layout` functions called with 0, and the caller allocates above `__heap_base`, 64-byte aligned.

export { gemv } from './core/gemm';
export { map } from './core/math';
export { tileBytes } from './core/pack';
// Exported for tests, and because an exported function stays one: inlined, its sums would leave their registers.
export { fromPanels, padded, panelBytes, toPanels } from './core/panels';
export { probe, probeBytes, resultBytes } from './core/probe';
export { bits, categorical, gumbel, normal, uniform } from './core/random';
export { shapeLayout, shapeNumbers } from './densities/curved';
export { empiricalLayout, empiricalNoise, empiricalPoints, empiricalWeights } from './densities/empirical';
export {
  gaussianColumns,
  gaussianConstant,
  gaussianLayout,
  gaussianMean,
  gaussianRows,
} from './densities/gaussian';
export { mixtureConstants, mixtureLayout, mixtureMeans, mixturePrecisions } from './densities/mixture';
export { networkScoreNoise, networkScorePack } from './plan/score';
export { walk } from './plan/walk';
export { queryPoints, queryScores } from './samplers/run';
export { runBytes, runOpen, runSteps } from './samplers/sampler';
export { scoreEvaluate } from './samplers/score';
export { denoisingBytes, denoisingGradient } from './training/denoising';
export { accumulate, adam } from './training/optimiser';

/** The first byte that is the caller's to allocate. */
export function heapBase(): usize {
  return __heap_base;
}

/** Whether this binary was compiled with relaxed SIMD. */
export function isRelaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}

/** Whether this binary is for engines that join pairs of vectors. */
export function isWide(): bool {
  return WIDE != 0;
}
