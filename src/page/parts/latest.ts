/** Returns a function that calls `work`. While `work` runs, further calls together cause one more run after it. */
export function latest(work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let isBusy = false;
  let isWanted = false;
  return async function ask() {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    while (isWanted) {
      isWanted = false;
      await work().catch(onError);
    }
    isBusy = false;
  };
}
