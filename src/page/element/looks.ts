/** The style of an element's shadow root. Custom properties of the page come first, then colours of its theme. */
export function elementSheet(): CSSStyleSheet {
  const rules = new CSSStyleSheet();
  rules.replaceSync(`
    :host { display: block; position: relative; max-width: 30rem; }
    :host([hidden]) { display: none; }
    .box { --background: var(--figure-background, #fff); --ink: var(--figure-ink, #24292f);
      --line: var(--figure-line, #5d6b7a); position: relative; width: 100%; height: 100%;
      font: 0.8rem/1.4 system-ui, sans-serif; }
    .box.dark { --background: var(--figure-background, #0d1117); --ink: var(--figure-ink, #e6edf3);
      --line: var(--figure-line, #8593a3); }
    .figure { position: relative; width: 100%; height: 100%; aspect-ratio: 1; overflow: hidden; border-radius: 6px;
      background: var(--background); transition: color 1ms; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
    .controls { position: absolute; inset: auto 0.4rem 0.4rem; display: flex; gap: 0.5rem; align-items: center; }
    button, label { padding: 0.2rem 0.6rem; color: var(--ink); background: var(--background);
      border: 1px solid var(--line); border-radius: 6px; font: inherit; }
    button { margin-left: auto; }
    label { display: flex; flex: 1; gap: 0.5rem; align-items: center; min-width: 0; }
    input { flex: 1; min-width: 3rem; accent-color: var(--ink); }
    output { min-width: 4ch; font-variant-numeric: tabular-nums; }
    p { position: absolute; inset: 0.4rem 0.4rem auto; margin: 0; padding: 0.4rem 0.6rem; max-height: 60%; overflow: auto;
      color: var(--ink); background: var(--background); border: 1px solid var(--line); border-radius: 6px; }
    [hidden] { display: none; }`);
  return rules;
}
