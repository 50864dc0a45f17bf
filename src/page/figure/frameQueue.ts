const waiting = new Set<() => void>();

/**
 * Does work in a frame of its own, once however often it was asked for. A dozen canvases painted in one frame would
 * hold up the page for as long as it takes to show them all.
 */
export function queueFrame(work: () => void): void {
  if (waiting.size === 0) requestAnimationFrame(next);
  waiting.add(work);
}

/** Does work that waits for its turn at once. */
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
