// From the first import to the first position of a chain on the article's network, its weights being at hand: in a
// fresh process or page every time.

import { learnedChains } from '../workloads/chains.mjs';
import { fail, opening, startHost } from './contenders.mjs';
import { summary } from './measure.mjs';

export async function timeStartup({ library, core, options, effort: { starts, limitMs } }, systems) {
  const [{ problem: make, kind }] = learnedChains;
  const problem = { ...make(library, core), checkSteps: 1, places: undefined };
  problem.z = problem.z.slice(0, problem.dim);
  const contenders = systems.filter(({ only }) => !only).map((system) => ({ system, samples: [] }));
  for (let round = 0; round < starts; round++) {
    for (const contender of contenders.filter(({ failure }) => !failure)) {
      const { system, samples } = contender;
      const host = await startHost(system, 1, options);
      contender.close = host.close;
      try {
        const told = { options: opening(system, host, 1, options), kind, problem };
        samples.push((await host.call('startup', told, limitMs)).ms);
        await host.close();
      } catch (error) {
        await fail(contender, error);
      }
    }
  }
  return {
    workload: 'startup',
    title: 'from import to the first sample',
    unit: 'start',
    threads: 1,
    entries: contenders.map(({ system: { name, title }, samples, failure }) =>
      failure ? { system: name, title, failure } : { system: name, title, ms: summary(samples) },
    ),
  };
}
