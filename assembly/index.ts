// The whole wasm ABI on one page. Pointers are byte offsets into the imported memory; sizes come from the
// `...Layout` functions called with 0, and the caller allocates above `__heap_base`, 64-byte aligned.

export { gemv } from './core/gemm';
export { map } from './core/math';
// Exported for tests, and because an exported function stays one: inlined, its sums would leave their registers.
export { fromPanels, toPanels } from './core/panels';
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
export { levelBlend, levelFold, levelLayout } from './plan/level';
export {
  networkCount,
  networkGains,
  networkLayout,
  networkPack,
  networkScales,
  networkSigmas,
  networkTheta,
  networkTurns,
} from './plan/network';
export { workspaceLayout } from './plan/workspace';
export { queryPoints, queryScores } from './samplers/run';
export { runBytes, runOpen, runSteps } from './samplers/sampler';
export { scoreEvaluate } from './samplers/score';
export { accumulate, adam } from './training/adam';
export { dsmGradient } from './training/dsm';

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
