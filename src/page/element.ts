// <score-field>: a live figure in any page, from one script.
import { ScoreField } from './element/scoreField.js';

export { ScoreField };

if (globalThis.customElements?.get('score-field') === undefined) {
  globalThis.customElements?.define('score-field', ScoreField);
}
