/** Runs asynchronous work one at a time; asked again meanwhile, it runs once more, for the latest. */
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
