import { dataOf } from './data.mjs';
import { regression } from './regression.mjs';
import { addFlatPositive } from './scales.mjs';

const data = dataOf('mesquite');
const likelihood = regression(
  data.weight.map((_, i) => {
    const [wide, deep] = [data.diam1[i], data.diam2[i]];
    return [
      1,
      Math.log(wide * deep * data.canopy_height[i]),
      Math.log(wide * deep),
      Math.log(wide / deep),
      Math.log(data.total_height[i]),
      Math.log(data.density[i]),
      data.group[i],
    ];
  }),
  data.weight.map(Math.log),
);

/** The weight of mesquite bushes by their volume, area and shape, all logs, flat. Coordinates beta [7], log sigma. */
export const mesquite = {
  name: 'mesquite-logmesquite_logvas',
  kind: 'regression',
  dim: 8,
  logDensity(x, gradient) {
    gradient.fill(0);
    return likelihood(x, gradient) + addFlatPositive(x, 7, gradient);
  },
  parameters: (x) => [...x.slice(0, 7), Math.exp(x[7])],
};
