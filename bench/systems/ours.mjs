// scorefield through its public API, as a user calls it.
import { unetFlow, unetPredict, unetTrain } from './ours-unet.mjs';

/** @param library the module `scorefield`; @param options.kernel and options.threads go to loadCore as they are */
export async function open(library, { kernel = 'auto', threads = 1 } = {}) {
  const core = await library.loadCore({ kernel, threads });
  return {
    details: { kernel: core.kernel },
    /** An engine that runs on fewer threads than asked for says so here. */
    threads: core.threads ?? 1,
    train: (problem) => train(library, core, problem),
    unetTrain: (problem) => unetTrain(library, core, problem),
    unetPredict: (problem) => unetPredict(library, core, problem),
    unetFlow: (problem) => unetFlow(library, core, problem),
    langevin: (problem) => langevin(library, problem, networkScore(library, core, problem)),
    mixture: (problem) => langevin(library, problem, library.mixture(core, problem)),
    empirical: (problem) => empirical(library, core, problem),
    normal: (problem) => normal(library, core, problem),
    categorical: (problem) => categorical(library, core, problem),
  };
}

function build(library, core, { config, tensors }) {
  return library.loadNetwork(core, { config, tensors, step: 0 });
}

function networkScore(library, core, problem) {
  return build(library, core, problem).at(problem.level);
}

function train(library, core, problem) {
  const { points, logits, drawing, batch, key, config } = problem;
  const data = { dim: config.dim, points, logits };
  const network = build(library, core, problem);
  const steps = library.train(network, data, { batch, steps: 2 ** 31, key, drawing });
  return {
    async check() {
      const twin = build(library, core, problem);
      try {
        for await (const { loss, checkpoint } of library.train(twin, data, { batch, steps: 1, key })) {
          // After one step Adam's running mean is a tenth of the gradient.
          return { loss: Float32Array.of(loss), gradient: checkpoint().mean.map((m) => m * 10) };
        }
      } finally {
        twin.dispose();
      }
    },
    /** Steps of one long run, as a user's are. */
    async run(n) {
      for (let i = 0; i < n; i++) await steps.next();
    },
  };
}

function langevin(library, problem, score) {
  const { chains, dim, init, stepSize, key, checkSteps, places } = problem;
  const walk = (steps) => library.langevin(score, { key, steps, stepSize, chains, init });
  // As long as the counters of the noise allow.
  const most = Math.floor((2 ** 32 - 1) / (chains * dim));
  let states = walk(most);
  let step = 0;
  return {
    async check() {
      let last;
      for await (const state of walk(checkSteps)) last = state;
      return { x: last.x, ...(places && { score: score.score(places) }) };
    },
    /** At least n steps of one long run, which yields when it likes; returns how many. */
    async run(n) {
      const first = step;
      while (step < first + n) {
        const { value, done } = await states.next();
        if (done) {
          states = walk(most);
          return step - first;
        }
        step = value.step;
      }
      return step - first;
    },
  };
}

async function empirical(library, core, { points, dim, sigma, x }) {
  const alone = library.empirical(core, library.pointSet({ dim, points }), sigma);
  // Builds before 2026-11-26 evaluate a score on one thread only.
  const score = core.threads > 1 ? ((await library.shareScore?.(alone)) ?? alone) : alone;
  const out = new Float32Array(x.length);
  return {
    check: async () => ({ score: (await score.score(x)).slice() }),
    async run(n) {
      for (let i = 0; i < n; i++) await score.score(x, out);
    },
  };
}

function normal(library, core, { key, n }) {
  return {
    check: () => ({ values: library.normal(core, key, [n]), generator: 'threefry' }),
    run(calls) {
      for (let i = 0; i < calls; i++) library.normal(core, key, [n]);
    },
  };
}

function categorical(library, core, { key, logits, n, drawing }) {
  const draw = () => library.categorical(core, key, logits, n, { drawing });
  return {
    check: () => ({ values: draw(), generator: drawing === 'alias' ? 'alias' : 'threefry' }),
    run(calls) {
      for (let i = 0; i < calls; i++) draw();
    },
  };
}
