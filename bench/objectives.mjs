// What a step of each objective costs, by dimension: node bench/objectives.mjs
// Milliseconds that the process computes, one thread, medians of steps that take turns. A network of two residual blocks of 32
// numbers, 128 points a step, as in `scorefield lecture objectives`.
import { key, learnedDenoiser, loadCore, mlp, normal, pointSet, trainDenoiser } from '../dist/index.js';

const OBJECTIVES = ['denoising', 'flow', 'sliced', 'slicedReduced', 'implicit'];
const [WARM, STEPS] = [30, 150];

const core = await loadCore({ kernel: 'relaxed' });
console.log(['D', ...OBJECTIVES].join('\t'));
for (const dim of [1, 2, 4, 8, 16, 64]) {
  const data = pointSet({ dim, points: normal(core, key(1), [5000, dim]) });
  const runs = OBJECTIVES.map((objective) => {
    const isFlow = objective === 'flow';
    const network = mlp(core, { height: 1, width: 1, channels: dim }, { hidden: 32, depth: 2 });
    const denoiser = learnedDenoiser(network, { parameterisation: isFlow ? 'flow' : 'karras', sigmaData: 1 });
    const own = isFlow ? {} : { objective, noise: { kind: 'fixed', sigma: 0.3 } };
    return { run: trainDenoiser(denoiser, data, { batch: 128, steps: 10_000, ...own }), times: [] };
  });
  for (let step = 0; step < WARM + STEPS; step++) {
    for (const { run, times } of step % 2 ? runs : [...runs].reverse()) {
      const before = process.cpuUsage();
      await run.next();
      const { user, system } = process.cpuUsage(before);
      if (step >= WARM) times.push((user + system) / 1000);
    }
  }
  const medians = runs.map(({ times }) => times.sort((a, b) => a - b)[times.length >> 1].toFixed(2));
  console.log([dim, ...medians].join('\t'));
}
core.dispose();
