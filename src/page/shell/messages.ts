// Messages beside the control that caused them, in the page's words.
import { Stopped } from '../calls/rpc.js';
import { make } from '../parts/controls.js';

/** How long a message that is no problem stays. */
const STAY_MS = 6000;

/** What errors of the library mean on the page, where options have other names. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  // Far out, a step is lost in rounding, which the library says of the place where it would start.
  [
    /not finite|diverge|must move a start/,
    'The particles ran away: the step is too long for this density. Make it shorter.',
  ],
  [/there is no network yet/, 'There is no network yet: train one first, or open weights.'],
];

/** An error in the page's words. */
export function meaningOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}

export interface Messages {
  say(text: string, isProblem?: boolean): void;
  fail(error: unknown): void;
}

/** Shows messages in `line`: others for a while, problems until they are cleared. */
export function messagesIn(line: HTMLElement): Messages & { clear(): void } {
  let timer = 0;
  const say = (text: string, isProblem = false) => {
    clearTimeout(timer);
    line.textContent = text;
    line.classList.toggle('problem', isProblem);
    line.hidden = text === '';
    if (!isProblem && text !== '') timer = window.setTimeout(() => say(''), STAY_MS);
  };
  return {
    say,
    fail(error) {
      if (!(error instanceof Stopped)) say(meaningOf(error), true);
    },
    clear: () => say(''),
  };
}

/** Messages of one figure. They stand below the control that was used last, and go when another is used. */
export function messagesAt(place: HTMLElement): Messages {
  const line = make('p', { class: 'message', role: 'status', hidden: true });
  const { say, fail, clear } = messagesIn(line);
  let control: Element | null = null;
  const use = (event: Event) => {
    const used = (event.target as Element).closest('.row, .control, .menu');
    if (!used) return;
    control = used;
    clear();
  };
  for (const type of ['click', 'input', 'change']) place.addEventListener(type, use, true);
  const put = () => {
    if (control?.isConnected) control.after(line);
    else place.append(line);
  };
  return {
    say(text, isProblem) {
      put();
      say(text, isProblem);
    },
    fail(error) {
      put();
      fail(error);
    },
  };
}
