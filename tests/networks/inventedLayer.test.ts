import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Core } from '../../src/core/load.js';
import { key, loadCore, normal, pointSet, split, uniform } from '../../src/index.js';
import { bias, dense, fork, softplus } from '../../src/networks/layers.js';
import { NetworkScore } from '../../src/networks/networkScore.js';
import { Activation, Plan } from '../../src/networks/plan.js';
import { PlannedNetwork } from '../../src/networks/planned.js';
import { train } from '../../src/training/train.js';
import { dsmGradient, relativeToLargest, sameBits } from '../cores.js';

// A layer that the library does not have, y = x + a h with a trained number a: what a new layer takes is its kernels in a
// file, its lines in the switch of assembly/plan/walk.ts, and a function that says its operation.

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A code that no layer of the library will ever have, and the fields of its records. */
const SCALED_RESIDUAL = 4096;
enum Field {
  N = 4,
  X = 8,
  X_STRIDE = 12,
  H = 16,
  H_STRIDE = 20,
  Y = 24,
  Y_STRIDE = 28,
  DX = 32,
  DX_STRIDE = 36,
  DH = 40,
  DH_STRIDE = 44,
  DY = 48,
  DY_STRIDE = 52,
  A = 56,
}

const KERNELS = `
import { LANE_BYTES } from '../../src/abi/panels';
import { madd, sumLanes } from '../core/simd';

export function scaledResidualForward(op: usize, panels: usize): void {
  const a = v128.load32_splat(load<usize>(op, ${Field.A}));
  for (let p: usize = 0; p < panels; p++) {
    const x = load<usize>(op, ${Field.X}) + p * load<usize>(op, ${Field.X_STRIDE});
    const h = load<usize>(op, ${Field.H}) + p * load<usize>(op, ${Field.H_STRIDE});
    const y = load<usize>(op, ${Field.Y}) + p * load<usize>(op, ${Field.Y_STRIDE});
    for (let i: usize = 0; i < load<usize>(op, ${Field.N}) * LANE_BYTES; i += 16) {
      v128.store(y + i, madd(a, v128.load(h + i), v128.load(x + i)));
    }
  }
}

export function scaledResidualBackward(op: usize, panels: usize, gradients: usize): void {
  const at = load<usize>(op, ${Field.A});
  const a = v128.load32_splat(at);
  let sum = f32x4.splat(0);
  for (let p: usize = 0; p < panels; p++) {
    const h = load<usize>(op, ${Field.H}) + p * load<usize>(op, ${Field.H_STRIDE});
    const dx = load<usize>(op, ${Field.DX}) + p * load<usize>(op, ${Field.DX_STRIDE});
    const dh = load<usize>(op, ${Field.DH}) + p * load<usize>(op, ${Field.DH_STRIDE});
    const dy = load<usize>(op, ${Field.DY}) + p * load<usize>(op, ${Field.DY_STRIDE});
    for (let i: usize = 0; i < load<usize>(op, ${Field.N}) * LANE_BYTES; i += 16) {
      const d = v128.load(dy + i);
      sum = madd(d, v128.load(h + i), sum);
      v128.store(dx + i, d);
      v128.store(dh + i, f32x4.mul(a, d));
    }
  }
  store<f32>(at + gradients, load<f32>(at + gradients) + sumLanes(sum));
}

export function scaledResidualRow(op: usize): void {
  const a = v128.load32_splat(load<usize>(op, ${Field.A}));
  for (let i: usize = 0; i < load<usize>(op, ${Field.N}) << 2; i += 16) {
    const x = v128.load(load<usize>(op, ${Field.X}) + i);
    v128.store(load<usize>(op, ${Field.Y}) + i, madd(a, v128.load(load<usize>(op, ${Field.H}) + i), x));
  }
}
`;

/** The library's sources with the layer in them. */
function source(file: string): string | null {
  if (file === 'assembly/layers/scaledResidual.ts') return KERNELS;
  let text: string;
  try {
    text = readFileSync(join(root, file), 'utf8');
  } catch {
    return null;
  }
  if (file !== 'assembly/plan/walk.ts') return text;
  return text
    .replace(
      /^import .*'\.\.\/layers\/bias';$/m,
      `$&\nimport { scaledResidualBackward, scaledResidualForward, scaledResidualRow } from '../layers/scaledResidual';`,
    )
    .replace(
      'switch (code) {',
      `$&
      case ${SCALED_RESIDUAL} + FORWARD:
      case ${SCALED_RESIDUAL} + FIXED:
        scaledResidualForward(op, panels);
        break;
      case ${SCALED_RESIDUAL} + BACKWARD:
        scaledResidualBackward(op, panels, gradients);
        break;
      case ${SCALED_RESIDUAL} + FIXED_ROW:
        scaledResidualRow(op);
        break;`,
    );
}

async function compile(): Promise<Uint8Array<ArrayBuffer>> {
  let binary = new Uint8Array();
  const options = ['--target', 'strict', '--outFile', 'invented.wasm', '--textFile', ''];
  const { error, stderr } = await asc.main(options, {
    readFile: (name: string) => source(name),
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name.endsWith('.wasm')) binary = Uint8Array.from(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return binary;
}

function scaledResidual(plan: Plan, x: Activation, h: Activation): Activation {
  const y = new Activation(x.size);
  plan.operation({
    code: SCALED_RESIDUAL,
    fields: Field,
    operands: {
      ...{ N: x.size, X: x, H: h, Y: y, DX: x.gradient, DH: h.gradient, DY: y.gradient },
      A: plan.parameter('residual.a', [1], () => Float32Array.of(0.5)),
    },
    reads: [x, h],
    writes: [y],
    form: 'panels',
    backwardReads: ['H'],
    multiplyAdds: x.size,
  });
  return y;
}

const [DIM, WIDTH] = [3, 13];

/** Two hidden layers, the second one beside a way round it: noise-conditional by its scales alone. */
class Invented extends PlannedNetwork {
  readonly config = { kind: 'invented', width: WIDTH };
  readonly sigmas = Float32Array.of(0.1, 0.4);
  readonly scales = this.sigmas.map((sigma) => 1 / sigma);

  constructor(core: Core) {
    const layer = (i: number, outputs: number) => ({
      name: `layers.${i}`,
      outputs,
      keyOf: (from: ReturnType<typeof key>) => split(from, 3)[i],
    });
    super(
      new Plan(core, new Activation(DIM), (plan) => {
        const hidden = softplus(plan, dense(plan, plan.input, layer(0, WIDTH)));
        const [x, round] = fork(plan, hidden);
        const h = softplus(plan, dense(plan, x, layer(1, WIDTH)));
        return bias(plan, dense(plan, scaledResidual(plan, round, h), layer(2, DIM)));
      }),
    );
    this.setParameters(this.initial(key(5)));
  }
}

/** The network in float64: what it makes of a point. */
function twin(parameters: Record<string, ArrayLike<number>>, x: readonly number[]): number[] {
  const linear = (i: number, v: number[]) =>
    Array.from(parameters[`layers.${i}.bias`], (b, n) =>
      v.reduce((sum, value, k) => sum + parameters[`layers.${i}.weight`][n * v.length + k] * value, b),
    );
  const active = (v: number[]) => v.map((value) => Math.log1p(Math.exp(value)));
  const hidden = active(linear(0, [...x]));
  const a = parameters['residual.a'][0];
  return linear(
    2,
    active(linear(1, hidden)).map((h, n) => hidden[n] + a * h),
  );
}

describe('a layer that is not in the library', () => {
  let binary: Uint8Array<ArrayBuffer>;
  // The compiler takes some seconds, and more beside other tests.
  beforeAll(async () => {
    binary = await compile();
  }, 60_000);

  it('gives the scores of its twin within 2e-6, a sample alone with the bits it has in a panel', async () => {
    const core = await loadCore({ binary });
    using net = new Invented(core);
    using score = new NetworkScore(net, { level: 0, fraction: 0, scale: 1 });
    const x = normal(core, key(1), [20, DIM]);
    const tensors = Object.fromEntries(Object.entries(net.tensors()).map(([name, { data }]) => [name, data]));
    const want = Array.from({ length: 20 }, (_, i) =>
      twin(tensors, [...x.slice(i * DIM, (i + 1) * DIM)]),
    ).flat();
    const got = score.score(x);
    expect(relativeToLargest(got, want)).toBeLessThan(2e-6);
    for (const i of [0, 7, 19]) {
      const alone = score.score(x.slice(i * DIM, (i + 1) * DIM));
      expect(sameBits(alone, got.slice(i * DIM, (i + 1) * DIM))).toBe(true);
    }
  });

  it('has gradients within 1e-5 of differences of its loss in float64', async () => {
    const core = await loadCore({ binary });
    using net = new Invented(core);
    const B = 11;
    const x = uniform(core, key(2), [B, DIM]);
    const keys = split(key(3), B);
    const { gradients, loss } = dsmGradient(net, x, keys);
    const { sigmas } = net;
    const L = sigmas.length;
    const noisy = keys.map((k) => normal(core, k, [L, DIM]));
    const lossOf = (parameters: Record<string, ArrayLike<number>>) => {
      let sum = 0;
      for (let b = 0; b < B; b++) {
        for (let l = 0; l < L; l++) {
          const clean = [...x.slice(b * DIM, (b + 1) * DIM)];
          const y = clean.map((v, d) => Math.fround(v + Math.fround(noisy[b][l * DIM + d] * sigmas[l])));
          twin(parameters, y).forEach((s, d) => {
            sum += sigmas[l] ** 2 * (s / sigmas[l] - (clean[d] - y[d]) / sigmas[l] ** 2) ** 2;
          });
        }
      }
      return sum / (B * L * DIM);
    };
    const tensors = Object.fromEntries(
      Object.entries(net.tensors()).map(([name, { data }]) => [name, Float64Array.from(data)]),
    );
    expect(Math.abs(lossOf(tensors) / loss - 1)).toBeLessThan(1e-6);
    for (const [name, { data }] of Object.entries(gradients)) {
      const differences = Array.from(data, (_, i) => {
        const moved = (by: number) => {
          const values = tensors[name].slice();
          values[i] += by;
          return lossOf({ ...tensors, [name]: values });
        };
        return (moved(1e-4) - moved(-1e-4)) / 2e-4;
      });
      expect(relativeToLargest(data, differences), name).toBeLessThan(1e-5);
    }
  });

  it.each([1, 2, 3])(
    'is trained and resumed by the general machinery to the same bits, %i threads',
    async (threads) => {
      const points = Float32Array.from({ length: 60 * DIM }, (_, i) => 0.5 + 0.3 * Math.sin(i));
      const options = { batch: 300, steps: 40, learningRate: 1e-2, key: key(9) };
      const run = async (count: number) => {
        using core = await loadCore({ binary, threads: count });
        const data = pointSet({ dim: DIM, points });
        using whole = new Invented(core);
        const losses: number[] = [];
        let middle: Parameters<typeof train<Invented['config']>>[2];
        for await (const { step, loss, checkpoint } of train<Invented['config']>(whole, data, options)) {
          losses.push(loss);
          if (step === 14) middle = { resume: structuredClone(checkpoint()) };
        }
        using rest = new Invented(core);
        rest.setParameters(new Float32Array(rest.count));
        for await (const _ of train<Invented['config']>(rest, data, middle));
        expect(sameBits(rest.parameters(), whole.parameters())).toBe(true);
        expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]);
        return whole.parameters();
      };
      expect(sameBits(await run(threads), await run(1))).toBe(true);
    },
  );

  it('is told of a tensor that two operations read', async () => {
    const core = await loadCore({ binary });
    const twice = (plan: Plan) => scaledResidual(plan, plan.input, plan.input);
    expect(() => new Plan(core, new Activation(DIM), twice)).toThrow(
      new Error('plan: an activation must be read by one operation; fork it for more, got a second'),
    );
  });
});
