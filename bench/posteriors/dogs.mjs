import { dataOf } from './data.mjs';
import { addNormal, logistic, logLogistic } from './scales.mjs';

/** How many trials of all dogs, and shocks in them, came after so many avoidances and shocks: [avoided, shocked, trials, shocks]. */
function counts(dogs) {
  const found = new Map();
  for (const dog of dogs) {
    let shocked = 0;
    dog.forEach((shock, trial) => {
      const at = `${trial} ${shocked}`;
      const row = found.get(at) ?? [trial - shocked, shocked, 0, 0];
      row[2]++;
      row[3] += shock;
      found.set(at, row);
      shocked += shock;
    });
  }
  return [...found.values()];
}

const ROWS = counts(dataOf('dogs').y);

/** Dogs that learn to avoid a shock (Solomon and Wynne, 1953): logistic in avoidances and shocks so far. Coordinates beta [3]. */
export const dogs = {
  name: 'dogs-dogs',
  kind: 'logistic regression',
  dim: 3,
  logDensity(x, gradient) {
    gradient.fill(0);
    let sum = 0;
    for (let at = 0; at < 3; at++) sum += addNormal(x, at, 0, 100, gradient);
    for (const [avoided, shocked, trials, shocks] of ROWS) {
      const logit = x[0] + x[1] * avoided + x[2] * shocked;
      const rest = shocks - trials * logistic(logit);
      sum += shocks * logLogistic(logit) + (trials - shocks) * logLogistic(-logit);
      gradient[0] += rest;
      gradient[1] += rest * avoided;
      gradient[2] += rest * shocked;
    }
    return sum;
  },
  parameters: (x) => [...x],
};
