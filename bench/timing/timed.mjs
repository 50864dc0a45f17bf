// One workload against every system: milliseconds, arithmetic, ratios.

import { OURS } from '../systems/index.mjs';
import { open as openOurs } from '../systems/ours.mjs';
import { prepareAll } from './contenders.mjs';
import { interleave, summary } from './measure.mjs';

/**
 * @param bench { library, core, options, effort, peaks }; `peaks` gets one more measurement, in the host of ours
 * @param systems those that can use this many threads
 */
export async function timeWorkload(bench, workload, systems, threads, effort = bench.effort) {
  const { library, core, options, peaks } = bench;
  const { limitMs } = effort;
  const problem = await workload.problem(library, core);
  const reference = await own(workload, problem, library);
  const asked = { workload, problem, reference, systems, threads, options, limitMs };
  const contenders = await prepareAll(asked);
  try {
    const ours = contenders.find(({ system, failure }) => system.name === OURS && !failure);
    if (ours) peaks.push(await ours.call('peak', undefined, limitMs));
    const samples = await interleave(contenders, effort);
    return {
      workload: workload.name,
      title: workload.title,
      unit: workload.unit,
      ...(workload.growth && { growth: workload.growth, size: workload.size }),
      ...(workload.perUnit && { perUnit: workload.perUnit }),
      ...(workload.multiplyAdds && { multiplyAdds: workload.multiplyAdds }),
      threads,
      entries: contenders.map((contender, i) => entry(workload, contender, samples[i])),
    };
  } finally {
    for (const { failure, close } of contenders) if (!failure) await close();
  }
}

/** What every system must compute: our outputs in the runner's own process, on one thread, in strict arithmetic. */
async function own({ kind }, problem, library) {
  const system = await openOurs(library, { kernel: 'strict' });
  return (await system[kind](problem)).check();
}

function entry({ multiplyAdds }, { system, details, threads, agreement, failure }, samples) {
  const { name, title } = system;
  if (failure) return { system: name, title, failure };
  const ms = summary(samples);
  return {
    system: name,
    title,
    details,
    threads,
    agreement,
    ms,
    ...(multiplyAdds && { gflops: (2 * multiplyAdds) / ms.median / 1e6 }),
  };
}

/** Adds to every entry its share of the peak and its time over ours. */
export function finish(result, peak) {
  const ours = result.entries.find(({ system }) => system === OURS)?.ms;
  for (const entry of result.entries) {
    if (!entry.ms) continue;
    if (entry.gflops && peak) entry.percentOfPeak = (100 * entry.gflops) / (peak * result.threads);
    if (ours) entry.ratio = entry.ms.median / ours.median;
  }
  return result;
}
