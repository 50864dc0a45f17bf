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

/**
 * @param chains start as Stan's do, uniformly between -2 and 2 on the unconstrained scale
 * @returns { z, rhat, divergences, leapfrogs, ess, draws, seconds, coordinates }: the largest |z| of a mean and R-hat, the smallest
 *   bulk effective size, divergences and leapfrog steps of all draws, and each parameter's summary with its reference and z
 */
export async function samplePosterior(library, core, model, { key, draws = 2000, chains = 4, warmup } = {}) {
  const { collect, nuts, split, summary, uniform } = library;
  const { names, means, errors } = reference[model.name];
  const [places, moves] = split(key, 2);
  const init = uniform(core, places, [chains, model.dim]).map((u) => 4 * u - 2);
  const began = process.cpuUsage();
  const density = densityOf(library, core, model);
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
