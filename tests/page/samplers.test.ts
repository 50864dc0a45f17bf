// What the chapters on sampling compute, against closed forms and the library's own, and the programs they copy.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  builtInImage,
  type Core,
  collect,
  denoiser,
  empirical,
  key,
  loadCore,
  walkJump,
} from '../../src/index.js';
import { Stopped } from '../../src/page/calls/rpc.js';
import { givenCode } from '../../src/page/chapters/given/givenCode.js';
import { DATA, drawByWaves, PLACES } from '../../src/page/chapters/learning/waves.js';
import { walkCode } from '../../src/page/chapters/sampling/walkCode.js';
import { ByItself } from '../../src/page/chapters/shared/byItself.js';
import { samplingCode } from '../../src/page/chapters/shared/code.js';
import { initialState } from '../../src/page/state/state.js';
import { type GivenEvent, given, givenLogits } from '../../src/page/worker/given.js';
import { type ObjectivesEvent, objectives } from '../../src/page/worker/objectives.js';
import { Session } from '../../src/page/worker/session.js';
import { type SolverErrorEvent, solverErrors } from '../../src/page/worker/solverErrors.js';
import {
  cloudDistance,
  type TradeOffEvent,
  tradeOff,
  type WalkEvent,
  walk,
} from '../../src/page/worker/walk.js';
import { dist } from './help.js';

let core: Core;
let session: Session;
beforeAll(async () => {
  core = await loadCore({ kernel: 'strict' });
  session = new Session(core);
});
afterAll(() => core.dispose());
beforeEach(() => {
  session.setImage(builtInImage('moons'));
});

/** Runs a verb, and returns what it emitted. */
async function emitted<E>(
  run: (context: { emit(event: unknown): void; signal: AbortSignal }) => Promise<void>,
): Promise<E[]> {
  const events: E[] = [];
  await run({ emit: (event) => events.push(event as E), signal: new AbortController().signal });
  return events;
}

describe('walk and jump', () => {
  it('tells the moments of the library’s walk, and the jumps from there', async () => {
    const args = { sigma: 0.1, chains: 7, moments: 3, steps: 4, seed: 5 };
    const score = { kind: 'exact', sigma: 0.1 } as const;
    const events = await emitted<WalkEvent>((context) => walk(session, { ...args, score }, context));
    expect(events.map(({ step }) => step)).toEqual([4, 8, 12]);
    const own = empirical(core, session.points(), 0.1);
    const init = Float32Array.of(0.5, 0.5);
    const options = { key: key(5), chains: 7, steps: 12, thin: 4, init };
    const { path } = await collect(walkJump(own, { ...options, sigma: 0.1, stepSize: 1 }));
    expect(events.flatMap(({ noisy }) => [...noisy])).toEqual([...path]);
    expect(events.flatMap(({ clean }) => [...clean])).toEqual([...denoiser(own, 0.1).denoise(path)]);
    own.dispose();
  });

  it('measures a distance of 0 between equal clouds, and of a shift its mean over directions', () => {
    const x = Float32Array.from({ length: 40 }, (_, i) => (i * 7) % 11);
    expect(cloudDistance(x, x)).toBe(0);
    const moved = x.map((value, i) => value + (i % 2 === 0 ? 2 : 0));
    let mean = 0;
    for (let k = 0; k < 8; k++) mean += (2 * Math.abs(Math.cos((Math.PI * k) / 8))) / 8;
    expect(cloudDistance(x, moved)).toBeCloseTo(mean, 6);
  });

  it('finds that more noise forgets sooner, and that its jumps are further from the picture', async () => {
    const args = { sigmas: [0.05, 0.1, 0.2, 0.5], chains: 16, steps: 400, draws: 500, seed: 0 };
    const events = await emitted<TradeOffEvent>((context) => tradeOff(session, args, context));
    expect(events.map(({ sigma }) => sigma)).toEqual(args.sigmas);
    for (let i = 1; i < 4; i++) {
      expect(events[i].time).toBeLessThan(events[i - 1].time / 1.5);
      expect(events[i].distance).toBeGreaterThan(1.5 * events[i - 1].distance);
    }
    // At much noise every step is a new start, and every jump ends near the mean.
    expect(events[3].time).toBeLessThan(2);
  });
});

it('solvers end nearer with more scores, by their order, and the best within a pixel after six', async () => {
  const args = { scores: [6, 24, 48, 96], chains: 60, seed: 0, sigmaMin: 0.02, sigmaMax: 0.4 };
  const events = await emitted<SolverErrorEvent>((context) => solverErrors(session, args, context));
  const errors = Object.fromEntries(events.map((event) => [event.solver, event.errors]));
  expect(Object.keys(errors)).toEqual(['deis', 'dpmSolver', 'accelerated', 'ddim', 'heun']);
  for (const own of Object.values(errors)) expect(own[3]).toBeLessThan(own[0]);
  // Second order: four times less for twice the scores; first order gains less than three times.
  expect(errors.heun[2] / errors.heun[3]).toBeGreaterThan(2.5);
  expect(errors.dpmSolver[2] / errors.dpmSolver[3]).toBeGreaterThan(2.5);
  expect(errors.ddim[2] / errors.ddim[3]).toBeLessThan(3);
  expect(Math.min(errors.deis[0], errors.dpmSolver[0])).toBeLessThan(1 / 27);
  expect(errors.deis[3]).toBeLessThan(errors.ddim[3] / 10);
});

describe('points given a reading', () => {
  const args = { seen: 0.3, noise: 0.04, count: 300, particles: 8, steps: 30, seed: 1 };

  it('have the weights of Bayes’ rule', () => {
    const { points, logits } = session.points();
    const own = givenLogits(session.points(), { seen: 0.3, noise: 0.1 });
    for (const i of [0, 100, 400]) {
      if (!Number.isFinite(logits[i])) continue;
      expect(own[i] - logits[i]).toBeCloseTo(-((points[2 * i + 1] - 0.3) ** 2) / 0.02, 4);
    }
  });

  it('are off by guidance alone, and right by particles', async () => {
    const events = await emitted<GivenEvent>((context) => given(session, args, context));
    const [exact, guided, corrected] = events;
    expect(events.map(({ way }) => way)).toEqual(['exact', 'guided', 'corrected']);
    expect(exact.totalVariation).toBeLessThan(0.08);
    expect(guided.totalVariation).toBeGreaterThan(0.2);
    expect(corrected.totalVariation).toBeLessThan(0.1);
    // All fit the reading.
    for (const { x } of events) {
      const right = x.filter((_, i) => i % 2 === 1);
      const mean = right.reduce((sum, value) => sum + value, 0) / right.length;
      expect(Math.abs(mean - 0.3)).toBeLessThan(0.05);
    }
  });

  it('with one particle a sample are not corrected', async () => {
    const [, , alone] = await emitted<GivenEvent>((context) =>
      given(session, { ...args, particles: 1 }, context),
    );
    expect(alone.totalVariation).toBeGreaterThan(0.15);
  });
});

describe('waves', () => {
  it('draw a jump as sharp as the noise when they are half as long as its details, and no sooner', () => {
    const off = (sigma: number, waves: number) => drawByWaves(sigma, waves).error / sigma;
    expect(off(0.1, 1)).toBeGreaterThan(0.15);
    expect(off(0.1, 5)).toBeLessThan(0.05);
    expect(off(0.03, 5)).toBeGreaterThan(0.2);
    expect(off(0.03, 24)).toBeLessThan(0.05);
    // Too many too high ones leave gaps.
    expect(off(0.1, 32)).toBeGreaterThan(off(0.1, 8));
  });

  it('are fitted to the mean clean place: at little noise the nearest datum, at much the mean of all', () => {
    const { exact } = drawByWaves(0.02, 8);
    const at = (y: number) => exact[Math.round(y * (PLACES.length - 1))];
    for (const x of DATA) expect(Math.abs(at(x) - x)).toBeLessThan(0.01);
    const far = drawByWaves(5, 8).exact;
    const mean = DATA.reduce<number>((sum, x) => sum + x, 0) / DATA.length;
    for (const value of far) expect(Math.abs(value - mean)).toBeLessThan(0.01);
  });
});

it('networks on a line learn one score by each objective', async () => {
  const names = ['denoising', 'implicit', 'slicedReduced', 'flow'] as const;
  const task = { means: [-1, 1], sd: 0.4, sigma: 0.3, steps: 200, seed: 0, places: [-1.5, 0, 1.5] };
  const events = await emitted<ObjectivesEvent>((context) =>
    objectives(session, { ...task, objectives: names }, context),
  );
  expect(events.map(({ step }) => step)).toEqual(Array.from({ length: 21 }, (_, i) => 10 * i));
  const [first, last] = [events[0], events[20]];
  expect(last.errors).toHaveLength(4);
  for (let i = 0; i < 4; i++) {
    expect(last.errors[i], names[i]).toBeLessThan(i === 3 ? 0.4 : 0.2);
    expect(last.errors[i], names[i]).toBeLessThan(first.errors[i] / 2);
  }
  // By symmetry the exact score is 0 in the middle, and points inwards outside of both hills.
  expect(Math.abs(last.exact[1])).toBeLessThan(1e-5);
  expect(last.exact[0]).toBeGreaterThan(1);
  expect(last.scores[0][0]).toBeGreaterThan(0.5);
  expect(last.scores[1][2]).toBeLessThan(-0.5);
});

describe('copied code', () => {
  const program = dist(`samplers-${process.pid}.mjs`);
  afterEach(() => rmSync(program, { force: true }));
  const state = { ...initialState(), kernel: 'strict' as const, picture: 'moons' as const, seed: 3 };
  const printed = (code: string): number[][] => {
    const print =
      'const print = (...values) => { for (const v of values) console.log(JSON.stringify([...v])); };\n';
    writeFileSync(program, print + code.replaceAll('console.log(', 'print('));
    const output = execFileSync(process.execPath, [program], { encoding: 'utf8', cwd: dist('') });
    return output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as number[]);
  };

  it('walks and jumps as the page does', async () => {
    const sizes = { chains: 5, moments: 2, steps: 3 };
    const code = walkCode(state, { ...sizes, isExact: true, level: 0, sigma: 0.2 });
    const [path, jumps] = printed(code);
    const score = { kind: 'exact', sigma: 0.2 } as const;
    const events = await emitted<WalkEvent>((context) =>
      walk(session, { ...sizes, score, sigma: 0.2, seed: 3 }, context),
    );
    expect(path).toEqual(events.flatMap(({ noisy }) => [...noisy]));
    expect(jumps).toEqual(events.flatMap(({ clean }) => [...clean]));
    const learned = walkCode(state, { ...sizes, isExact: false, level: 4, sigma: 0.2 });
    expect(learned).toContain('net.at(4)');
    expect(learned).toContain("readFileSync('weights.safetensors')");
  });

  it('draws given a reading as the page does, but for the noise that sets points apart', async () => {
    const own = { ...state, seenAt: 0.4, seenNoise: 0.05, correcting: 3 };
    const [guided, corrected] = printed(givenCode(own, { count: 6, steps: 8 }));
    const args = { seen: 0.4, noise: 0.05, count: 6, particles: 3, steps: 8, seed: 3 };
    const events = await emitted<GivenEvent>((context) => given(session, args, context));
    const most = (a: number[], b: Float32Array) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    // Normal numbers times 0.01.
    expect(most(guided, events[1].x)).toBeLessThan(0.04);
    expect(most(corrected, events[2].x)).toBeLessThan(0.04);
    expect(most(guided, events[2].x)).toBeGreaterThan(0.04);
  });

  it('flows by the chosen solver on the chosen levels', () => {
    const own = { ...state, sampler: 'probabilityFlow' as const, from: 'exact' as const, draws: 20 };
    const known = { sigmas: Float32Array.of(0.1, 0.3, 1), level: () => 0 };
    const code = samplingCode({ ...own, solver: 'heun', flowSchedule: 'cosine' }, known);
    expect(code).toContain("solver: 'heun', schedule: 'cosine'");
    expect(printed(code)[0]).toHaveLength(2 * 5000);
  });
});

describe('work that a figure does by itself', () => {
  let isStill = false;
  beforeEach(() => {
    vi.useFakeTimers();
    isStill = false;
    vi.stubGlobal('window', globalThis);
    vi.stubGlobal('matchMedia', () => ({ matches: isStill }));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** Work that calls the worker, by default once; `answer`, `fail` and `tell` are the worker's. */
  function figureOf({ calls: count = 1, ...options }: { isStill?: boolean; calls?: number } = {}) {
    const calls: { answer(): void; tell(): void; isStopped: boolean; fail(): void }[] = [];
    const heard: string[] = [];
    const failed: unknown[] = [];
    const client = {
      call(_: string, __: object, onEvent: (event: never) => void) {
        let settle: { resolve(value: unknown): void; reject(error: unknown): void } | undefined;
        const promise = new Promise((resolve, reject) => {
          settle = { resolve, reject };
        });
        const call = {
          isStopped: false,
          answer: () => settle?.resolve(undefined),
          fail: () => settle?.reject(new Error('bad')),
          tell: () => onEvent('event' as never),
        };
        calls.push(call);
        return Object.assign(promise, {
          stop() {
            call.isStopped = true;
            settle?.reject(new Stopped());
          },
        });
      },
    };
    const page = { client, fail: (error: unknown) => failed.push(error) };
    const work = new ByItself(page as unknown as ConstructorParameters<typeof ByItself>[0], {
      ...options,
      async work(run) {
        const call = () => run.call('kernel', {}, () => heard.push(`told ${calls.length}`));
        await Promise.all(Array.from({ length: count }, call));
        heard.push('done');
      },
    });
    return { work, calls, heard, failed };
  }
  const soon = () => vi.advanceTimersByTimeAsync(1000);

  it('begins when it is reached, ends when it is left, and is done once', async () => {
    const { work, calls, heard, failed } = figureOf();
    await soon();
    expect(calls).toHaveLength(0);
    work.setVisible(true);
    expect(calls).toHaveLength(1);
    work.setVisible(false);
    expect(calls[0].isStopped).toBe(true);
    await soon();
    // Late news of a run that is over is not heard.
    calls[0].tell();
    work.setVisible(true);
    expect(calls).toHaveLength(2);
    calls[1].tell();
    calls[1].answer();
    await soon();
    expect(heard).toEqual(['told 2', 'done']);
    work.setVisible(false);
    work.setVisible(true);
    expect(calls).toHaveLength(2);
    expect(failed).toEqual([]);
  });

  it('begins anew some time after the last change of what it shows', async () => {
    const { work, calls } = figureOf();
    work.setVisible(true);
    work.renew();
    work.renew();
    expect(calls[0].isStopped).toBe(true);
    expect(calls).toHaveLength(1);
    await soon();
    expect(calls).toHaveLength(2);
  });

  it('that the reader asked for goes on out of sight, and what the reader ended does not begin', async () => {
    const { work, calls } = figureOf();
    work.setVisible(true);
    work.start();
    expect(calls[0].isStopped).toBe(true);
    work.setVisible(false);
    expect(calls[1].isStopped).toBe(false);
    work.stop();
    expect(calls[1].isStopped).toBe(true);
    work.setVisible(true);
    await soon();
    expect(calls).toHaveLength(2);
  });

  it('waits where the reader asked for less motion, unless it moves nothing', async () => {
    isStill = true;
    const moving = figureOf();
    moving.work.setVisible(true);
    moving.work.renew();
    await soon();
    expect(moving.calls).toHaveLength(0);
    moving.work.start();
    expect(moving.calls).toHaveLength(1);
    const still = figureOf({ isStill: true });
    still.work.setVisible(true);
    expect(still.calls).toHaveLength(1);
  });

  it('that fails tells the reader once, and does not begin again by itself', async () => {
    const { work, calls, failed } = figureOf();
    work.setVisible(true);
    calls[0].fail();
    await soon();
    work.setVisible(false);
    work.setVisible(true);
    await soon();
    expect(calls).toHaveLength(1);
    expect(failed.map(String)).toEqual(['Error: bad']);
  });

  it('that fails in one of its calls ends the others', async () => {
    const { work, calls, failed } = figureOf({ calls: 2 });
    work.setVisible(true);
    expect(calls).toHaveLength(2);
    calls[0].fail();
    await soon();
    expect(calls[1].isStopped).toBe(true);
    expect(failed.map(String)).toEqual(['Error: bad']);
  });
});
