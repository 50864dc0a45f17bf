// Walk and jump, and solvers: what their figures compute, against closed forms and the library's own, and the programs they copy.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
import { walkCode } from '../../src/page/chapters/sampling/walkCode.js';
import { samplingCode } from '../../src/page/chapters/shared/code.js';
import { initialState } from '../../src/page/state/state.js';
import { Session } from '../../src/page/worker/session.js';
import { type SolverErrorEvent, solverErrors } from '../../src/page/worker/solverErrors.js';
import {
  cloudDistance,
  type TradeOffEvent,
  tradeOff,
  type WalkEvent,
  walk,
} from '../../src/page/worker/walk.js';
import { useProgram } from './program.js';
import { emitted } from './verbs.js';

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

describe('copied code', () => {
  const printed = useProgram('samplers');
  const state = { ...initialState(), kernel: 'strict' as const, picture: 'moons' as const, seed: 3 };

  it('walks and jumps as the page does', async () => {
    const sizes = { chains: 5, moments: 2, steps: 3 };
    const code = walkCode(state, { ...sizes, isExact: true, level: 0, sigma: 0.2 });
    const [path, jumps] = printed(code) as number[][];
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

  it('flows by the chosen solver on the chosen levels', () => {
    const own = { ...state, sampler: 'probabilityFlow' as const, from: 'exact' as const, draws: 20 };
    const known = { sigmas: Float32Array.of(0.1, 0.3, 1), level: () => 0 };
    const code = samplingCode({ ...own, solver: 'heun', flowSchedule: 'cosine' }, known);
    expect(code).toContain("solver: 'heun', schedule: 'cosine'");
    expect((printed(code) as number[][])[0]).toHaveLength(2 * 5000);
  });
});
