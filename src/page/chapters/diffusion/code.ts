import type { State } from '../../state/state.js';
import { kernelOf } from '../shared/code.js';

/** A program that spreads the drop and takes it back, particle by particle as the figure does. */
export function dropCode(
  state: State,
  { sd, particles, least, most, moments }: Record<'sd' | 'particles' | 'least' | 'most' | 'moments', number>,
): string {
  const { seed, dropX, dropY, dropBack } = state;
  const { pull, noise } = {
    diffusion: { pull: 1, noise: true },
    flow: { pull: 0.5, noise: false },
    noise: { pull: 0, noise: true },
  }[dropBack];
  const back = pull === 1 ? 'step' : `${pull} * step`;
  return `import { foldIn, geomspace, key, loadCore, mixture, normal } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
const [centre, sd] = [[${dropX}, ${dropY}], ${sd}];
const variances = geomspace(${least}, ${most}, ${moments});

// Walls of the glass, at 0 and 1, reflect.
const reflected = (x) => {
  const folded = Math.abs(x) % 2;
  return folded > 1 ? 2 - folded : folded;
};
const spread = (x, variance, i) => {
  const z = normal(core, foldIn(key(${seed}), i), [x.length]);
  return x.map((v, d) => reflected(v + Math.sqrt(variance) * z[d]));
};
// The score of the colour is that of the drop and its mirror images, one coordinate after the other.
const scoreOf = (x, sigma) => {
  const s = Math.hypot(sd, sigma);
  const most = Math.ceil((1 + 6 * s) / 2);
  const both = centre.map((c, d) => {
    const means = [];
    for (let k = -most; k <= most; k++) means.push([2 * k + c], [2 * k - c]);
    const density = mixture(core, { means, sds: means.map(() => [s]) });
    const score = density.score(x.filter((_, i) => i % 2 === d));
    density.dispose();
    return score;
  });
  return x.map((_, i) => both[i % 2][i >> 1]);
};

// Forwards.
let x = spread(Float32Array.from({ length: ${2 * particles} }, (_, i) => centre[i % 2]), sd * sd, 0);
for (const [i, variance] of variances.entries())
  x = spread(x, variance - (i > 0 ? variances[i - 1] : 0), i + 1);
console.log(x); // [${particles}, 2]

// And back.
for (let i = variances.length - 1; i > 0; i--) {
  const [from, to] = [variances[i], variances[i - 1]];
  const step = (from - to) / 6;
  for (let k = 0; k < 6; k++) {${
    pull > 0
      ? `
    const score = scoreOf(x, Math.sqrt(from + ((to - from) * k) / 6));
    x = x.map((v, d) => reflected(v + ${back} * score[d]));`
      : ''
  }${
    noise
      ? `
    x = spread(x, step, variances.length + 1 + 6 * i + k);`
      : ''
  }
  }
}
console.log(x); // [${particles}, 2]
`;
}
