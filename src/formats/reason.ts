/** The message of anything thrown, on one line and without its final full stop or colon, to be quoted in another message. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().replace(/[.:]$/, '') || 'no reason given';
}
