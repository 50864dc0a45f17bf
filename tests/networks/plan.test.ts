import { describe, expect, it } from 'vitest';
import { FORWARD } from '../../src/abi/plan.js';
import { key, normal, split, uniform } from '../../src/index.js';
import { bias, dense, features, fork, softplus, toPanels, toRows } from '../../src/networks/layers.js';
import { LifetimeAllocator } from '../../src/networks/lifetimeAllocator.js';
import { NetworkScore } from '../../src/networks/networkScore.js';
import { panelActivationBytes, SamplingPlacement, TrainingPlacement } from '../../src/networks/placement.js';
import { Activation, Plan } from '../../src/networks/plan.js';
import { PlannedNetwork } from '../../src/networks/planned.js';
import { dsmGradient, forEachCore, sameBits } from '../cores.js';
import { oneLine } from '../formats/oneLine.js';

const [DIM, WIDTH] = [5, 22];

forEachCore('plans', (core) => {
  /** A hidden layer, or several; with `rows`, the values go through rows before each. */
  class Hidden extends PlannedNetwork {
    readonly config = {};
    readonly sigmas = Float32Array.of(0.2, 0.5);
    readonly scales = Float32Array.of(1, 2);

    constructor(depth: number, rows: boolean) {
      const layer = (i: number) => ({
        name: `layers.${i}`,
        outputs: i < depth ? WIDTH : DIM,
        keyOf: (from: ReturnType<typeof key>) => split(from, depth + 1)[i],
      });
      const round = (plan: Plan, x: Activation) => (rows ? toPanels(plan, toRows(plan, x)) : x);
      super(
        new Plan(core, new Activation(DIM), (plan) => {
          let x = plan.input;
          for (let i = 0; i < depth; i++) x = softplus(plan, dense(plan, round(plan, x), layer(i)));
          return bias(plan, dense(plan, round(plan, x), layer(depth)));
        }),
      );
      this.setParameters(this.initial(key(2)));
    }
  }

  it('turn panels into rows and back without changing a bit of scores or gradients', () => {
    using direct = new Hidden(2, false);
    using round = new Hidden(2, true);
    const x = normal(core, key(3), [21, DIM]);
    const noise = { level: 0, fraction: 0, scale: 1 };
    using a = new NetworkScore(direct, noise);
    using b = new NetworkScore(round, noise);
    for (const n of [1, 8, 21]) {
      expect(sameBits(a.score(x.slice(0, n * DIM)), b.score(x.slice(0, n * DIM)))).toBe(true);
    }
    const points = uniform(core, key(4), [70, DIM]);
    const keys = split(key(5), 70);
    const [want, got] = [direct, round].map((net) => dsmGradient(net, points, keys));
    expect(sameBits(got.flat, want.flat)).toBe(true);
    expect(got.loss).toBe(want.loss);
  });

  it('have a border that lays panels [5][8] out as rows [8][5]', () => {
    const plan = new Plan(core, new Activation(DIM), (own) => toRows(own, own.input));
    const placement = new TrainingPlacement(plan, 2);
    const at = core.memory.take(placement.bytes);
    const { list, input, inputStride, output } = placement.place(at, { pointer: 0, trainingPointer: 0 }, {});
    for (let p = 0; p < 2; p++) {
      core.memory
        .f32(input + p * inputStride, 8 * DIM)
        .set(Float32Array.from({ length: 8 * DIM }, (_, i) => 100 * (8 * p + (i % 8)) + Math.floor(i / 8)));
    }
    core.wasm.walk(list, FORWARD, 16, 0, false);
    const rows = Array.from({ length: 16 * DIM }, (_, i) => 100 * Math.floor(i / DIM) + (i % DIM));
    expect([...core.memory.f32(output, 16 * DIM)]).toEqual(rows);
    core.memory.give(at);
  });

  const layer = { name: 'a', outputs: 4, keyOf: (from: ReturnType<typeof key>) => from };
  const trained = (plan: Plan) => bias(plan, dense(plan, plan.input, layer));
  it.each<[string, (plan: Plan) => Activation, string]>([
    [
      'read twice',
      (plan) => {
        const x = trained(plan);
        dense(plan, x, layer);
        return bias(plan, dense(plan, x, layer));
      },
      'read by one operation',
    ],
    [
      'forked and read',
      (plan) => {
        const x = trained(plan);
        fork(plan, x);
        return bias(plan, dense(plan, x, layer));
      },
      'read by one operation',
    ],
    [
      'half of a fork unread',
      (plan) => bias(plan, dense(plan, fork(plan, trained(plan))[0], layer)),
      'neither',
    ],
    [
      'an output that is read',
      (plan) => {
        const x = trained(plan);
        toRows(plan, x);
        return x;
      },
      'output must be read by no operation',
    ],
    [
      'changed after a fork',
      (plan) => {
        const [y] = fork(plan, trained(plan));
        return softplus(plan, { y, b: plan.parameter('b', [4], () => new Float32Array(4)) });
      },
      'changed in place',
    ],
    [
      'a slice of a trained activation',
      (plan) => bias(plan, dense(plan, trained(plan).slice(0, 2), layer)),
      'slices of trained',
    ],
    [
      'rows for panels',
      (plan) => bias(plan, dense(plan, toRows(plan, trained(plan)), layer)),
      'works on panels, got rows',
    ],
    [
      'no gradient',
      (plan) => {
        const y = new Activation(8);
        features(plan, trained(plan), y, { frequencies: plan.buffer(128), gainBytes: 0 });
        return y;
      },
      'passes no gradient on',
    ],
  ])('are refused that would train on memory nobody wrote: %s', (_, layers, message) => {
    expect(oneLine(() => new Plan(core, new Activation(DIM), layers))).toContain(message);
  });

  it('sample in memory that does not grow with their depth, and train in memory that does', () => {
    const bytes = (depth: number) => {
      using net = new Hidden(depth, true);
      const { plan } = net;
      const weights = (depth - 1) * core.wasm.tileBytes(WIDTH, WIDTH);
      return {
        sampling: new SamplingPlacement(plan).bytes - weights,
        training: new TrainingPlacement(plan, 4).bytes,
        tensors: panelActivationBytes(plan),
      };
    };
    const [few, many] = [bytes(4), bytes(40)];
    // Lists of operations, a few words each, and what aligns packed weights.
    expect(many.sampling - few.sampling).toBeLessThan(36 * (2 * 4 * 128 + 64));
    expect(many.training).toBeGreaterThan(7 * few.training);
    expect(many.tensors).toBeGreaterThan(7 * few.tensors);
  });
});

describe('a lifetime allocator', () => {
  it('gives the same place to what is never in use at the same time, and to nothing else', () => {
    const owners = Array.from({ length: 60 }, (_, i) => ({
      bytes: 1 + ((i * 7919) % 700),
      first: (i * 31) % 50,
      last: ((i * 31) % 50) + ((i * 17) % 9),
    }));
    const allocator = new LifetimeAllocator();
    for (const owner of owners) allocator.request(owner, owner.bytes, [owner.first, owner.last]);
    allocator.allocate();
    const at = (owner: object) => allocator.offsetOf(owner) as number;
    for (const a of owners) {
      expect(at(a) % 64).toBe(0);
      expect(at(a) + a.bytes).toBeLessThanOrEqual(allocator.bytes);
      for (const b of owners) {
        if (a === b || a.first > b.last || b.first > a.last) continue;
        expect(at(a) + a.bytes <= at(b) || at(b) + b.bytes <= at(a)).toBe(true);
      }
    }
    const sum = owners.reduce((total, { bytes }) => total + bytes, 0);
    expect(allocator.bytes).toBeLessThan(sum / 3);
    expect(allocator.offsetOf({})).toBeUndefined();
  });

  it('keeps what is asked for twice from the first time to the last', () => {
    const allocator = new LifetimeAllocator();
    const [a, b] = [{}, {}];
    allocator.request(a, 64, [0, 0]);
    allocator.request(a, 64, [4, 4]);
    allocator.request(b, 64, [2, 2]);
    expect(allocator.allocate().bytes).toBe(128);
  });
});
