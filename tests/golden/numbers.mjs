// Hashes of what is computed in float64 outside of the kernels: processes, schedules, likelihoods, diagnostics, denoisers of noisy
// data alone, times and objectives. They stand in bits.json beside those of bits.mjs, which prints both, and are the same in every
// engine and number of threads, since no engine's own exp, log, sine or power takes part (src/core/elementary.ts). Made from the
// commit that brought this file.

/**
 * @param lib the library; it goes to browsers as text, so it uses nothing of this file
 * @param options of loadCore, beside the strict kernel
 * @returns a hash for each name
 */
export async function numbers(lib, options = {}) {
  const core = await lib.loadCore({ kernel: 'strict', ...options });
  const hashes = {};
  /** All numbers of a result, in order; that one is none is noted by a number, since its bits are an engine's choice. */
  const numbersOf = (value) => {
    if (typeof value === 'number') return [Number.isNaN(value) ? 1e300 : value];
    if (typeof value === 'bigint' || typeof value === 'boolean') return [Number(value)];
    if (value === null || typeof value !== 'object') return [];
    return (ArrayBuffer.isView(value) ? Array.from(value) : Object.values(value)).flatMap(numbersOf);
  };
  const note = (name, ...values) => {
    // cyrb53 over the bytes.
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (const byte of new Uint8Array(Float64Array.from(numbersOf(values)).buffer)) {
      a = Math.imul(a ^ byte, 2654435761);
      b = Math.imul(b ^ byte, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    hashes[name] = (b >>> 0).toString(16).padStart(8, '0') + (a >>> 0).toString(16).padStart(8, '0');
  };
  const processes = {
    exploding: lib.varianceExploding({ sigmaMin: 0.01, sigmaMax: 9 }),
    preserving: lib.variancePreserving(),
    straight: lib.straightPaths(),
  };
  const times = Array.from({ length: 101 }, (_, i) => 0.002 + 0.00995 * i);
  const mixture = {
    ...{
      means: [
        [0.3, -1],
        [1, 0.5],
        [-0.7, 0.1],
      ],
      sds: [
        [0.3, 0.5],
        [0.2, 0.9],
        [0.6, 0.4],
      ],
    },
    weights: [0.2, 0.5, 0.3],
  };
  const points = lib.normal(core, lib.key(20), [60, 2]);
  const data = lib.pointSet({ dim: 2, points, weights: Array.from({ length: 60 }, (_, i) => 1 + (i % 7)) });
  const families = { mixture: lib.mixtureScores(core, mixture), data: lib.dataScores(core, data) };
  const x = lib.normal(core, lib.key(21), [5, 2]);
  for (const [name, process] of Object.entries(processes)) {
    const rates = ['alpha', 'sigma', 'drift', 'diffusion'].map((rate) => times.map((t) => process[rate](t)));
    note(
      `process ${name}`,
      rates,
      times.map((t) => process.timeOf(process.sigma(t) / process.alpha(t))),
    );
    for (const schedule of ['karras', 'logLinear', 'cosine', 'ddpm'])
      note(`schedule ${schedule} ${name}`, lib.noiseSchedule(process, { count: 40, schedule }));
    for (const [kind, family] of Object.entries(families))
      note(`likelihood ${kind} ${name}`, await lib.logLikelihood(family, x, { process, steps: 8 }));
  }
  note('geomspace', lib.geomspace(1e-4, 1, 30), lib.geomspace(0.013, 47, 17));

  const densities = {
    gaussian: lib.gaussian(core, {
      mean: [1, 2],
      covariance: [
        [2, 0.3],
        [0.3, 0.5],
      ],
    }),
    ring: lib.ring(core),
    funnel: lib.funnel(core),
    banana: lib.banana(core),
    eightModes: lib.eightModes(core),
  };
  for (const [name, density] of Object.entries(densities))
    note(`density ${name}`, density.logProb(x), density.score(x));
  note('smoothed density', lib.smooth(lib.mixture(core, mixture), 0.37).logProb(x));

  const walk = { chains: 4, steps: 200, stepSize: 0.1, key: lib.key(22), thin: 1 };
  const { path } = await lib.collect(lib.langevin(densities.gaussian, walk));
  const draws = path.subarray(0, 200 * 8);
  const shape = { chains: 4, dim: 2 };
  for (const name of ['rhat', 'essBulk', 'essTail', 'essMean', 'essSd', 'mcseMean', 'mcseSd'])
    note(`diagnostics ${name}`, lib[name](draws, shape));
  for (const name of ['essQuantile', 'mcseQuantile'])
    note(`diagnostics ${name}`, lib[name](draws, { ...shape, probability: 0.1 }));
  const time = lib.integratedAutocorrelationTime(draws, shape);
  note('diagnostics autocorrelation', lib.autocorrelation(draws, { ...shape, lags: 50 }), time);
  note('diagnostics summary', lib.summary(draws, shape));
  note('diagnostics entropy', lib.entropy(densities.gaussian, draws));
  note('diagnostics curl', lib.curl(densities.banana, x, { key: lib.key(23) }));
  const { value, ...rest } = await lib.steinDiscrepancy(densities.gaussian, draws);
  note('diagnostics stein', value, rest);
  note('diagnostics bfmi', lib.bfmi(draws.subarray(0, 400), { chains: 4 }));
  const grid = { bins: 12, xlim: [-2, 2], ylim: [-2, 2] };
  const smoothed = lib.smoothedHistogram(data, 0.2, grid);
  const exact = lib.densityHistogram(densities.banana, grid);
  note('histogram smoothed', smoothed);
  note('histogram of a density', exact);
  note(
    'histogram distances',
    lib.totalVariation(smoothed, exact),
    lib.expectedTotalVariation(smoothed, 5000),
  );

  const models = {
    gaussian: { kind: 'gaussian', sigma: 0.4 },
    laplace: { kind: 'laplace', scale: 0.3 },
    poisson: { kind: 'poisson' },
    gamma: { kind: 'gamma', shape: 3 },
  };
  const clean = lib.uniform(core, lib.key(24), [300]).map((u) => 1 + 4 * u);
  for (const [name, noise] of Object.entries(models)) {
    const noisy = lib.drawNoisy(core, noise, clean, { key: lib.key(25) });
    note(`noise ${name}`, noisy);
    note(`empirical Bayes ${name}`, lib.empiricalBayesDenoiser(core, noise, noisy).denoise(noisy));
    const prior = lib.fitPrior(noise, noisy.subarray(0, 80));
    note(`prior ${name}`, prior, lib.bayesDenoiser(core, noise, prior).denoise(noisy.subarray(0, 20)));
  }
  note('linear denoiser', lib.linearDenoiser(core, data, 0.7).denoise(x));

  const digits = lib.digits(core, lib.key(26), 24, { size: 8 });
  const { training, heldOut } = lib.splitImages(digits, 4);
  const sizes = { sigmas: [0.1, 0.5, 2], sizes: [3, 5, Infinity] };
  note('patches', await lib.calibratePatches(core, training, heldOut, sizes));
  note('pictures', ...lib.builtInImages.map((name) => lib.builtInImage(name, 40).pixels), digits.pixels);

  const observation = lib.linearObservation({ matrix: [1, 0.5], observed: [0.8], noise: 0.3 });
  const given = { process: processes.preserving, observation, steps: 12, chains: 2, particles: 9 };
  note(
    'conditional',
    await lib.collect(lib.conditionalDiffusion(families.mixture, { ...given, key: lib.key(27) })),
  );

  const line = { height: 1, width: 1, channels: 2 };
  for (const parameterisation of ['karras', 'noise', 'clean', 'velocity', 'score', 'flow']) {
    const kind = parameterisation === 'noise' ? 'ddpm' : parameterisation === 'flow' ? 'flow' : 'log';
    const net = lib.mlp(core, line, { hidden: 10, depth: 1 });
    const denoiser = lib.learnedDenoiser(net, { parameterisation, time: { kind } });
    const noise = parameterisation === 'flow' ? { kind: 'flow' } : { kind: 'logNormal', mean: -1, sd: 1 };
    const run = { batch: 64, steps: 8, noise, schedule: 'cosine', objective: 'denoising' };
    const losses = [];
    for await (const { loss } of lib.trainDenoiser(denoiser, data, run)) losses.push(loss);
    note(`parameterisation ${parameterisation}`, losses, denoiser.denoise(x, 0.3));
  }
  for (const objective of ['implicit', 'sliced', 'slicedReduced']) {
    const net = lib.network(core, { features: 6, width: 9, depth: 1, levels: 4 });
    const losses = [];
    for await (const { loss } of lib.matchScore(net, data, { batch: 24, steps: 6, objective }))
      losses.push(loss);
    note(`objective ${objective}`, losses, net.tensors());
  }
  for (const time_embedding_type of ['positional', 'fourier']) {
    const { config, weights } = lib.saveUnet(
      lib.unet(core, { height: 8, width: 8, channels: 1 }, { channels: [8, 16], groups: 4 }),
    );
    const settings = { ...JSON.parse(config), time_embedding_type };
    const { tensors } = lib.readSafetensors(weights);
    if (time_embedding_type === 'fourier') {
      const first = Float32Array.from({ length: 512 }, (_, i) => ((i * 37) % 101) / 500);
      tensors['time_proj.weight'] = { shape: [8], data: Float32Array.of(1, -3, 9, 17, 0.3, -0.01, 40, 5) };
      tensors['time_embedding.linear_1.weight'] = { shape: [32, 16], data: first };
    }
    const net = lib.loadUnet(core, { config: settings, weights: lib.writeSafetensors(tensors) });
    note(`times ${time_embedding_type}`, net.predict(new Float32Array(192).fill(0.3), [3, 411.5, 999]));
  }
  core.dispose();
  return hashes;
}
