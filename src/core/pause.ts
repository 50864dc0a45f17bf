/** Longest time that work goes on without a pause, apart from one step of it. */
const PAUSE_MS = 12;

/** Lets the event loop turn once, so that timers, signals, messages and drawing are not kept waiting by long work. */
export const pause: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise((resolve) => setImmediate(resolve))
    : () =>
        new Promise((resolve) => {
          // Unlike a timer, a message is not delayed by the browser's 4 ms clamp.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            port1.close();
            resolve();
          };
          port2.postMessage(0);
        });

/**
 * A function to be awaited after each step of long work: it pauses when more than 12 ms have passed since it last did, and says
 * whether it did.
 */
export function pacer(): () => Promise<boolean> | false {
  let paused = performance.now();
  return () => {
    if (performance.now() - paused <= PAUSE_MS) return false;
    return pause().then(() => {
      paused = performance.now();
      return true;
    });
  };
}
