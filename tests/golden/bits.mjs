// Hashes of everything the strict kernel computes: draws, samplers, training, reverse diffusion, likelihood. The same in
// every version, engine and number of threads. bits.json was made from the commit that released 0.1.0's command line
// (808e002), built: node tests/golden/bits.mjs PATH/dist/index.js > tests/golden/bits.json. The scores "dense" and "sparse" are
// younger, of the commit that computes exact scores by products; those of denoisers are of Winograd's convolutions. Those named
// after a solver are of the commit that gave the flow solvers, and local scores, energies and what follows of those that bring them. numbers.mjs has
// those of numbers that the library computes outside of its kernels.

/**
 * @param lib the library; it goes to browsers as text, so it uses nothing of this file
 * @param options of loadCore, beside the strict kernel
 * @returns a hash for each name
 */
export async function bits(lib, options = {}) {
  const core = await lib.loadCore({ kernel: 'strict', ...options });
  const hashes = {};
  const note = (name, ...arrays) => {
    // cyrb53 over the bytes.
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (const array of arrays) {
      for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) {
        a = Math.imul(a ^ byte, 2654435761);
        b = Math.imul(b ^ byte, 1597334677);
      }
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    hashes[name] = (b >>> 0).toString(16).padStart(8, '0') + (a >>> 0).toString(16).padStart(8, '0');
  };
  const last = async (states) => {
    const paths = [];
    let state;
    for await (state of states) paths.push(state.path);
    const { histogram } = state;
    return [state.x, ...paths, ...(histogram ? [histogram.counts, histogram.mean] : [])];
  };

  for (const layout of ['original', 'partitionable']) {
    const logits = Float32Array.from({ length: 37 }, (_, i) => (i % 5 === 0 ? -Infinity : Math.sin(i)));
    note(
      `draws ${layout}`,
      lib.bits(core, lib.key(1), [101], { layout }),
      lib.normal(core, lib.key(2), [999], { layout }),
      lib.uniform(core, lib.key(3), [57], { layout, minval: -3, maxval: 2 }),
      lib.gumbel(core, lib.key(4), [64], { layout }),
      lib.categorical(core, lib.key(5), logits, 333, { layout }),
    );
  }
  const logits = Float32Array.from({ length: 1037 }, (_, i) => (i % 5 === 0 ? -Infinity : 20 * Math.sin(i)));
  note('draws alias', lib.categorical(core, lib.key(5), logits, 3333, { drawing: 'alias' }));

  const points = Float32Array.from({ length: 300 }, (_, i) => Math.fround(Math.sin(i * 7.3)));
  const data = lib.pointSet({ dim: 2, points });
  const densities = {
    mixture: lib.mixture(core, {
      means: [
        [0.5, 0.5],
        [-0.5, -0.5],
      ],
      sds: [
        [0.4, 0.3],
        [0.4, 0.4],
      ],
      weights: [1, 2],
    }),
    gaussian: lib.gaussian(core, {
      mean: [0.1, -0.2],
      covariance: [
        [1, 0.4],
        [0.4, 0.5],
      ],
    }),
    banana: lib.banana(core),
    ring: lib.ring(core),
    empirical: lib.empirical(core, data, 0.3),
  };
  for (const [name, density] of Object.entries(densities)) {
    const common = { chains: 11, steps: 24, thin: 2, key: lib.key(7), init: Float32Array.of(0.3, 0.4) };
    const histogram = { bins: 6, xlim: [-1, 1], ylim: [-1, 1] };
    note(
      `langevin ${name}`,
      ...(await last(lib.langevin(density, { ...common, histogram, stepSize: 0.02 }))),
    );
    note(
      `underdamped ${name}`,
      ...(await last(lib.underdamped(density, { ...common, stepSize: 0.1, friction: 1 }))),
    );
    note(`mala ${name}`, ...(await last(lib.mala(density, { ...common, histogram, stepSize: 0.05 }))));
    note(
      `hmc ${name}`,
      ...(await last(lib.hmc(density, { ...common, stepSize: 0.2, leapfrogs: 5, jitter: 0.3 }))),
    );
    note(`nuts ${name}`, ...(await last(lib.nuts(density, { ...common, warmup: 40 }))));
  }

  const picture = lib.imageDistribution(lib.builtInImage('five'));
  const cases = {
    article: [{ levels: 30 }, { batch: 16, steps: 6 }],
    // As the preset drew its points when the hashes were made.
    quick: [
      lib.presets.quick.network,
      { ...lib.presets.quick.training, steps: 50, batch: 8, drawing: 'gumbel' },
    ],
    small: [
      { features: 9, width: 21, depth: 2, levels: 7 },
      { batch: 40, steps: 50, layout: 'partitionable' },
    ],
    none: [
      { features: 5, depth: 0, levels: 3 },
      { batch: 90, steps: 20, objective: 'denoiser' },
    ],
  };
  for (const [name, [config, training]] of Object.entries(cases)) {
    const network = lib.network(core, config);
    const losses = [];
    for await (const { loss } of lib.train(network, picture, training)) losses.push(loss);
    note(
      `training ${name}`,
      Float64Array.from(losses),
      ...Object.values(network.tensors()).map((t) => t.data),
    );
    const x = Float32Array.from({ length: 60 }, (_, i) => Math.fround(0.5 + Math.sin(i)));
    const middle = network.at(network.sigmas.length >> 1);
    note(`score ${name}`, middle.score(x), middle.score(x.slice(0, 2)));
    for (const chains of [1, 11]) {
      const options = { chains, steps: 20, stepSize: 1e-3, key: lib.key(9), thin: 4 };
      note(`langevin ${name} ${chains}`, ...(await last(lib.langevin(middle, options))));
    }
    const family = lib.networkScores(network);
    const process = lib.varianceExploding({ sigmaMin: 0.01, sigmaMax: 0.9 });
    const reverse = { chains: 11, process, steps: 10, key: lib.key(10) };
    note(`reverse ${name}`, ...(await last(lib.reverseDiffusion(family, { ...reverse, corrections: 1 }))));
    note(`flow ${name}`, ...(await last(lib.probabilityFlow(family, { ...reverse, solver: 'heun' }))));
    const { logProb } = await lib.logLikelihood(family, x.slice(0, 6), { process, steps: 4 });
    note(`likelihood ${name}`, Float32Array.from(logProb));
  }
  const family = lib.dataScores(core, data);
  const process = lib.variancePreserving();
  note(
    'reverse data',
    ...(await last(
      lib.reverseDiffusion(family, {
        chains: 9,
        process,
        steps: 12,
        key: lib.key(11),
        predictor: 'eulerMaruyama',
      }),
    )),
  );
  note(
    'annealed data',
    ...(await last(
      lib.annealedLangevin(family, {
        chains: 9,
        sigmas: [1, 0.3, 0.1],
        stepsPerLevel: 5,
        stepSize: 1e-3,
        key: lib.key(12),
      }),
    )),
  );
  note(
    'walk-jump data',
    ...(await last(
      lib.walkJump(family.at(0.5), {
        chains: 9,
        sigma: 0.5,
        stepSize: 0.3,
        steps: 20,
        key: lib.key(13),
        thin: 1,
      }),
    )),
  );

  // Many points of many coordinates: a score by products, of tiles with all coordinates and of tiles without zeros.
  for (const [name, least] of Object.entries({ dense: 0, sparse: 0.8 })) {
    const points = lib.uniform(core, lib.key(17), [1100, 60]).map((u) => (u < least ? 0 : u));
    const exact = lib.empirical(core, lib.pointSet({ dim: 60, points }), 0.4);
    const x = lib.normal(core, lib.key(16), [19, 60]);
    x.set(points.subarray(0, 300));
    note(`score ${name}`, exact.score(x), exact.logProb(x));
    const shared = await lib.shareScore(exact);
    note(`shared score ${name}`, await shared.score(x), await shared.logProb(x));
  }

  const images = lib.imageSet({
    ...{ height: 8, width: 8, pixels: Uint8Array.from({ length: 64 * 20 }, (_, i) => (i * 37) % 256) },
    ...{ labels: Array.from({ length: 20 }, (_, i) => i % 3), classes: 3 },
  });
  const line = { height: 1, width: 1, channels: 2 };
  const levels = { channels: [8, 16], groups: 4, attention: [1], classes: 3 };
  const denoisers = {
    unet: [
      lib.learnedDenoiser(lib.unet(core, { height: 8, width: 8, channels: 1 }, levels)),
      images,
      { batch: 64, steps: 3, clip: 1, weightDecay: 0.1 },
      { label: 1, guidance: 2 },
    ],
    mlp: [
      lib.learnedDenoiser(lib.mlp(core, line, { hidden: 13, depth: 2 }), {
        ...{ parameterisation: 'velocity', time: { kind: 'ddpm' } },
      }),
      data,
      { batch: 300, steps: 20, noise: { kind: 'logUniform', sigmaMin: 0.1, sigmaMax: 2 }, weight: 'clean' },
      {},
    ],
  };
  for (const [name, [denoiser, points, training, options]] of Object.entries(denoisers)) {
    const losses = [];
    let average = {};
    for await (const { loss, checkpoint } of lib.trainDenoiser(denoiser, points, training)) {
      losses.push(loss);
      average = checkpoint().average;
    }
    const arrays = [denoiser.network.tensors(), average].flatMap((tensors) => Object.values(tensors));
    note(`training denoiser ${name}`, Float64Array.from(losses), ...arrays.map((t) => t.data));
    const scores = lib.denoiserScores(denoiser, options);
    for (const chains of [1, 11]) {
      const walk = { chains, sigma: 0.5, stepSize: 0.2, steps: 10, key: lib.key(14), thin: 2 };
      note(`walk-jump denoiser ${name} ${chains}`, ...(await last(lib.walkJump(scores.at(0.5), walk))));
    }
    const exploding = lib.varianceExploding({ sigmaMin: 0.1, sigmaMax: 2 });
    const reverse = { chains: 11, process: exploding, steps: 6, key: lib.key(15) };
    note(
      `reverse denoiser ${name}`,
      ...(await last(lib.reverseDiffusion(scores, { ...reverse, corrections: 1 }))),
    );
    note(
      `flow denoiser ${name}`,
      ...(await last(lib.probabilityFlow(scores, { ...reverse, solver: 'heun' }))),
    );
  }
  for (const solver of ['deis', 'dpmSolver', 'accelerated', 'ddim']) {
    const run = { chains: 11, process, steps: 7, key: lib.key(16), solver, schedule: 'ddpm', thin: 2 };
    note(`flow ${solver}`, ...(await last(lib.probabilityFlow(family, run))));
  }

  const local = lib.localScores(core, lib.digits(core, lib.key(16), 40, { size: 12 }));
  for (const sigma of [0.1, 0.2, 0.4, 2, 4]) {
    const x = lib.normal(core, lib.key(17), [11, 144]);
    note(`local score ${sigma}`, local.at(sigma).score(x));
  }
  const flow = { chains: 11, process: lib.varianceExploding({ sigmaMin: 0.1, sigmaMax: 8 }), steps: 6 };
  note('flow local scores', ...(await last(lib.probabilityFlow(local, { ...flow, key: lib.key(18) }))));

  const energies = lib.learnedDenoiser(lib.energyNetwork(core, line, { hidden: 40, depth: 2, features: 5 }));
  const parameters = () => Object.values(energies.network.tensors()).map((t) => t.data);
  const noisy = { batch: 300, steps: 10, noise: { kind: 'fixed', sigma: 0.5 } };
  for await (const _ of lib.trainDenoiser(energies, data, noisy));
  note('training energy', ...parameters());
  for await (const _ of lib.trainLikelihood(energies, data, { sigma: 0.5, steps: 10 }));
  note('training likelihood', ...parameters());
  const density = lib.denoiserScores(energies).at(0.5);
  note('log-density energy', density.logProb(data.points));
  for (const chains of [1, 11]) {
    const run = { chains, stepSize: 0.2, leapfrogs: 5, steps: 10, key: lib.key(16), thin: 2 };
    note(`hmc energy ${chains}`, ...(await last(lib.hmc(density, run))));
  }
  core.dispose();
  return hashes;
}

const [program, library] = globalThis.process?.argv.slice(1) ?? [];
if (program?.endsWith('bits.mjs') && library) {
  const { resolve } = await import('node:path');
  const { pathToFileURL } = await import('node:url');
  const { numbers } = await import('./numbers.mjs');
  const lib = await import(pathToFileURL(resolve(library)).href);
  const hashes = { ...(await bits(lib)), ...(await numbers(lib)) };
  console.log(JSON.stringify(hashes, null, 2));
}
