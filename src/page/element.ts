// <score-field>: a live figure in any page, from one script.
import { ScoreField } from './element/scoreField.js';

export { ScoreField };

if (!customElements.get('score-field')) customElements.define('score-field', ScoreField);
