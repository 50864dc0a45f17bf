// The whole wasm ABI on one page. Pointers are byte offsets into the imported memory; sizes come from the
// `...Layout` functions called with 0, and the caller allocates above `__heap_base`, 64-byte aligned.

export { accumulate, adam } from './adam';
export { diffuse } from './diffusion';
export { dsmGradient } from './dsm';
export { empiricalLayout, empiricalNoise, empiricalPoints, empiricalWeights } from './empirical';
export {
  gaussianColumns,
  gaussianConstant,
  gaussianLayout,
  gaussianMean,
  gaussianRows,
} from './gaussian';
// Exported for tests, and because an exported function stays one: inlined, its sums would leave their registers.
export { gemv } from './gemm';
export { hmc, hmcBegin, hmcLayout } from './hmc';
export { langevin } from './langevin';
export { inverseMass } from './leapfrog';
export { levelBlend, levelFold, levelLayout } from './level';
export { map } from './math';
export { mixtureConstants, mixtureLayout, mixtureMeans, mixturePrecisions } from './mixture';
export {
  networkCount,
  networkGains,
  networkLayout,
  networkPack,
  networkScales,
  networkSigmas,
  networkTheta,
  networkTurns,
} from './network';
export { nuts, nutsBegin, nutsLayout } from './nuts';
export { bits, categorical, gumbel, normal, uniform } from './random';
export { runAnswer, runAsk, runBegin, runKey } from './run';
export { fromPanels, scoreEvaluate, toPanels } from './score';
export { shapeLayout, shapeNumbers } from './shapes';
export { underdamped, underdampedBegin, underdampedLayout } from './underdamped';
export { workspaceLayout } from './workspace';

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
