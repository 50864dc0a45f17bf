import { digits } from '../../parts/controls.js';
import type { Trainer } from '../../state/trainer.js';

/** A time in the largest units that say it well. */
export function duration(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}

/** Where the present or the last training is, in words. */
export function sentence({
  step,
  steps,
  losses,
  isRunning,
  isPaused,
  wasStopped,
  secondsLeft,
}: Trainer): string {
  if (step === 0) return isRunning ? 'Starting' : 'Not trained yet.';
  const best = losses.best === undefined ? '' : ` (best possible ${digits(losses.best)})`;
  const left = secondsLeft === undefined ? '' : ` · ${duration(secondsLeft)} left`;
  const end = isPaused ? ' · paused' : wasStopped ? ' · stopped' : '';
  return `Step ${step} of ${steps} · loss ${digits(losses.last)}${best}${left}${end}`;
}
