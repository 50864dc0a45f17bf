// Processor time of short calls, by name.

/** Milliseconds that the whole process has computed so far. Its resolution is a microsecond. */
export function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** Gathers the processor time of the whole process over calls, which other work on the machine does not lengthen. */
export function stopwatch() {
  const samples = new Map();
  return {
    /** Makes a call and keeps its time. */
    time(name, call) {
      const before = processorMs();
      call();
      const taken = processorMs() - before;
      if (!samples.has(name)) samples.set(name, []);
      samples.get(name).push(taken);
    },
    /** Median milliseconds of a name's calls, without what taking the time of `nothing` takes. */
    ms: (name) => Math.max(0, median(samples.get(name)) - median(samples.get('nothing'))),
    /** Forgets the samples so far, which warmed up. */
    clear: () => samples.clear(),
  };
}
