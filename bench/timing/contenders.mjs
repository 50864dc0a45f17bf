// Systems brought to the start: each in its own host, with its workload set up and its outputs compared.

import { TooSlow } from '../hosts/answers.mjs';
import { chromiumHost } from '../hosts/chromium.mjs';
import { nodeHost } from '../hosts/node.mjs';
import { pythonHost } from '../hosts/python.mjs';
import { agreement } from './agreement.mjs';

/** A host for a system, on Node, in Chromium, or in Python where the system is native. */
export function startHost(system, threads, { browser }) {
  if (system.native) return pythonHost({ python: system.python, file: system.native, threads });
  const { name, cores = 1 } = system;
  return browser ? chromiumHost(name, threads, cores * threads) : nodeHost();
}

/** What a host needs to open a system. */
export function opening({ name }, { assets }, threads, { kernel }) {
  return { system: name, threads, kernel, assets };
}

/** Ends what failed, so that it takes no time from the others, and says why it did. */
export async function fail(contender, error) {
  const slow = error instanceof TooSlow;
  contender.failure = slow ? `too slow: ${error.message}` : error.message;
  await contender.close(slow);
}

/**
 * @param reference outputs that those of every system are held against
 * @returns { system, call, close, details, threads, agreement }, with `failure` in place of the last three where it
 *   cannot run; `threads` is how many it really uses
 */
export async function prepareAll({ workload, problem, reference, systems, threads, options, limitMs }) {
  const { kind } = workload;
  const contenders = [];
  for (const system of systems.filter(({ only }) => !only || only.includes(kind))) {
    const contender = { system, async close() {} };
    contenders.push(contender);
    try {
      const host = await startHost(system, threads, options);
      Object.assign(contender, { call: host.call, close: host.close });
      const told = { options: opening(system, host, threads, options), kind, problem };
      const { missing, outputs, details, threads: used } = await host.call('prepare', told, limitMs);
      if (missing) throw new Error('cannot do this');
      Object.assign(contender, { details, threads: used });
      contender.agreement = agreement(workload, problem, outputs, reference);
    } catch (error) {
      await fail(contender, error);
    }
  }
  return contenders;
}
