// Langevin dynamics and the empirical score in jax-js. It has no loop inside a compiled function, so several steps are
// unrolled into one.

/** Steps unrolled into one compiled function. */
const UNROLL = 8;

export function chains(jax) {
  return {
    langevin: (problem) => langevin(jax, problem, networkScore(jax, problem)),
    mixture: (problem) => langevin(jax, problem, mixtureScore(jax, problem)),
    empirical: (problem) => empirical(jax, problem),
  };
}

function langevin({ numpy: np, random, jit, DType }, problem, score) {
  const { chains, dim, init, z, stepSize, checkSteps, places, key: words } = problem;
  const start = () => np.tile(np.array(init, { shape: [1, dim] }), [chains, 1]);
  /** x after the steps of noise [steps, chains, dim]. */
  function unrolled(x, noise) {
    for (const one of np.unstack(noise.mul(Math.sqrt(stepSize)))) {
      x = x.ref.add(score(x).mul(stepSize / 2)).add(one);
    }
    return x;
  }
  const given = jit(unrolled);
  const drawn = jit((x, key) => {
    const [now, next] = np.unstack(random.split(key, 2));
    return [unrolled(x, random.normal(now, [UNROLL, chains, dim])), next];
  });
  return {
    async check() {
      const x = await given(start(), np.array(z, { shape: [checkSteps, chains, dim] })).data();
      if (!places) return { x };
      return { x, score: await jit(score)(np.array(places, { shape: [chains, dim] })).data() };
    },
    /** Runs n steps, rounded up to whole unrolled functions; returns how many. */
    async run(n) {
      let x = start();
      let key = np.array(Uint32Array.from(words), { dtype: DType.Uint32 });
      const calls = Math.ceil(n / UNROLL);
      for (let i = 0; i < calls; i++) {
        [x, key] = drawn(x, key);
        await x.blockUntilReady();
      }
      key.dispose();
      x.dispose();
      return calls * UNROLL;
    },
  };
}

/** The network at one level, alpha, beta and the centre folded into its first layers; sin t = cos(t - pi / 2). */
function networkScore({ numpy: np, nn }, { config, tensors, level }) {
  const { features, depth } = config;
  const named = (name) => np.array(tensors[name].data, { shape: tensors[name].shape });
  const turns = np.concatenate([named('rf_layer.B_cos'), named('rf_layer.B_sin')]).mul(2 * Math.PI);
  const quarter = np.concatenate([np.zeros([features]), np.zeros([features]).add(-Math.PI / 2)]);
  const phases = quarter.sub(turns.ref.sum(1).mul(0.5));
  const across = np.matrixTranspose(turns);
  const layers = Array.from({ length: depth + 1 }, (_, i) => ({
    weight: np.matrixTranspose(named(`mlp.layers.${i}.weight`)),
    bias: named(`mlp.layers.${i}.bias`),
  }));
  const [waves, plain] = np.split(layers[0].weight, [2 * features]);
  const alpha = tensors['rf_layer.alpha'].data[level];
  const beta = tensors['rf_layer.beta'].data[level];
  layers[0].bias = layers[0].bias.add(waves.ref.sum(0).mul(beta)).sub(plain.ref.sum(0).mul(0.5));
  layers[0].weight = waves.mul(alpha);
  return (x) => {
    // Two products in place of one over 512 + 2 inputs, a size that the tiles of its fast product do not divide.
    let h = np.cos(np.matmul(x.ref, across.ref).add(phases.ref));
    layers.forEach(({ weight, bias }, i) => {
      h = np.matmul(h, weight.ref).add(bias.ref);
      if (i === 0) h = h.add(np.matmul(x, plain.ref));
      if (i < depth) h = nn.softplus(h);
    });
    return h;
  };
}

/** -(sum over components of responsibility (x - mean) precision), components along a middle axis: [chains, K, dim]. */
function mixtureScore({ numpy: np, nn }, { means, sds, weights, dim }) {
  const K = means.length;
  const mean = np.array(Float32Array.from(means.flat()), { shape: [1, K, dim] });
  const precision = np.array(
    Float32Array.from(sds.flat(), (sd) => sd ** -2),
    { shape: [1, K, dim] },
  );
  const total = weights.reduce((sum, w) => sum + w, 0);
  const logs = weights.map((w, k) => Math.log(w / total) - sds[k].reduce((sum, sd) => sum + Math.log(sd), 0));
  const constant = np.array(Float32Array.from(logs), { shape: [1, K] });
  return (x) => {
    const u = mean.ref.sub(x.reshape([-1, 1, dim]));
    const pull = u.ref.mul(precision.ref);
    const share = nn.softmax(constant.ref.sub(u.mul(pull.ref).sum(2).mul(0.5)), -1);
    return pull.mul(share.reshape([-1, K, 1])).sum(1);
  };
}

/** (softmax((x . y - |y|^2 / 2) / sigma^2) y - x) / sigma^2: |x|^2 is common to all points and cancels. */
function empirical({ numpy: np, nn, jit }, { points, dim, sigma, x: places }) {
  const N = points.length / dim;
  const x = np.array(places, { shape: [places.length / dim, dim] });
  const y = np.array(points, { shape: [N, dim] });
  const across = np.matrixTranspose(y.ref);
  const half = np.square(y.ref).sum(1).mul(-0.5);
  const score = jit((x) => {
    const exponents = np
      .matmul(x.ref, across.ref)
      .add(half.ref)
      .div(sigma ** 2);
    return np
      .matmul(nn.softmax(exponents, -1), y.ref)
      .sub(x)
      .div(sigma ** 2);
  });
  return {
    check: async () => ({ score: await score(x.ref).data() }),
    async run(n) {
      for (let i = 0; i < n; i++) await score(x.ref).data();
    },
  };
}
