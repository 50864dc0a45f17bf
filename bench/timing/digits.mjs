// Seconds of training until a U-Net denoises digits that it has not seen as well as asked for, on all threads.
import { mnistDigits, trainOnDigits } from '../quality/heldOutDigits.mjs';
import { OURS } from '../systems/index.mjs';

/** Mean squared error a pixel, and the noise at which it is measured. */
const ERROR = 0.0085;
const SIGMA = 0.5;
/** Steps between two looks, and the first and last of them. */
const LOOK = 250;
const FIRST = 1000;
const LAST = 6000;

/**
 * Ours is trained; of the others the time of a step of the same training (`unet-step`) is multiplied by our number of steps.
 *
 * @param step the result of `unet-step` on as many threads
 * @throws Error without MNIST_DIR, or when LAST steps do not suffice
 */
export async function timeDigits({ library, options }, step, threads) {
  const digits = await mnistDigits(library);
  const core = await library.loadCore({ threads, kernel: options.kernel });
  const { steps, seconds } = await reached(trainOnDigits(library, core, digits, { seed: 0, steps: LAST }));
  core.dispose();
  const once = (ms) => ({ median: ms, lower: ms, upper: ms, samples: 1 });
  return {
    workload: 'digits',
    title: `training to ${ERROR} on unseen digits, ${steps.toLocaleString('en')} steps (others: so many of their steps)`,
    unit: 'training',
    threads,
    entries: step.entries.map(({ system, title, ms, failure, threads: used }) => {
      if (system === OURS) return { system, title, threads: used, ms: once(1000 * seconds) };
      return failure
        ? { system, title, failure }
        : { system, title, threads: used, ms: once(steps * ms.median) };
    }),
  };
}

/** Steps and seconds of the first look at which the error is small enough. */
async function reached(run) {
  for await (const { step, seconds, errors } of run) {
    if (step < FIRST || step % LOOK !== 0) continue;
    const [mse] = await errors([SIGMA]);
    if (mse <= ERROR) return { steps: step, seconds };
  }
  throw new Error(`digits: the error at noise ${SIGMA} is not below ${ERROR} after ${LAST} steps`);
}
