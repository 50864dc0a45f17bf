const waiting = new Set<() => void>();

/**
 * Calls `work` in an animation frame of its own; work that is queued already is not queued twice. A dozen canvases
 * painted in one frame would block the page until all are painted.
 */
export function queueFrame(work: () => void): void {
  if (waiting.size === 0) requestAnimationFrame(next);
  waiting.add(work);
}

/** Calls `work` at once if it is queued, and takes it off the queue. */
export function runQueued(work: () => void): void {
  if (waiting.delete(work)) work();
}

function next(): void {
  const [work] = waiting;
  if (!work) return;
  waiting.delete(work);
  if (waiting.size > 0) requestAnimationFrame(next);
  work();
}
