// The whole wasm ABI on one page. Pointers are byte offsets into the imported memory. Functions named `...Bytes`, and those
// named `...Header` called with 0, say how many bytes to allocate. The caller allocates them, 64-byte aligned, above
// `__heap_base`.

export { aliasBytes, aliasDraw, aliasTable } from './core/alias';
// For tests, and to keep them functions: an export is not inlined, while an inlined gemv kept its sums on the stack, and engines
// compile well only what is called often.
export { gemv } from './core/gemm';
export { map } from './core/map';
export { normal } from './core/normal';
export { tileBytes } from './core/pack';
export { fromPanels, padded, panelBytes, toPanels } from './core/panels';
export { probe, probeBytes, probeResultBytes } from './core/probe';
export { bits, categorical, gumbel, uniform } from './core/random';
export { packedColumns } from './core/rows';
export { scratchBytes, useScratch } from './core/scratch';
export { curvedHeader, curvedParameters } from './densities/curved';
export { empiricalPack } from './densities/empirical/pack';
export {
  empiricalFinish,
  empiricalGroup,
  empiricalParts,
  empiricalShare,
  partBytes,
} from './densities/empirical/parts';
export {
  empiricalHeader,
  empiricalLogWeights,
  empiricalNoise,
  empiricalOwn,
  empiricalPoints,
} from './densities/empirical/record';
export { product4x8, pull4x8, pull6x8 } from './densities/empirical/tiles';
export { product4x16, product6x16, pull4x16, pull6x16 } from './densities/empirical/wideTiles';
export {
  gaussianColumns,
  gaussianConstant,
  gaussianHeader,
  gaussianMean,
  gaussianRows,
} from './densities/gaussian';
export { localNoise, localPack } from './densities/local/background';
export { localBackground, localHeader, localOwn, localPictures } from './densities/local/record';
export { mixtureConstants, mixtureHeader, mixtureInverseSds, mixtureMeans } from './densities/mixture';
export { planeScores } from './densities/plane';
export { planeBytes, planeSort } from './densities/planeBlock';
export { planeNodes } from './densities/planeNodes';
export { attentionBytes } from './layers/attention';
export { kernelBytes } from './layers/conv';
export { groupNormBytes } from './layers/groupNorm';
export { winogradWorkBytes } from './layers/winograd';
export { winogradKernelBytes } from './layers/winogradKernel';
export { denoiserNoise, denoiserPack } from './plan/denoiserScore';
export { networkScoreNoise, networkScorePack } from './plan/score';
export { walk } from './plan/walk';
export { queryPoints, queryScores } from './samplers/run';
export { runBytes, runOpen, runSteps } from './samplers/sampler';
export { scoreEvaluate } from './samplers/score';
export { denoisingBytes, denoisingGradient } from './training/denoising';
export { likelihoodGradient } from './training/likelihood';
export { matchingGradient } from './training/matching';
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
