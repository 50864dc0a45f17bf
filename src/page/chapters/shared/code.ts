// Writes programs for Node that compute what a chapter shows.
import type { LearnedState } from '../../state/learned.js';
import { smoothed } from '../../state/mixtures.js';
import { settingsOf } from '../../state/settings.js';
import type { State } from '../../state/state.js';
import { BETA_MAX, BETA_MIN, MIDDLE, SPREAD } from '../../worker/processes.js';
import { burnInOf, chainSettings, countsOf, isChain, stepOf } from '../../worker/samplerMenu.js';

const numbers = (rows: readonly (readonly number[])[]) =>
  `[${rows.map((row) => `[${row.map((value) => Number(value.toPrecision(7))).join(', ')}]`).join(', ')}]`;

/** The options of `loadCore` that give the page's kernel, as code. */
export const kernelOf = (state: State) => (state.kernel === 'strict' ? "{ kernel: 'strict' }" : '');

export function densityCode(state: State): string {
  const { components, smooth, seed, particles, eta, temperature } = state;
  const heat = temperature === 1 ? 'density' : 'tempered';
  return `import { collect, fromFunction, key, langevin, loadCore, mixture, normal, split } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
const density = mixture(core, {
  means: ${numbers(components.map(([x, y]) => [x, y]))},
  sds: ${numbers(components.map(([, , sd]) => [smoothed(sd, smooth), smoothed(sd, smooth)]))},
});
const temperature = ${temperature};
const tempered = fromFunction(core, 2, (x, out) => {
  density.score(x, out);
  for (let i = 0; i < out.length; i++) out[i] /= temperature;
});
const [startKey, moveKey] = split(key(${seed}));
const { x } = await collect(
  langevin(${heat}, {
    key: moveKey,
    steps: 1000,
    stepSize: ${eta} * temperature,
    chains: ${particles},
    init: normal(core, startKey, [${particles}, 2]),
  }),
);
console.log(x); // [${particles}, 2]
`;
}

/** Code that defines the picture as `name`. */
export function pictureCode({ picture }: State, name = 'image'): string {
  if (typeof picture === 'string') return `const ${name} = builtInImage('${picture}');`;
  const { height, width, pixels } = picture;
  const bytes = Array.from(pixels, (value) => Math.round(255 * value));
  return `const ${name} = {
  height: ${height},
  width: ${width},
  pixels: Float32Array.from([${bytes.join(',')}], (byte) => byte / 255),
};`;
}

export function imageCode(state: State): string {
  return `import { builtInImage, categorical, imageDistribution, key, loadCore, normal, split } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${pictureCode(state)}
const data = imageDistribution(image);
const [pointKey, noiseKey] = split(key(${state.seed}));
const drawn = categorical(core, pointKey, data.logits, 4000);
const z = normal(core, noiseKey, [4000, 2]);
const x = z.map((noise, i) => data.points[2 * drawn[i >> 1] + (i % 2)] + ${state.noise} * noise);
console.log(x); // [4000, 2]
`;
}

/** Code that trains as the page did, for as many steps. */
function trainingCode(state: State, step: number): string {
  const { config, training } = settingsOf(state);
  const end = step < training.steps ? `\n  if (step === ${step - 1}) break;` : '';
  return `${pictureCode(state)}
const data = imageDistribution(image);
const net = network(core, ${JSON.stringify(config)}, { key: key(${state.seed}) });
for await (const { step, loss } of train(net, data, { ...${JSON.stringify(training)}, key: key(${state.dataSeed}) })) {
  if (step % 100 === 0) console.log(step, loss);${end}
}`;
}

const fileCode = (file: string) =>
  `const net = loadNetwork(core, decodeWeights(readFileSync(${JSON.stringify(file)})));`;
const readImport = "import { readFileSync } from 'node:fs';\n";

/** The network whose scores a program uses, if there is one. */
export type KnownNetwork = Pick<LearnedState, 'network' | 'origin' | 'sigmas' | 'level'>;

export function learningCode(state: State, known: KnownNetwork): string {
  const { network, origin } = known;
  if (origin && 'file' in origin) {
    return `${readImport}import { decodeWeights, loadCore, loadNetwork } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${fileCode(origin.file)}
console.log(net.at(${known.level(state.level)}).score(Float32Array.of(0.5, 0.5))); // [1, 2]
`;
  }
  const made = origin?.state ?? state;
  const step = origin && network ? network.step : made.steps;
  return `import { writeFileSync } from 'node:fs';
import { builtInImage, encodeWeights, imageDistribution, key, loadCore, network, train } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${trainingCode(made, step)}
writeFileSync('weights.safetensors', encodeWeights(net, ${step}));
`;
}

export function samplingCode(state: State, known: KnownNetwork): string {
  const { network, origin, sigmas } = known;
  const { from, sampler, seed, stride, bins, solver, flowSchedule } = state;
  const { chains, steps } = countsOf(sampler, state);
  const isExact = from === 'exact';
  const at = known.level(state.level);
  // Noise levels, descending to the one that is sampled.
  const levels = Array.from(sigmas.slice(at)).reverse();
  const sigma = sigmas[at];
  const step = stepOf(stride, sigma);
  const isFile = origin !== undefined && 'file' in origin;
  const made = isFile ? state : (origin?.state ?? state);
  const imports = ['builtInImage', 'collect', 'imageDistribution', 'key', 'loadCore'];
  const lines: string[] = [];
  let data = 'data';
  if (!isExact && !isFile) {
    imports.push('network', 'train');
    lines.push(trainingCode(made, network?.step ?? made.steps));
  }
  if (isExact || isFile) lines.push(pictureCode(state), 'const data = imageDistribution(image);');
  else if (made.picture !== state.picture) {
    // The network was trained on another picture than the one shown.
    data = 'shown';
    lines.push(pictureCode(state, 'picture'), 'const shown = imageDistribution(picture);');
  }
  if (!isExact && isFile) {
    imports.push('decodeWeights', 'loadNetwork');
    lines.push(fileCode(origin.file));
  }
  const program = (names: string[], body: string) => {
    const all = [...imports, ...names].sort().join(', ');
    return `${!isExact && isFile ? readImport : ''}import { ${all} } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${lines.join('\n')}
${body}
`;
  };
  if (isChain(sampler)) {
    const own = chainSettings(sampler, step, sigma);
    return program(
      [sampler, 'smoothedHistogram', 'split', 'totalVariation', ...(isExact ? ['empirical'] : [])],
      `const score = ${isExact ? `empirical(core, data, ${sigma})` : `net.at(${at})`};
const grid = { bins: ${bins}, xlim: [0, 1], ylim: [0, 1] };
const [burnInKey, runKey] = split(key(${seed}));
const options = { ...${JSON.stringify(own)}, chains: ${chains} };
const burnIn = { ...options, key: burnInKey, steps: ${burnInOf(steps)}, init: Float32Array.of(0.5, 0.5) };
const { x: init } = await collect(${sampler}(score, burnIn));
const { histogram } = await collect(
  ${sampler}(score, { ...options, key: runKey, steps: ${steps}, init, histogram: grid }),
);
console.log(histogram.counts, totalVariation(histogram, smoothedHistogram(${data}, ${sigma}, grid)));`,
    );
  }
  const process = `process: varianceExploding({ sigmaMin: ${sigma}, sigmaMax: ${levels[0]} }), steps: ${steps}, denoise: false`;
  const own = {
    annealedLangevin: `sigmas: [${levels.join(', ')}], stepsPerLevel: ${Math.ceil(steps / levels.length)}, stepSize: ${step}`,
    reverseDiffusion: `${process}, corrections: 1`,
    probabilityFlow: `${process}, solver: '${solver}', schedule: '${flowSchedule}'`,
  }[sampler];
  const names = [sampler, 'momentsOf', isExact ? 'dataScores' : 'networkScores'];
  return program(
    sampler === 'annealedLangevin' ? names : [...names, 'varianceExploding'],
    `const family = ${isExact ? 'dataScores(core, data)' : 'networkScores(net)'};
const { x } = await collect(
  ${sampler}(family, {
    key: key(${seed}),
    chains: ${chains},
    moments: momentsOf(${data}),
    ${own},
  }),
);
console.log(x); // [${chains}, 2]`,
  );
}

export function exactCode(state: State, sigma: number): string {
  return `import { builtInImage, empirical, imageDistribution, loadCore } from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${pictureCode(state)}
const data = imageDistribution(image);
const score = empirical(core, data, ${sigma});
const x = Float32Array.of(0.5, 0.5);
const s = score.score(x); // [1, 2]
console.log(s, x.map((value, i) => value + ${sigma} ** 2 * s[i])); // the score, and the denoised point
`;
}

/** Code that draws n clean points x0, as the page does. */
export function pointsCode(seed: number, n: number, keys = 'pointKey'): string {
  return `const [${keys}] = split(key(${seed}));
const drawn = categorical(core, pointKey, data.logits, ${n});
const x0 = Float32Array.from({ length: 2 * ${n} }, (_, i) => data.points[2 * drawn[i >> 1] + (i % 2)]);`;
}

export function viewsCode(state: State, n: number, steps: number): string {
  return `import {
  builtInImage, categorical, collect, dataScores, imageDistribution, key, loadCore, normal, reverseDiffusion, split,
  variancePreserving,
} from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${pictureCode(state)}
const data = imageDistribution(image);
${pointsCode(state.seed, n, 'pointKey, noiseKey')}
const z = normal(core, noiseKey, [${n}, 2]);

// One diffusion in two views, in units of the picture's own spread about its middle.
const preserving = variancePreserving({ betaMin: ${BETA_MIN}, betaMax: ${BETA_MAX} });
const exploding = {
  ...preserving,
  alpha: () => 1,
  sigma: (t) => preserving.sigma(t) / preserving.alpha(t),
  drift: () => 0,
  diffusion: (t) => preserving.diffusion(t) / preserving.alpha(t),
};
const views = [exploding, preserving];
const noisy = ({ alpha, sigma }, t) =>
  x0.map((x, i) => ${MIDDLE} + alpha(t) * (x - ${MIDDLE}) + ${SPREAD} * sigma(t) * z[i]);
console.log(...views.map((process) => noisy(process, ${state.time}))); // [${n}, 2] each

// And back, by the exact score.
const family = dataScores(core, { ...data, points: data.points.map((x) => (x - ${MIDDLE}) / ${SPREAD}) });
for (const process of views) {
  const run = reverseDiffusion(family, { key: key(${state.seed}), chains: ${n}, process, steps: ${steps} });
  const { x } = await collect(run);
  console.log(x.map((value) => ${MIDDLE} + ${SPREAD} * value)); // [${n}, 2]
}
`;
}

export function copiesCode(
  state: State,
  flow: { made: number; steps: number; sigmaMin: number; sigmaMax: number },
): string {
  const { made, steps, sigmaMin, sigmaMax } = flow;
  return `import {
  builtInImage, categorical, collect, dataScores, imageDistribution, key, loadCore, nearest, pointSet,
  probabilityFlow, split, varianceExploding,
} from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${pictureCode(state)}
const data = imageDistribution(image);
${pointsCode(state.seed + 1, state.few)}
const few = pointSet({ dim: 2, points: x0 });
const process = varianceExploding({ sigmaMin: ${sigmaMin}, sigmaMax: ${sigmaMax} });
const options = { key: key(${state.seed}), chains: ${made}, process, steps: ${steps} };
const { x } = await collect(probabilityFlow(dataScores(core, few), options));
console.log(x, nearest(x, x0, { dim: 2 }).distance); // [${made}, 2], and how far each lies from the data
`;
}
