/** Thrown when a host has not answered in time. */
export class TooSlow extends Error {}

/** One question at a time to another process, each with a limit. */
export function answers() {
  let settle;
  let dead;
  const finish = (act) => {
    settle?.(act);
    settle = undefined;
  };
  return {
    ask(send, limitMs) {
      return new Promise((resolve, reject) => {
        if (dead) {
          reject(new Error(dead));
          return;
        }
        const timer = setTimeout(
          () => finish((_, no) => no(new TooSlow(`no answer in ${Math.round(limitMs / 1000)} s`))),
          limitMs,
        );
        settle = (act) => {
          clearTimeout(timer);
          act(resolve, reject);
        };
        send();
      });
    },
    answer: ({ value, error }) =>
      finish((yes, no) => (error === undefined ? yes(value) : no(new Error(error)))),
    /** No answer will come any more. */
    fail(reason) {
      dead = reason;
      finish((_, no) => no(new Error(reason)));
    },
  };
}
