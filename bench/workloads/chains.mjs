// Langevin dynamics: one unit is one step of all chains, noise and score and update.

/** The article's network at the level it samples from. */
const NETWORK = { dim: 2, features: 256, width: 128, depth: 3, levels: 30, sigmaMin: 1e-4, sigmaMax: 1 };
const LEVEL = 17;
const MULTIPLY_ADDS = (2 * 256 + 2) * 128 + 2 * 128 * 128 + 128 * 2;

/** Steps whose positions are compared. */
const CHECK_STEPS = 16;

function run(library, core, chains, dim) {
  const key = library.key(0);
  const z = library.normal(core, key, [CHECK_STEPS, chains, dim]);
  // One step moves a chain by little: the score is compared too, where the first noise happens to be.
  return { chains, dim, key, z, checkSteps: CHECK_STEPS, places: z.slice(0, chains * dim) };
}

function learned(name, chains, more = {}) {
  return {
    name,
    title: `Langevin on the network, ${chains.toLocaleString('en')} chain${chains === 1 ? '' : 's'}`,
    kind: 'langevin',
    unit: 'step',
    problem(library, core) {
      const network = library.network(core, NETWORK);
      const tensors = network.tensors();
      const config = { ...network.config };
      network.dispose();
      return {
        ...run(library, core, chains, NETWORK.dim),
        config,
        tensors,
        level: LEVEL,
        init: Float32Array.of(0.5, 0.5),
        stepSize: 1e-3,
      };
    },
    multiplyAdds: chains * MULTIPLY_ADDS,
    perUnit: { count: chains, of: 'chain-step' },
    tolerance: { x: 1e-5, score: 1e-4 },
    ...more,
  };
}

export const learnedChains = [1, 64, 1024].map((chains) => learned(`langevin-${chains}`, chains));

export const growthWithChains = [64, 128, 256, 512, 1024].map((chains) =>
  learned(`chains-${chains}`, chains, { growth: 'chains', size: chains }),
);

const MIXTURE = {
  means: [[0.5, 0.5], [-0.5, -0.5]],
  sds: [[0.4, 0.4], [0.4, 0.4]],
  weights: [0.5, 0.5],
}; // biome-ignore format: one component beside the other

export const mixtureChains = {
  name: 'mixture-10000',
  title: 'Langevin on a mixture of two, 10,000 chains',
  kind: 'mixture',
  unit: 'step',
  problem: (library, core) => ({
    ...run(library, core, 10_000, 2),
    ...MIXTURE,
    init: Float32Array.of(0.1, -0.2),
    stepSize: 0.01,
  }),
  perUnit: { count: 10_000, of: 'chain-step' },
  tolerance: { x: 1e-5, score: 1e-4 },
};
