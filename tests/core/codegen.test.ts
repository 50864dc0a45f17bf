import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import relaxed from '../../dist/relaxed.wasm';
import strict from '../../dist/strict.wasm';
import { loadCore } from '../../src/index.js';

// Binaryen inlines small helpers by itself, since the sources carry no decorators. What it must not do, this guards:
// leave a call in an inner loop, keep a vector in a global, or lose the fused opcodes.

/** Functions that call others, and whom they may call; every other function of the module calls none. */
const CALLS: Record<string, string[]> = {
  'core/alias/aliasDraw': ['core/random/writeKeySchedule', 'core/threefry/threefry'],
  'core/alias/aliasTable': ['core/alias/nextHeavy', 'core/exp64/exp64'],
  'core/alias/nextHeavy': ['core/exp64/exp64'],
  'core/gemm/gemm': ['core/tiles/tile4x8', 'core/tiles/tile6x8'],
  'core/gemm/gemmGradient': ['core/gemm/gradientStrip'],
  'core/gemm/gradientStrip': ['core/tiles/tile4x8', 'core/tiles/tile6x8'],
  'core/probe/probe': [
    'core/gemm/gemm',
    'core/gemm/gemmGradient',
    'core/math/softplusValue',
    'core/normal/normal',
    'core/pack/packDeltas',
    'core/pack/packRows',
    'core/pack/packTiles',
    'core/random/bits',
  ],
  'densities/mixture/mixturePanel': ['core/math/logNormal'],
  'densities/plane/planeScores': [
    'core/math/logNormal',
    'densities/plane/scoreAt',
    'densities/planeNodes/spread',
  ],
  'densities/plane/scoreAt': ['core/math/logNormal', 'densities/plane/sumCells'],
  'densities/planeBlock/planeSort': ['core/exp64/exp64', 'core/math/logNormal'],
  'densities/planeNodes/spread': ['core/math/logNormal'],
  'layers/levelDense/levelDenseFix': ['core/pack/packRowTiles', 'core/pack/packTiles'],
  'plan/walk/walk': [
    'core/gemm/gemm',
    'core/gemm/gemmGradient',
    'core/gemm/gemv',
    'core/math/silu',
    'core/math/siluCurvature',
    'core/math/softplusValue',
    'core/pack/packDeltas',
    'core/pack/packRowTiles',
    'core/pack/packRows',
    'core/pack/packTiles',
    'layers/attention/attentionBackward',
    'layers/attention/attentionForward',
    'layers/attention/openWork',
    'layers/attentionDual/attentionDualForward',
    'layers/attentionDual/headBackward',
    'layers/border/panelsToRows',
    'layers/border/rowsToPanels',
    'layers/conv/convBackward',
    'layers/conv/convForward',
    'layers/conv/convPack',
    'layers/features/featuresForward',
    'layers/features/featuresRow',
    'layers/featuresDual/featuresDual',
    'layers/featuresTranspose/slopeOf',
    'layers/groupNorm/groupMeans',
    'layers/groupNorm/groupNormForward',
    'layers/groupNorm/normSums',
    'layers/groupNorm/sampleBackward',
    'layers/groupNormDual/hDot',
    'layers/groupNormDual/tangentBackward',
    'layers/levelDense/addLevels',
    'layers/levelDense/levelDenseFix',
    'layers/levelDense/levelsBackward',
    'layers/siluSlope/siluSlope',
    'layers/softplus/exponentials',
    'layers/softplus/softplusForward',
    'layers/tangents/curveBackward',
    'layers/winograd/winogradBackward',
    'layers/winograd/winogradForward',
    'layers/winogradKernel/transformKernel',
  ],
  'plan/score/networkScoreNoise': ['plan/walk/walk'],
  'plan/score/networkScorePack': ['plan/walk/walk'],
  'training/denoising/denoisingGradient': [
    'plan/walk/walk',
    'training/clear/clearGradient',
    'training/denoising/perturb',
  ],
  'training/denoising/perturb': ['core/normal/normal', 'core/random/elementBits'],
  'core/pack/packRowTiles': ['core/pack/packEach'],
  'core/pack/packTiles': ['core/pack/packEach'],
  'core/random/bits': ['core/random/bits16', 'core/random/writeKeySchedule', 'core/threefry/threefry'],
  'core/random/bits16': ['core/random/elementBits'],
  'core/random/categorical': [
    'core/random/elementBits',
    'core/random/gumbel',
    'core/random/writeKeySchedule',
  ],
  'core/random/elementBits': ['core/threefry/threefry'],
  'core/random/gumbel': ['core/logs/negativeLogs'],
  'samplers/adapt/adapt': ['core/math/exp', 'samplers/adapt/learnMasses'],
  'samplers/diffusion/diffuse': [
    'samplers/diffusion/setNoiseOf',
    'samplers/draws/noisyStep',
    'samplers/record/record',
    'samplers/shareScores/evaluateShare',
  ],
  'samplers/draws/noisyStep': ['core/normal/normal', 'core/random/bits16'],
  'samplers/draws/normals': ['core/normal/normal', 'core/random/bits16'],
  'samplers/draws/uniforms': ['core/random/bits16'],
  'samplers/hmc/endTrajectory': [
    'samplers/adapt/adapt',
    'samplers/health/look',
    'samplers/leapfrog/copyWhere',
    'samplers/record/addStatistics',
  ],
  'samplers/hmc/hmcPanel': [
    'samplers/answers/evaluate',
    'samplers/draws/normals',
    'samplers/draws/uniforms',
    'samplers/health/keepStart',
    'samplers/hmc/endTrajectory',
    'samplers/hmc/startTrajectory',
    'samplers/leapfrog/kickAndDrift',
    'samplers/record/record',
  ],
  'samplers/hmc/startTrajectory': ['samplers/leapfrog/kickAndDrift'],
  'samplers/nuts/nutsHalf': [
    'samplers/adapt/adapt',
    'samplers/health/keepStart',
    'samplers/health/look',
    'samplers/leapfrog/copyWhere',
    'samplers/nuts/startTree',
    'samplers/record/addStatistics',
    'samplers/record/record',
    'samplers/subtree/endLeaf',
    'samplers/subtree/joinSubtree',
    'samplers/subtree/startLeaf',
    'samplers/subtree/startSubtree',
  ],
  'samplers/nuts/startTree': ['core/normal/normal', 'core/random/elementBits', 'samplers/leapfrog/copyWhere'],
  'samplers/sampler/runSteps': [
    'samplers/answers/addWork',
    'samplers/answers/evaluate',
    'samplers/answers/whitenPanel',
    'samplers/diffusion/diffuse',
    'samplers/draws/noisyStep',
    'samplers/hmc/hmcPanel',
    'samplers/nuts/nutsHalf',
    'samplers/record/record',
    'samplers/shareScores/evaluateShare',
    'samplers/underdamped/underdampedPanel',
  ],
  'samplers/score/scoreEvaluate': [
    'densities/curved/curvedPanel',
    'densities/empirical/differences/differencePanels',
    'densities/empirical/parts/centre',
    'densities/empirical/parts/finishPanels',
    'densities/empirical/parts/sumParts',
    'densities/gaussian/gaussianPanel',
    'densities/local/panels/localPanel',
    'densities/mixture/mixturePanel',
    'plan/denoiserScore/denoiserPanel',
    'plan/walk/walk',
    'samplers/score/scoreEvaluate',
  ],
  'samplers/subtree/endLeaf': [
    'samplers/leapfrog/copyWhere',
    'samplers/subtree/addLogs',
    'samplers/subtree/makesUTurn',
    'samplers/subtree/uniformOf',
  ],
  'samplers/subtree/joinSubtree': [
    'samplers/leapfrog/copyWhere',
    'samplers/subtree/addLogs',
    'samplers/subtree/makesUTurn',
    'samplers/subtree/uniformOf',
  ],
  'samplers/subtree/startLeaf': ['samplers/leapfrog/kickAndDrift'],
  'samplers/subtree/startSubtree': [
    'samplers/leapfrog/copyWhere',
    'samplers/subtree/startLeaf',
    'samplers/subtree/uniformOf',
  ],
  'samplers/subtree/uniformOf': ['core/random/elementBits'],
  'samplers/underdamped/underdampedPanel': ['samplers/draws/normals', 'samplers/record/record'],
  'core/rows/rowsGradient': ['core/rowTiles/tileOuter4x8', 'core/rowTiles/tileOuter6x8'],
  'core/rows/rowsProduct': ['core/rowTiles/tileRows6x8', 'core/rows/shortRows'],
  'layers/attention/attentionBackward': [
    'core/rows/rowsGradient',
    'layers/attention/openWork',
    'layers/attention/productOfPixels',
    'layers/attention/weightedRows',
  ],
  'layers/attention/attentionForward': [
    'layers/attention/openWork',
    'layers/attention/productOfPixels',
    'layers/attention/weightedRows',
  ],
  'layers/attention/productOfPixels': ['core/rows/packStrips', 'core/rows/rowsProduct'],
  'layers/conv/convBackward': [
    'core/rows/rowsGradient',
    'core/rows/rowsProduct',
    'layers/channels/addChannelSums',
    'layers/conv/padded',
    'layers/convInput/steppedGradient',
  ],
  'layers/groupNorm/groupNormForward': [
    'core/math/silu',
    'layers/channels/addChannelSums',
    'layers/groupNorm/addSquares',
    'layers/groupNorm/groupMeans',
  ],
  'plan/denoiserScore/denoiserNoise': ['plan/walk/walk'],
  'plan/denoiserScore/denoiserPack': ['plan/walk/walk'],
  'plan/denoiserScore/denoiserPanel': ['plan/walk/walk'],
  'samplers/diffusion/setNoiseOf': [
    'densities/local/background/writeSpans',
    'plan/denoiserScore/denoiserNoise',
    'plan/score/networkScoreNoise',
    'samplers/diffusion/setNoiseOf',
  ],
  'training/regression/regressionGradient': [
    'plan/walk/walk',
    'training/clear/clearGradient',
    'training/regression/loadPoint',
  ],
  'layers/conv/convPack': ['core/rows/packStrips'],
  'layers/convInput/steppedGradient': ['core/rows/rowsProduct'],
  'core/map/map': [
    'core/logs/negativeLogs',
    'core/math/exp',
    'core/math/logNormal',
    'core/math/silu',
    'core/math/softplusValue',
    'core/normal/polynomials',
  ],
  'core/normal/normal': ['core/logs/negativeLogs', 'core/normal/polynomials'],
  'densities/curved/curvedPanel': ['core/math/exp'],
  'samplers/sampler/runOpen': ['core/random/writeKeySchedule'],
  'densities/empirical/differences/differencePanels': ['core/math/logNormal'],
  'densities/empirical/near/findNear': [
    'densities/empirical/near/chooseNear',
    'densities/empirical/near/pairAt',
  ],
  'densities/empirical/pack/empiricalPack': [
    'densities/empirical/pack/choose',
    'densities/empirical/pack/packTile',
  ],
  'densities/empirical/parts/addPart': [
    'core/tiles/tile6x8',
    'densities/empirical/tiles/product4x8',
    'densities/empirical/tiles/pull4x8',
    'densities/empirical/tiles/pull6x8',
    'densities/empirical/weights/weigh',
  ],
  'densities/empirical/parts/empiricalFinish': [
    'densities/empirical/parts/centre',
    'densities/empirical/parts/finishPanels',
    'densities/empirical/parts/joinOf',
  ],
  'densities/empirical/parts/empiricalShare': [
    'densities/empirical/parts/addPart',
    'densities/empirical/parts/centre',
    'densities/empirical/parts/joinOf',
  ],
  'densities/empirical/parts/finishPanels': ['core/math/logNormal'],
  'densities/empirical/parts/joinOf': ['densities/empirical/parts/joinParts'],
  'densities/empirical/parts/sumParts': [
    'densities/empirical/parts/addPart',
    'densities/empirical/parts/joinParts',
    'densities/empirical/parts/sumParts',
  ],
  'densities/empirical/weights/weigh': [
    'densities/empirical/near/findNear',
    'densities/empirical/near/pairAt',
    'densities/empirical/weights/toWeights',
  ],
  'layers/winograd/convolve': [
    'core/rows/rowsProduct',
    'layers/winogradTiles/inputPiece',
    'layers/winogradTiles/outputPiece',
  ],
  'layers/winograd/kernelGradient': [
    'core/rows/rowsGradient',
    'layers/channels/addChannelSums',
    'layers/winogradKernel/addKernelGradient',
    'layers/winogradTiles/deltaPiece',
    'layers/winogradTiles/inputPiece',
  ],
  'layers/winogradTiles/inputPiece': ['core/winogradAcross/inputAcross'],
  'training/regression/loadPoint': [
    'core/normal/normal',
    'core/random/bits16',
    'core/random/writeKeySchedule',
  ],
  'samplers/run/evaluateAt': ['densities/curved/curvedPanel', 'samplers/score/scoreEvaluate'],
  'samplers/shareScores/evaluateShare': ['samplers/score/scoreEvaluate'],
  'densities/local/background/localNoise': ['densities/local/background/writeSpans'],
  'densities/local/background/writeSpans': ['densities/local/record/spansOf'],
  'densities/local/panels/localPanel': [
    'densities/local/panels/start',
    'densities/local/patches/addPatches',
    'densities/local/record/spansOf',
    'densities/local/weights/addWeights',
  ],
  'densities/local/panels/start': ['densities/local/patches/addPatches'],
  'densities/local/patches/addPatches': ['densities/local/patches/blocks', 'densities/local/patches/narrow'],
  'densities/local/patches/addPixels': ['densities/local/weights/addWeights'],
  'densities/local/patches/blocks': ['densities/local/patches/addPixels', 'densities/local/rows/differences'],
  'densities/local/patches/narrow': ['densities/local/patches/addPixels', 'densities/local/rows/differences'],
  'densities/local/record/localHeader': ['densities/local/record/localOwn'],
  'training/likelihood/likelihoodGradient': [
    'core/math/exp',
    'plan/walk/walk',
    'training/clear/clearGradient',
  ],
  'layers/attention/weightedRows': ['core/rows/packStrips', 'core/rows/rowsProduct'],
  'layers/attentionDual/addTransposed': ['core/rows/rowsGradient'],
  'layers/attentionDual/addWeighted': ['layers/attention/weightedRows'],
  'layers/attentionDual/attentionDualForward': [
    'layers/attention/attentionForward',
    'layers/attention/productOfPixels',
    'layers/attention/weightedRows',
    'layers/attentionDual/addWeighted',
  ],
  'layers/attentionDual/headBackward': [
    'layers/attention/productOfPixels',
    'layers/attention/weightedRows',
    'layers/attentionDual/addTransposed',
    'layers/attentionDual/addWeighted',
  ],
  'layers/conv/convForward': ['core/rows/rowsProduct', 'layers/conv/padded'],
  'layers/featuresDual/featuresDual': ['layers/features/featuresForward'],
  'layers/groupNorm/sampleBackward': ['layers/groupNorm/groupMeans', 'layers/groupNorm/normSums'],
  'layers/groupNormDual/tangentBackward': [
    'layers/groupNorm/groupMeans',
    'layers/groupNorm/normSums',
    'layers/groupNormDual/hDot',
  ],
  'layers/softplus/softplusForward': ['layers/softplus/exponentials'],
  'layers/winograd/winogradBackward': ['layers/winograd/convolve', 'layers/winograd/kernelGradient'],
  'layers/winograd/winogradForward': ['layers/winograd/convolve'],
  'samplers/answers/evaluate': [
    'samplers/answers/addWork',
    'samplers/answers/whitenPanel',
    'samplers/run/evaluateAt',
  ],
  'training/matching/drawRow': ['core/normal/normal', 'core/random/bits16', 'core/random/writeKeySchedule'],
  'training/matching/matchingGradient': [
    'plan/walk/walk',
    'training/clear/clearGradient',
    'training/matching/drawRow',
    'training/matching/enter',
    'training/matching/leave',
  ],
};

/** Inner loops: functions of their own that call nothing. */
const LEAVES = [
  'training/optimiser/adam',
  'layers/softplus/exponentials',
  'core/logs/negativeLogs',
  'core/normal/polynomials',
  'densities/gaussian/gaussianPanel',
  'densities/plane/sumCells',
  'core/gemm/gemv',
  'samplers/leapfrog/copyWhere',
  'samplers/leapfrog/kickAndDrift',
  'core/math/softplusValue',
  'layers/levelDense/levelsBackward',
  'core/pack/packDeltas',
  'core/pack/packRows',
  'core/threefry/threefry',
  'core/tiles/tile4x8',
  'core/tiles/tile6x8',
  'core/math/silu',
  'core/rowTiles/tileOuter4x8',
  'core/rows/shortRows',
  'core/winogradAcross/inputAcross',
  'layers/winogradTiles/deltaPiece',
  'layers/winogradTiles/outputPiece',
  'layers/channels/addChannelSums',
  'layers/groupNorm/addSquares',
];

/** Where fused multiply-add pays: products a turn of the inner loop, or more. */
const FUSED = {
  'core/tiles/tile6x8': 12,
  'core/tiles/tile4x8': 8,
  'core/gemm/gemv': 7,
  'core/rowTiles/tileOuter4x8': 8,
  'core/rows/shortRows': 8,
  'layers/winogradTiles/outputPiece': 6,
  'core/math/silu': 7,
  'layers/softplus/exponentials': 8,
  'core/logs/negativeLogs': 8,
  'core/normal/polynomials': 8,
  'training/optimiser/adam': 3,
  'core/math/softplusValue': 8,
};

// Sets the flag that lets Node 20 compile the relaxed binary.
await loadCore();

describe.each([
  { kernel: 'strict', bytes: strict },
  { kernel: 'relaxed', bytes: relaxed },
])('the $kernel binary', ({ kernel, bytes }) => {
  const text = readFileSync(new URL(`../../dist/${kernel}.wat`, import.meta.url), 'utf8');
  const module = new WebAssembly.Module(bytes);
  const bodies = new Map<string, string>();
  for (const form of text.split(/\n (?=\()/)) {
    const name = /^\(func \$assembly\/(\S+)/.exec(form)?.[1];
    if (name) bodies.set(name, form);
  }
  const count = (body: string, opcode: string) => body.split(new RegExp(`^ *${opcode}\\b`, 'm')).length - 1;

  it('is below 128 KiB, imports nothing but its memory, has no start function', () => {
    expect(bytes.length).toBeLessThan(128 * 1024);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(text).not.toMatch(/\n \(start/);
    expect(text).not.toMatch(/\n \((table|elem) /);
    // Where the instance's scratch stands.
    expect(text.match(/\n \(global \S+/g)).toEqual(['\n (global $assembly/core/scratch/room']);
  });

  it('exports functions and its memory, each function compiled from assembly/', () => {
    const exports = WebAssembly.Module.exports(module);
    expect(exports.filter(({ kind }) => kind !== 'function')).toEqual([{ name: 'memory', kind: 'memory' }]);
    expect(exports.length).toBeGreaterThan(30);
    expect(bodies.size).toBe(text.match(/\n \(func /g)?.length);
  });

  it('calls nothing that is not listed, and nothing indirectly', () => {
    const unexpected = [...bodies].flatMap(([name, body]) => {
      const called = new Set(
        [...body.matchAll(/^ *call \$(?:assembly\/)?(\S+)/gm)].map(([, callee]) => callee),
      );
      return [...called]
        .filter((callee) => !CALLS[name]?.includes(callee))
        .map((callee) => `${name} calls ${callee}`);
    });
    expect(unexpected).toEqual([]);
    expect(text).not.toMatch(/call_indirect|call_ref|memory\.grow/);
    // The search for calls finds those that must be there.
    expect(bodies.get('core/gemm/gemm')).toMatch(/^ *call \$assembly\/core\/tiles\/tile6x8$/m);
  });

  it('keeps its inner loops as functions without calls, and no state in globals', () => {
    for (const name of LEAVES) {
      expect(bodies.get(name) ?? `${name} is missing`).toMatch(/v128/);
      expect(CALLS[name]).toBeUndefined();
      expect(bodies.get(name)).not.toContain('global.');
    }
    expect(text.match(/global\.set/g)?.length).toBe(1);
  });

  it(kernel === 'strict' ? 'has no relaxed opcode' : 'has fused multiply-add where it pays', () => {
    for (const [name, least] of Object.entries(FUSED)) {
      const body = bodies.get(name) ?? '';
      const fused = count(body, 'f32x4.relaxed_madd') + count(body, 'f32x4.relaxed_nmadd');
      if (kernel === 'strict') {
        expect(count(body, 'f32x4.mul')).toBeGreaterThanOrEqual(least);
        expect(count(body, 'f32x4.add') + count(body, 'f32x4.sub')).toBeGreaterThanOrEqual(least);
      } else expect(fused).toBeGreaterThanOrEqual(least);
    }
    if (kernel === 'strict') expect(text).not.toContain('relaxed');
  });

  it('draws uniforms unfused in either binary, so that they are the same bits', () => {
    for (const name of ['core/random/uniform', 'core/threefry/threefry'])
      expect(bodies.get(name)).not.toContain('relaxed');
  });
});
