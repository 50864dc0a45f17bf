// One posterior sampled by nuts with its default options, compared with posteriordb's reference means.
import { reference } from './data.mjs';

/** The posterior as a density of this library: float64 inside, one point after another. */
export function densityOf({ fromFunction }, core, { dim, logDensity, parameters }) {
  const model = { logDensity, parameters };
  const gradient = new Float64Array(dim);
  let known;
  let logs;
  // A sampler asks for scores and log-densities of the same array; both are computed at once.
  const look = (x, out) => {
    known = x;
    logs = Float32Array.from({ length: x.length / dim }, (_, row) => {
      const log = model.logDensity(Float64Array.from(x.subarray(row * dim, (row + 1) * dim)), gradient);
      out.set(gradient, row * dim);
      return log;
    });
  };
  return fromFunction(core, dim, look, (x, out) => {
    if (x !== known) look(x, new Float32Array(x.length));
    out.set(logs);
  });
}

/** Beyond this a log-density or a score in float32 does not lead a chain home: an ARMA whose errors explode has 1e33 and more. */
const FAR = 1e12;

/** Where chains start: [chains, dim], uniform between -2 and 2 as Stan's do, each the first try whose density and score are not FAR. */
function startsOf({ foldIn, uniform }, density, { key, chains }) {
  const { core, dim } = density;
  const starts = new Float32Array(chains * dim);
  const missing = new Set(Array.from({ length: chains }, (_, chain) => chain));
  for (let attempt = 0; missing.size > 0 && attempt < 100; attempt++) {
    const x = uniform(core, foldIn(key, attempt), [chains, dim]).map((u) => 4 * u - 2);
    const scores = density.score(x);
    const logs = density.logProb(x);
    for (const chain of missing) {
      const own = [chain * dim, (chain + 1) * dim];
      if (![logs[chain], ...scores.subarray(...own)].every((v) => Math.abs(v) < FAR)) continue;
      starts.set(x.subarray(...own), own[0]);
      missing.delete(chain);
    }
  }
  return starts;
}

/**
 * @returns { z, rhat, divergences, leapfrogs, ess, draws, seconds, coordinates }: the largest |z| of a mean and R-hat, the smallest
 *   bulk effective size, divergences and leapfrog steps of all draws, and each parameter's summary with its reference and z
 */
export async function samplePosterior(library, core, model, { key, draws = 1000, chains = 4, warmup } = {}) {
  const { collect, nuts, split, summary } = library;
  const { names, means, errors } = reference[model.name];
  const [places, moves] = split(key, 2);
  const density = densityOf(library, core, model);
  const init = startsOf(library, density, { key: places, chains });
  const began = process.cpuUsage();
  const run = await collect(nuts(density, { key: moves, steps: draws, chains, thin: 1, init, warmup }));
  const { user, system } = process.cpuUsage(began);
  const path = new Float64Array(draws * chains * names.length);
  for (let row = 0; row < draws * chains; row++) {
    const x = Float64Array.from(run.path.subarray(row * model.dim, (row + 1) * model.dim));
    path.set(model.parameters(x), row * names.length);
  }
  const coordinates = summary(path, { chains, dim: names.length, names }).map((one, at) => ({
    ...one,
    reference: means[at],
    z: (one.mean - means[at]) / Math.hypot(one.mcseMean, errors[at]),
  }));
  const sum = (values) => values.reduce((a, b) => a + b);
  return {
    z: Math.max(...coordinates.map(({ z }) => Math.abs(z))),
    rhat: Math.max(...coordinates.map(({ rhat }) => rhat)),
    ess: Math.min(...coordinates.map(({ essBulk }) => essBulk)),
    divergences: sum(run.divergences),
    leapfrogs: sum(run.leapfrogs),
    draws: draws * chains,
    seconds: (user + system) / 1e6,
    coordinates,
  };
}
