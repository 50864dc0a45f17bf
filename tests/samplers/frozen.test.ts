import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadCore } from '../../src/core/load.js';
import {
  annealedLangevin,
  builtInImage,
  collect,
  imageDistribution,
  key,
  langevin,
  type Network,
  network,
  networkScores,
  normal,
  reverseDiffusion,
  type SamplerState,
  train,
  underdamped,
  varianceExploding,
} from '../../src/index.js';
import { forEachCore, sameBits } from '../cores.js';

const data = imageDistribution(builtInImage('five', 12));
const config = { features: 9, width: 11, depth: 2, levels: 5, sigmaMin: 0.1, sigmaMax: 1 } as const;
const kinds = [
  { output: 'noise', encoding: 'averaged' },
  { output: 'score', encoding: 'plain' },
] as const;
const options = { key: key(3), chains: 20, thin: 1 };
const process = varianceExploding({ sigmaMin: 0.1, sigmaMax: 1 });

const SAMPLERS: [string, (net: Network) => AsyncGenerator<SamplerState, void, void>][] = [
  ['langevin', (net) => langevin(net.at(3), { ...options, steps: 12, stepSize: 1e-2 })],
  ['langevin, one chain', (net) => langevin(net.at(3), { ...options, chains: 1, steps: 12, stepSize: 1e-2 })],
  ['underdamped', (net) => underdamped(net.at(2), { ...options, steps: 12, stepSize: 0.1 })],
  [
    'annealedLangevin',
    (net) => annealedLangevin(networkScores(net), { ...options, stepsPerLevel: 2, stepSize: 1e-3 }),
  ],
  [
    'reverseDiffusion',
    (net) => reverseDiffusion(networkScores(net), { ...options, process, steps: 9, corrections: 1 }),
  ],
];

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every call into WebAssembly looks slow, which leaves one step a call. */
function slowClock(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 100;
    return now;
  });
}

forEachCore('a network that trains while it is sampled', (_, kernel) => {
  describe.each(kinds)('%o', (kind) => {
    it.each(SAMPLERS)('%s: as it was at the start of the run, on 1 and 2 threads', async (_name, run) => {
      const paths: Float32Array[] = [];
      for (const threads of [1, 2]) {
        using core = await loadCore({ kernel, threads });
        using net = network(core, { ...config, ...kind });
        using frozen = network(core, { ...config, ...kind });
        const training = train(net, data, { steps: 40, batch: 8, learningRate: 0.05 });
        await training.next();
        await training.next();
        frozen.setTensors(net.tensors());
        const { path } = await collect(run(frozen));

        slowClock();
        const parts: number[] = [];
        let states = 0;
        for await (const state of run(net)) {
          parts.push(...state.path);
          states++;
          await training.next();
        }
        vi.restoreAllMocks();
        expect(states).toBeGreaterThan(8);
        expect(sameBits(Float32Array.from(parts), path)).toBe(true);
        // The network did change, and the next run takes it as it now is.
        expect(sameBits((await collect(run(net))).path, path)).toBe(false);
        await training.return();
        paths.push(path);
      }
      expect(sameBits(paths[0], paths[1])).toBe(true);
    });
  });
});

forEachCore('a score of a network', (core) => {
  it('follows the network, whatever runs took from it', async () => {
    using net = network(core, config);
    using score = net.at(2);
    const x = normal(core, key(1), [5, 2]);
    const run = langevin(score, { key: key(2), steps: 1e6, stepSize: 1e-3 });
    await run.next();
    const before = score.score(x);
    net.setParameters(net.parameters().map((v, i) => v + 0.1 * Math.sin(i)));
    using again = net.at(2);
    expect(sameBits(score.score(x), before)).toBe(false);
    expect(sameBits(score.score(x), again.score(x))).toBe(true);
    await run.next();
    expect(sameBits(score.score(x), again.score(x))).toBe(true);
    await run.return();
  });

  it('gives back what a run took, and ends a run when it is disposed of', async () => {
    using net = network(core, config);
    const score = net.at(2);
    const family = networkScores(net);
    const { used } = core.memory;
    await collect(langevin(score, { key: key(2), steps: 3, stepSize: 1e-3 }));
    await collect(annealedLangevin(family, { key: key(2), stepsPerLevel: 1, stepSize: 1e-3 }));
    expect(core.memory.used).toBe(used);
    const run = langevin(score, { key: key(2), steps: 1e6, stepSize: 1e-3 });
    await run.next();
    score.dispose();
    await expect(run.next()).rejects.toThrow('used after dispose()');
    expect(core.memory.used).toBeLessThan(used);
  });
});
