// <score-field>: a live figure in any page, from one script, a module's or a classic one.
import { ScoreField } from './element/scoreField.js';

export type { ScoreField };

declare global {
  interface HTMLElementTagNameMap {
    'score-field': ScoreField;
  }
}

if (globalThis.customElements?.get('score-field') === undefined) {
  globalThis.customElements?.define('score-field', ScoreField);
}
