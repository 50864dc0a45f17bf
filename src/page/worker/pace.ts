/** Returns a function that waits until this time has passed since its last call, so that the page shows every step. */
export function paced(ms: number): () => Promise<void> {
  let last = performance.now();
  return async () => {
    const rest = ms - (performance.now() - last);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
    last = performance.now();
  };
}
