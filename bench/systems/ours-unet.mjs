// U-Nets through scorefield's public API.

function build(library, core, { shape, channels, tensors }) {
  const network = library.unet(core, shape, { channels });
  network.setTensors(tensors);
  return network;
}

export function unetTrain(library, core, problem) {
  const { shape, batch, key, x, times } = problem;
  const network = build(library, core, problem);
  const y = network.predict(x, times);
  const pictures = library.imageSet({ ...shape, pixels: x });
  const noise = { kind: 'logNormal', mean: -1, sd: 1.2 };
  const denoiser = library.learnedDenoiser(network);
  const steps = library.trainDenoiser(denoiser, pictures, { batch, steps: 2 ** 31, noise, key });
  return {
    check: () => ({ y }),
    async run(n) {
      for (let i = 0; i < n; i++) await steps.next();
    },
  };
}

export function unetPredict(library, core, problem) {
  const { x, times } = problem;
  const network = build(library, core, problem);
  return {
    check: () => ({ y: network.predict(x, times) }),
    run(n) {
      for (let i = 0; i < n; i++) network.predict(x, times);
    },
  };
}

/** The flow from given noise to pictures: one unit is a whole run. */
export function unetFlow(library, core, problem) {
  const { x, pictures, key, flow } = problem;
  const { steps, spacing, ...range } = flow;
  const family = library.denoiserScores(library.learnedDenoiser(build(library, core, problem)));
  const options = {
    key,
    chains: pictures,
    init: x,
    steps,
    spacing,
    // As the others compute it. Versions before it had a name took no other.
    solver: 'heun',
    process: library.varianceExploding(range),
  };
  async function make() {
    let last;
    for await (const state of library.probabilityFlow(family, options)) last = state;
    return last.x;
  }
  return {
    check: async () => ({ x: await make() }),
    async run(n) {
      for (let i = 0; i < n; i++) await make();
    },
  };
}
