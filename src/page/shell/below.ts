// The first screen comes first: the chapters below it are laid out once its particles move. All at once would take longer than
// everything before.
import { queueFrame } from '../figure/frameQueue.js';

/** The class of the document while chapters wait to be laid out (article.css), and that of one which no longer does. */
const [WAITING, LAID_OUT] = ['waiting', 'laid-out'];
/** When they are laid out at the latest: for readers who want no motion no particles move. */
const WAIT_MS = 1500;

/** Lays out all chapters that still wait, since the reader goes there. */
export function layOutAll(): void {
  document.documentElement.classList.remove(WAITING);
}

/** Has the chapters below the first screen laid out one after the other, each in a frame, when the first particles have moved. */
export function layOutBelow(): void {
  const waiting = [...document.querySelectorAll('main > section')];
  const next = () => {
    const section = waiting.shift();
    section?.classList.add(LAID_OUT);
    // A function of its own each time: the queue takes the same one once.
    if (section) queueFrame(() => next());
    else layOutAll();
  };
  const begin = () => {
    clearTimeout(timer);
    moved.disconnect();
    next();
  };
  const timer = setTimeout(begin, WAIT_MS);
  const moved = new PerformanceObserver(begin);
  moved.observe({ type: 'mark', buffered: true });
  addEventListener('scroll', layOutAll, { once: true, passive: true });
}
