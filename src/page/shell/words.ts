// What the words of the article do: questions before, terms under the pointer.

/** Opens the reply to a question when an answer is chosen, and says whether it was right. */
export function answerQuestions(): void {
  document.addEventListener('click', (event) => {
    const answer = (event.target as Element).closest<HTMLButtonElement>('.ask button');
    const question = answer?.closest('.ask');
    const reply = question?.querySelector<HTMLElement>('.reply');
    if (!answer || !question || !reply) return;
    for (const other of question.querySelectorAll('button'))
      other.setAttribute('aria-pressed', String(other === answer));
    let verdict = reply.querySelector('.verdict');
    if (!verdict) {
      verdict = document.createElement('span');
      verdict.className = 'verdict';
      reply.prepend(verdict, ' ');
    }
    verdict.textContent = answer.value === 'right' ? 'Yes.' : 'Not so.';
    reply.hidden = false;
  });
  for (const reply of document.querySelectorAll('.reply')) reply.setAttribute('role', 'status');
}

/** Marks a challenge as met. */
export function meetChallenge(name: string): void {
  const task = document.querySelector<HTMLElement>(`[data-challenge="${name}"]`);
  if (!task || task.classList.contains('met')) return;
  task.classList.add('met');
  const done = document.createElement('p');
  done.setAttribute('role', 'status');
  done.textContent = 'Done.';
  task.append(done);
}

/**
 * Lights up everything of a chapter with the same `data-term` as what the pointer or the focus is on.
 * @param onTerm called with the term, or undefined when there is none any more
 */
export function followTerms(onTerm: (term: string | undefined) => void): void {
  let lit: Element[] = [];
  /** What the pointer and the focus are on. The page may scroll under a pointer that rests, so each counts by itself. */
  const on: { pointerover?: Element; focusin?: Element } = {};
  const turn = (event: Event) => {
    const { type, target } = event as { type: string; target: unknown };
    const under = target instanceof Element ? (target.closest('[data-term]') ?? undefined) : undefined;
    on[type as keyof typeof on] = under;
    const element = on.pointerover ?? on.focusin;
    const term = element?.getAttribute('data-term') ?? undefined;
    for (const other of lit) other.classList.remove('lit');
    const chapter = element?.closest('section');
    lit = term && chapter ? [...chapter.querySelectorAll(`[data-term="${term}"]`)] : [];
    for (const other of lit) other.classList.add('lit');
    onTerm(term);
  };
  for (const type of ['pointerover', 'focusin']) document.addEventListener(type, turn);
}
