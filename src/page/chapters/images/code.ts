// Writes programs for Node that compute what the figures of pictures show.
import type { State } from '../../state/state.js';
import type { Net } from '../../worker/images/estimate.js';
import type { Who } from '../../worker/images/families.js';
import {
  DIGITS,
  DIM,
  DRAWN,
  FILLING,
  MOST_STEPS,
  PATCHES,
  radiusAt,
  TRAINING,
} from '../../worker/images/numbers.js';
import { kernelOf } from '../shared/code.js';

/** The files that “Save the weights” gives, by whose network it is. */
export const FILES: Record<Net, string> = { unet: 'digits.safetensors', trained: 'images.safetensors' };

/** Every name that a program may import; those it does not use are left out when it is copied. */
const NAMES = [
  ...['blurDenoiser', 'collect', 'conditionalDiffusion', 'dataScores', 'decodeDenoiserWeights', 'denoiser'],
  ...['denoiserScores', 'digits', 'empirical', 'encodeDenoiserWeights', 'imageMoments', 'imagePoints', 'key'],
  ...['langevin', 'learnedDenoiser', 'linearDenoisers', 'linearObservation', 'loadCore', 'loadDenoiser'],
  ...['localScores', 'memorisation', 'noiseSchedule', 'normal', 'probabilityFlow', 'takeImages'],
  ...['trainDenoiser', 'unet', 'varianceExploding'],
];

/** A program: what it computes, after the digits that all of them need. */
function program(state: State, body: string): string {
  const names = NAMES.filter((name) => new RegExp(`\\b${name}\\(`).test(`loadCore()${DATA}${body}`));
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 100) lines[lines.length - 1] += ` ${name},`;
    else lines.push(`  ${name},`);
  }
  const files = [
    body.includes('readFileSync') && 'readFileSync',
    body.includes('writeFileSync') && 'writeFileSync',
  ].filter(Boolean);
  const reading = files.length > 0 ? `import { ${files.join(', ')} } from 'node:fs';\n` : '';
  return `${reading}import {\n${lines.join('\n')}\n} from 'scorefield';

const core = await loadCore(${kernelOf(state)});
${DATA}
${body}
`;
}

/** The digits that denoisers are made of. */
const DATA = `const known = digits(core, key(0), ${DIGITS.data}, { size: 20 });
const points = imagePoints(known);`;

/** Digits that no denoiser has seen. */
const HELD_OUT = `const heldOut = imagePoints(digits(core, key(1), ${DIGITS.heldOut}, { size: 20 })).points;`;

/** A program's network, from the file that the page saves. */
const networkCode = (net: Net) =>
  `// “Save the weights” on the page gives this file.
const net = loadDenoiser(core, decodeDenoiserWeights(readFileSync('${FILES[net]}'))${net === 'unet' ? ', { averaged: false }' : ''});`;

/** What chains from noise start with. */
const MOMENTS = `const { sd } = imageMoments(known);
const mean = Float32Array.from(linearDenoisers(core, points).mean);
const moments = { mean, variance: new Float32Array(${DIM}).fill(sd * sd) };`;

const patches = `[${PATCHES.map(({ below, size }) => `{ below: ${below}, size: ${size} }`).join(', ')}]`;

/** The scores of one who denoises, as an expression. */
function familyCode(who: Who, chosen = ''): string {
  if (who === 'exact') return 'dataScores(core, points)';
  if (who === 'local') return `localScores(core, known, { patch: ${patches} })`;
  return `denoiserScores(net, { ${chosen}moments })`;
}

/** @param picture a digit that the reader drew */
export function denoiseCode(state: State, net: Net, picture?: Float32Array): string {
  const { pixelNoise: sigma, digit, seed } = state;
  const clean = picture
    ? `const clean = Float32Array.from([${Array.from(picture, (value) => Math.round(255 * value))}], (byte) => byte / 255);`
    : `${HELD_OUT}\nconst clean = heldOut.slice(${digit * DIM}, ${(digit + 1) * DIM});`;
  return program(
    state,
    `${clean}
const sigma = ${sigma};
const z = normal(core, key(${seed}), [${DIM}]);
const y = clean.map((x, i) => x + sigma * z[i]);
${networkCode(net)}
const local = localScores(core, known, { patch: ${patches} });
const denoisers = {
  unet: net.at(sigma),
  linear: linearDenoisers(core, points).at(sigma),
  local: denoiser(local.at(sigma), sigma),
  exact: denoiser(empirical(core, points, sigma), sigma),
  blur: blurDenoiser(core, { height: 20, width: 20 }, { radius: ${radiusAt(sigma)} }),
};
for (const [name, one] of Object.entries(denoisers)) {
  const x = one.denoise(y);
  console.log(name, x.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0) / ${DIM}); // error a pixel
}`,
  );
}

/** Pictures from noise, by one who denoises; of a class where `label` is a number. */
export function drawCode(
  state: State,
  { who, label, chains, steps }: { who: Who; label: number | null; chains: number; steps: number },
): string {
  const isNetwork = who === 'unet' || who === 'trained';
  const chosen = label === null ? '' : `label: ${label}, guidance: ${state.guidance}, `;
  const before = isNetwork ? `${networkCode(who)}\n${MOMENTS}\n` : '';
  return program(
    state,
    `${before}const process = varianceExploding(${JSON.stringify(DRAWN)});
const schedule = noiseSchedule(process, { count: ${steps} });
const options = { key: key(${state.seed}), chains: ${chains}, process, schedule, steps: ${steps} };
const { x } = await collect(probabilityFlow(${familyCode(who, chosen)}, options));
console.log(x, memorisation(x, points).copied); // [${chains}, ${DIM}], and the share of copies`,
  );
}

/** A hundred steps of langevin(score, options): y is the last one, of so many numbers. */
export const hundredSteps = (numbers: number) => `let y;
let step = 0;
walk: for await (const { path } of langevin(score, options)) {
  for (let at = 0; at < path.length; at += ${numbers}) {
    y = path.slice(at, at + ${numbers});
    if (++step === 100) break walk;
  }
}`;

/** The walk and its jumps after a hundred steps. */
export function walkCode(state: State, net: Net, chains: number): string {
  const { walkNoise: sigma, walkStep, seed } = state;
  return program(
    state,
    `${HELD_OUT}
${networkCode(net)}
${MOMENTS}
const sigma = ${sigma};
const score = ${familyCode(net)}.at(sigma);
const options = {
  key: key(${seed}),
  steps: ${MOST_STEPS},
  stepSize: 2 * ${walkStep} * sigma ** 2,
  chains: ${chains},
  init: heldOut.slice(0, ${chains * DIM}),
  thin: 1,
};
${hundredSteps(chains * DIM)}
console.log(y, denoiser(score, sigma).denoise(y)); // [${chains}, ${DIM}] each: the walk, and the jumps`,
  );
}

/** Draws of what is hidden of a digit. */
export function fillCode(state: State, who: Who, mask: Float32Array): string {
  const { sigmaMin, sigmaMax, steps, chains, particles, noise } = FILLING;
  const before = who === 'exact' ? '' : `${networkCode(who as Net)}\n${MOMENTS}\n`;
  return program(
    state,
    `${HELD_OUT}
const clean = heldOut.slice(${state.digit * DIM}, ${(state.digit + 1) * DIM});
// 1 for a pixel that is seen.
const mask = Float32Array.from('${mask.join('')}', Number);
${before}const process = varianceExploding({ sigmaMin: ${sigmaMin}, sigmaMax: ${sigmaMax} });
const options = {
  process,
  key: key(${state.seed}),
  schedule: noiseSchedule(process, { count: ${steps} }),
  observation: linearObservation({ mask, observed: clean, noise: ${noise} }),
  steps: ${steps},
  chains: ${chains},
  particles: ${particles},
};
const { x } = await collect(conditionalDiffusion(${familyCode(who)}, options));
console.log(x, memorisation(x, points).copied); // [${chains}, ${DIM}], and the share of copies`,
  );
}

/** How far noisy digits are from the mean of all. */
export function meansCode(state: State): string {
  return program(
    state,
    `const { mean } = imageMoments(known);
const sigma = ${state.pixelNoise};
const z = normal(core, key(5), [points.points.length]);
const norms = Float64Array.from({ length: ${DIGITS.data} }, (_, n) => {
  let squares = 0;
  for (let i = n * ${DIM}; i < (n + 1) * ${DIM}; i++)
    squares += (points.points[i] + sigma * z[i] - mean[i % ${DIM}]) ** 2;
  return Math.sqrt(squares);
});
console.log(norms, sigma * Math.sqrt(${DIM})); // [${DIGITS.data}], and the radius of the shell`,
  );
}

/** The training of a network on the built-in digits. */
export function trainCode(state: State, steps: number): string {
  return program(
    state,
    `const shape = { height: 20, width: 20, channels: 1 };
const net = unet(core, shape, { channels: [8, 16, 16], groups: 4, key: key(${state.seed}) });
const learned = learnedDenoiser(net, { sigmaData: imageMoments(known).sd });
for await (const { step, loss, checkpoint } of trainDenoiser(learned, known, { ...${JSON.stringify(TRAINING)}, steps: ${steps}, key: key(426) })) {
  if (step % 100 === 0) console.log(step, loss);
  if (step === ${steps - 1}) writeFileSync('${FILES.trained}', encodeDenoiserWeights(checkpoint()));
}`,
  );
}
