/** The message that asks a worker to end itself. */
const CLOSE = 'close';

interface Policy {
  createScriptURL(url: string): string;
}

/** Where a page takes addresses of scripts from policies alone (Trusted Types), that of this library. */
let policy: Policy | undefined;

/**
 * Starts a worker that runs a classic script, as pages from files and sandboxed frames may too.
 *
 * @param script its address, or its text, whose room `loaded` gives back
 * @throws Error where there are no workers or no `blob:` addresses, or the page forbids them
 */
export function newWorker(script: URL | string): { worker: Worker; loaded(): void } {
  const url =
    typeof script === 'string'
      ? URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
      : String(script);
  const { trustedTypes } = globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  };
  policy ??= trustedTypes?.createPolicy('scorefield', { createScriptURL: (address) => address });
  return {
    worker: new Worker(policy?.createScriptURL(url) ?? url),
    loaded: () => URL.revokeObjectURL(url),
  };
}

/** Has a worker end when it has done what it was given: Firefox froze where a worker terminated its own workers. */
export function closeWorker(worker: Worker | MessagePort): void {
  worker.postMessage(CLOSE);
}

/** For a worker: its listener of messages, which ends it where it is asked to, after a last word. */
export function endsWhenAsked(
  listen: (event: MessageEvent) => void,
  last = () => {},
): (event: MessageEvent) => void {
  return (event) => {
    if (event.data !== CLOSE) return listen(event);
    last();
    close();
  };
}
