// What every JavaScript host does for the runner, in a Node process or in a page: one system, one workload.

/** @param open gives the system, from systems/open.mjs */
export function serve(open) {
  let task;
  let unitMs;

  /** Times n units; a task that does more than asked for says how many. */
  async function time(n) {
    const start = performance.now();
    const done = (await task.run(n)) ?? n;
    const ms = performance.now() - start;
    unitMs = ms / done;
    return { ms: unitMs, units: done };
  }

  return {
    /** Sets the workload up and computes what is compared; `missing` when the system has no such work. */
    async prepare({ options, kind, problem }) {
      const system = await open(options);
      const about = { threads: system.threads, details: system.details };
      if (!system[kind]) return { ...about, missing: true };
      task = await system[kind](problem);
      return { ...about, outputs: await task.check() };
    },

    /** Many short calls: WebAssembly is compiled better as a function is called more often. */
    async warm({ ms }) {
      const start = performance.now();
      for (let n = 1; performance.now() - start < ms; ) {
        await time(n);
        if (unitMs * n < ms / 20) n *= 2;
      }
      return { ms: unitMs };
    },

    /** One sample: as many units as fill `ms`, at least one. */
    sample: ({ ms }) => time(Math.max(1, Math.round(ms / unitMs))),

    /** Milliseconds from the first import to the first position of a chain; in a fresh host, and only once. */
    async startup({ options, kind, problem }) {
      const start = performance.now();
      const system = await open(options);
      const first = await (await system[kind](problem)).check();
      return { ms: performance.now() - start, outputs: first };
    },

    peak: async () => (await import('./peak.mjs')).measurePeak(),
  };
}
