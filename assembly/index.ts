// The whole wasm ABI on one page. Pointers are byte offsets into the imported memory; sizes come from the
// `...Layout` functions called with 0, and the caller allocates above `__heap_base`, 64-byte aligned.
export { map } from './math';
export { bits, uniform, normal, gumbel, categorical } from './random';
export {
  networkLayout, networkCount, networkTurns, networkSigmas, networkScales, networkTheta, networkPack,
} from './network';
export { workspaceLayout } from './mlp';
export { dsmGradient } from './dsm';
export { adam } from './adam';
// Exported for tests, and because an exported function stays one: inlined, its sums would leave their registers.
export { gemv } from './gemm';
export { mixtureLayout, mixtureMeans, mixturePrecisions, mixtureConstants } from './mixture';
export { empiricalLayout, empiricalPoints, empiricalWeights, empiricalNoise } from './empirical';
export { levelLayout, levelFold } from './level';
export { scoreEvaluate, toPanels, fromPanels } from './score';
export { langevin } from './langevin';

/** The first byte that is the caller's to allocate. */
export function heapBase(): usize {
  return __heap_base;
}

/** Whether this binary was compiled with relaxed SIMD. */
export function isRelaxed(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}
