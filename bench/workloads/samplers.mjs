// Samplers of a density in closed form, on an ill-conditioned Gaussian and on the banana.

/** Draws are kept of each chain after each step. */
export const CHAINS = 64;
export const DRAWS = 1000;

/** Variances from 1 to 1e-4 along axes turned by a reflection. */
function illConditioned(dim) {
  const v = Array.from({ length: dim }, (_, i) => Math.sin(i + 1));
  const norm = v.reduce((sum, a) => sum + a * a, 0);
  const turn = v.map((a, i) => v.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / norm));
  const variances = v.map((_, i) => 10 ** ((-4 * i) / (dim - 1)));
  return turn.map((row) => turn.map((other) => row.reduce((s, a, k) => s + a * other[k] * variances[k], 0)));
}

export const covariance = illConditioned(10);

/** size: of a step in the samplers that walk; leapfrogs: of one step of HMC. */
export const targets = [
  {
    name: 'gaussian, 10 d',
    density: ({ gaussian }, core) => gaussian(core, { mean: covariance.map(() => 0), covariance }),
    size: 0.01,
    leapfrogs: 50,
  },
  { name: 'banana', density: ({ banana }, core) => banana(core, { bend: 0.3 }), size: 0.2, leapfrogs: 8 },
];

/** Each as (library, density, options, target) => states; timed over so many times DRAWS, so that no run is too short. */
export const samplers = {
  langevin: {
    times: 10,
    run: (library, d, o, { size }) => library.langevin(d, { ...o, stepSize: size ** 2 }),
  },
  underdamped: {
    times: 10,
    run: (library, d, o, { size }) => library.underdamped(d, { ...o, stepSize: size }),
  },
  mala: { times: 10, run: (library, d, o, { size }) => library.mala(d, { ...o, stepSize: size ** 2 }) },
  hmc: {
    times: 2,
    run: (library, d, o, { size, leapfrogs }) =>
      library.hmc(d, { ...o, stepSize: size, leapfrogs, jitter: 0.2 }),
  },
  nuts: { times: 1, run: (library, d, o) => library.nuts(d, o) },
};
