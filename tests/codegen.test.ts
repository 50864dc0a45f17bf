import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import relaxed from '../dist/relaxed.wasm';
import strict from '../dist/strict.wasm';
import { loadCore } from '../src/index.js';

// Binaryen inlines small helpers by itself, since the sources carry no decorators. What it must not do, this guards:
// leave a call in an inner loop, keep a vector in a global, or lose the fused opcodes.

/** Functions that call others, and whom they may call; every other function of the module calls none. */
const CALLS: Record<string, string[]> = {
  'adapt/adapt': ['math/exp'],
  'diffusion/diffuse': [
    'langevin/histogramAdd',
    'level/levelBlend',
    'random/bits16',
    'random/normal',
    'score/scoreEvaluate',
  ],
  'draws/normals': ['random/bits16', 'random/normal'],
  'draws/uniforms': ['random/bits16'],
  'dsm/dsmGradient': ['dsm/perturb', 'mlp/mlpBackward', 'mlp/mlpForward'],
  'dsm/perturb': ['random/elementBits', 'random/normal'],
  'empirical/empiricalPanels': ['math/logNormal'],
  'gemm/gemm': ['tiles/tile4x8', 'tiles/tile6x8'],
  'gemm/gemmGradient': ['tiles/tile4x8', 'tiles/tile6x8'],
  'hmc/advance': [
    'draws/normals',
    'draws/uniforms',
    'hmc/finish',
    'hmc/takeOff',
    'leapfrog/leap',
    'run/keep',
  ],
  'hmc/finish': ['leapfrog/choose', 'run/report'],
  'hmc/hmc': ['hmc/advance', 'run/evaluate'],
  'hmc/takeOff': ['leapfrog/leap'],
  'langevin/histogramAdd': ['langevin/histogramChain'],
  'langevin/langevin': ['langevin/histogramAdd', 'random/bits16', 'random/normal', 'score/scoreEvaluate'],
  'level/levelBlend': ['pack/packRowTiles', 'pack/packTiles'],
  'level/levelFold': ['level/levelBlend', 'pack/packRowTiles'],
  'level/levelPanel': ['features/featuresPanel', 'gemm/gemm', 'math/softplusValue'],
  'level/levelRow': ['gemm/gemv', 'math/softplusValue'],
  'math/erfinv': ['math/logNormal'],
  'math/map': ['math/erfinv', 'math/exp', 'math/logNormal', 'math/softplusValue'],
  'mixture/mixturePanel': ['math/logNormal'],
  'mlp/mlpBackward': [
    'gemm/gemm',
    'gemm/gemmGradient',
    'mlp/biasBackward',
    'mlp/levelBackward',
    'pack/packDeltas',
    'pack/packRows',
  ],
  'mlp/mlpForward': ['features/featuresPanel', 'gemm/gemm'],
  'network/networkPack': ['pack/packTiles'],
  'nuts/advance': [
    'adapt/adapt',
    'leapfrog/choose',
    'nuts/takeOff',
    'run/keep',
    'run/report',
    'subtree/addLeaf',
    'subtree/addSubtree',
    'subtree/double',
    'subtree/leapOn',
  ],
  'nuts/nuts': ['nuts/advance', 'run/evaluate'],
  'nuts/takeOff': ['leapfrog/choose', 'random/elementBits', 'random/normal'],
  'pack/packRowTiles': ['pack/packWide'],
  'pack/packTiles': ['pack/packWide'],
  'random/bits': ['random/bits16', 'threefry/threefry'],
  'random/bits16': ['random/elementBits'],
  'random/categorical': ['random/elementBits', 'random/gumbel4'],
  'random/elementBits': ['threefry/threefry'],
  'random/gumbel': ['random/gumbel4'],
  'random/gumbel4': ['math/logNormal'],
  'random/normal': ['math/erfinv'],
  'run/evaluate': ['score/scoreEvaluate'],
  'run/keep': ['langevin/histogramChain'],
  'score/scoreEvaluate': [
    'empirical/empiricalPanels',
    'gaussian/gaussianPanel',
    'level/levelPanel',
    'level/levelRow',
    'math/exp',
    'mixture/mixturePanel',
  ],
  'subtree/addLeaf': ['leapfrog/choose', 'subtree/addLogs', 'subtree/draw', 'subtree/turning'],
  'subtree/addSubtree': ['leapfrog/choose', 'subtree/addLogs', 'subtree/draw', 'subtree/turning'],
  'subtree/double': ['leapfrog/choose', 'subtree/draw', 'subtree/leapOn'],
  'subtree/draw': ['random/elementBits'],
  'subtree/leapOn': ['leapfrog/leap'],
  'underdamped/underdamped': ['draws/normals', 'run/evaluate', 'run/keep'],
};

/** Inner loops: functions of their own that call nothing. */
const LEAVES = [
  'adam/adam',
  'features/featuresPanel',
  'gaussian/gaussianPanel',
  'gemm/gemv',
  'leapfrog/choose',
  'leapfrog/leap',
  'math/softplusValue',
  'mlp/biasBackward',
  'mlp/levelBackward',
  'pack/packDeltas',
  'pack/packRows',
  'threefry/threefry',
  'tiles/tile4x8',
  'tiles/tile6x8',
];

/** Where fused multiply-add pays: products a turn of the inner loop, or more. */
const FUSED = {
  'tiles/tile6x8': 12,
  'tiles/tile4x8': 8,
  'gemm/gemv': 7,
  'features/featuresPanel': 2,
  'adam/adam': 3,
  'math/softplusValue': 8,
};

// Sets the flag that lets Node 20 compile the relaxed binary.
await loadCore();

describe.each([
  { kernel: 'strict', bytes: strict },
  { kernel: 'relaxed', bytes: relaxed },
])('the $kernel binary', ({ kernel, bytes }) => {
  const text = readFileSync(new URL(`../dist/${kernel}.wat`, import.meta.url), 'utf8');
  const module = new WebAssembly.Module(bytes);
  const bodies = new Map<string, string>();
  for (const form of text.split(/\n (?=\()/)) {
    const name = /^\(func \$assembly\/(\S+)/.exec(form)?.[1];
    if (name) bodies.set(name, form);
  }
  const count = (body: string, opcode: string) => body.split(new RegExp(`^ *${opcode}\\b`, 'm')).length - 1;

  it('is below 40 KB, imports nothing but its memory, has no start function', () => {
    expect(bytes.length).toBeLessThan(40 * 1024);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(text).not.toMatch(/\n \(start/);
    expect(text).not.toMatch(/\n \((table|elem|global) /);
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
    expect(bodies.get('gemm/gemm')).toMatch(/^ *call \$assembly\/tiles\/tile6x8$/m);
  });

  it('keeps its inner loops as functions without calls, and no state in globals', () => {
    for (const name of LEAVES) expect(bodies.get(name) ?? `${name} is missing`).toMatch(/v128/);
    for (const name of LEAVES) expect(CALLS[name]).toBeUndefined();
    expect(text).not.toMatch(/global\.(get|set)/);
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
    for (const name of ['random/uniform', 'threefry/threefry'])
      expect(bodies.get(name)).not.toContain('relaxed');
  });
});
