/** What the title of the page is made of. */
const parts: { progress?: string; chapter?: string } = {};

/** Sets a part of the page's title: how far a training is, or the chapter that is read. */
export function titled(changes: typeof parts): void {
  Object.assign(parts, changes);
  document.title = [parts.progress, parts.chapter, 'scorefield'].filter(Boolean).join(' · ');
}
