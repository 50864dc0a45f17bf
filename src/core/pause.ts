/** Lets the event loop turn once: timers, signals, messages and drawing get their time between two pieces of work. */
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
