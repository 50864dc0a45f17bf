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
 */
export async function timeDigits(bench, step, threads) {
  const about = { workload: 'digits', unit: 'training', threads };
  try {
    const { steps, seconds } = await trained(bench, threads);
    const once = (ms) => ({ median: ms, lower: ms, upper: ms, samples: 1 });
    return {
      ...about,
      title: `training to ${ERROR} on unseen digits, ${steps.toLocaleString('en')} steps (others: so many of their steps)`,
      entries: step.entries.map(({ system, title, ms, failure, threads: used }) => {
        if (system === OURS) return { system, title, threads: used, ms: once(1000 * seconds) };
        if (failure) return { system, title, failure };
        return { system, title, threads: used, ms: once(steps * ms.median) };
      }),
    };
  } catch ({ message }) {
    const title = `training to ${ERROR} on unseen digits`;
    return { ...about, title, entries: [{ system: OURS, title: OURS, failure: message }] };
  }
}

async function trained({ library, options }, threads) {
  const digits = await mnistDigits(library);
  const core = await library.loadCore({ threads, kernel: options.kernel });
  try {
    return await reached(trainOnDigits(library, core, digits, { seed: 0, steps: LAST }));
  } finally {
    core.dispose();
  }
}

/** Steps and seconds of the first look at which the error is small enough. */
async function reached(run) {
  for await (const { step, seconds, errors } of run) {
    if (step < FIRST || step % LOOK !== 0) continue;
    const [mse] = await errors([SIGMA]);
    if (mse <= ERROR) return { steps: step, seconds };
  }
  throw new Error(`the error at noise ${SIGMA} is not below ${ERROR} after ${LAST} steps`);
}
