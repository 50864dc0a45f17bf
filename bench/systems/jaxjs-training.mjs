// The training step in jax-js: random numbers, loss, gradient and Adam in one compiled function. Weights are kept
// [inputs, outputs], which its product takes fastest.

/**
 * @param apart keeps the first layer's weights for the features and for the coordinates in two arrays: its fast
 *   product wants sizes that its tiles divide, and 512 + 2 is none
 */
export function training(
  { numpy: np, random, nn, jit, valueAndGrad, tree, blockUntilReady, DType },
  problem,
  apart,
) {
  const { config, sigmas, tensors, points, logits, batch, key: words, x: checkX, z: checkZ } = problem;
  const { dim, features, depth, levels } = config;
  const rows = batch * levels;
  const [BETA1, BETA2, EPSILON, RATE] = [0.9, 0.999, 1e-8, 1e-3];

  const tensor = (name) => np.array(tensors[name].data, { shape: tensors[name].shape });
  const frequencies = np
    .matrixTranspose(np.concatenate([tensor('rf_layer.B_cos'), tensor('rf_layer.B_sin')]))
    .mul(2 * Math.PI);
  // sin t = cos(t - pi / 2): one product and one elementwise kernel for both halves.
  const phases = np.concatenate([np.zeros([features]), np.zeros([features]).add(-Math.PI / 2)]);
  const sigma = np.array(sigmas, { shape: [1, levels, 1] });
  const allPoints = np.array(points, { shape: [points.length / dim, dim] });
  const logitsRow = np.array(logits);
  const weights = (i) => {
    const all = np.matrixTranspose(tensor(`mlp.layers.${i}.weight`));
    return i === 0 && apart ? np.split(all, [2 * features]) : [all];
  };
  const initial = () => ({
    alpha: np.array(tensors['rf_layer.alpha'].data, { shape: [levels, 1] }),
    beta: np.array(tensors['rf_layer.beta'].data, { shape: [levels, 1] }),
    layers: Array.from({ length: depth + 1 }, (_, i) => ({
      weights: weights(i),
      bias: tensor(`mlp.layers.${i}.bias`),
    })),
  });

  /** x [batch, 1, dim], z [batch, levels, dim] */
  function loss({ alpha, beta, layers }, x, z) {
    const variance = np.square(sigma.ref);
    const noisy = x.ref.add(z.mul(sigma.ref));
    const target = x.sub(noisy.ref).div(variance.ref);
    const centred = noisy.sub(0.5).reshape([rows, dim]);
    const waves = np.cos(np.matmul(centred.ref, frequencies.ref).add(phases.ref));
    const scaled = waves
      .reshape([batch, levels, 2 * features])
      .mul(alpha)
      .add(beta);
    const first = [scaled.reshape([rows, 2 * features]), centred];
    let inputs = apart ? first : [np.concatenate(first, 1)];
    let h;
    layers.forEach(({ weights, bias }, i) => {
      const products = inputs.map((input, k) => np.matmul(input, weights[k]));
      h = products.reduce((sum, product) => sum.add(product)).add(bias);
      if (i < depth) inputs = [nn.softplus(h)];
    });
    return np
      .square(h.reshape([batch, levels, dim]).sub(target))
      .mul(variance)
      .mean();
  }

  const gradient = jit((params, x, z) => valueAndGrad(loss)(params, x, z));

  const step = jit(({ params, mean, square, time, key }) => {
    const [noiseKey, pointKey, nextKey] = np.unstack(random.split(key, 3));
    const indices = random.categorical(pointKey, logitsRow.ref, { shape: [batch] });
    const x = np.take(allPoints.ref, indices, 0).reshape([batch, 1, dim]);
    const [value, grads] = valueAndGrad(loss)(
      tree.ref(params),
      x,
      random.normal(noiseKey, [batch, levels, dim]),
    );
    value.dispose();
    const t = time.add(1);
    const decay = (beta) =>
      np
        .exp(t.ref.mul(Math.log(beta)))
        .mul(-1)
        .add(1);
    const [correction1, correction2] = [decay(BETA1), decay(BETA2)];
    const nextMean = tree.map((m, g) => m.mul(BETA1).add(g.ref.mul(1 - BETA1)), mean, grads);
    const nextSquare = tree.map((v, g) => v.mul(BETA2).add(np.square(g).mul(1 - BETA2)), square, grads);
    const nextParams = tree.map(
      (p, m, v) => {
        const update = m.ref.div(correction1.ref).div(np.sqrt(v.ref.div(correction2.ref)).add(EPSILON));
        return p.sub(update.mul(RATE));
      },
      params,
      nextMean,
      nextSquare,
    );
    correction1.dispose();
    correction2.dispose();
    return { params: nextParams, mean: nextMean, square: nextSquare, time: t, key: nextKey };
  });

  const zeros = () => tree.map((p) => np.zerosLike(p), initial());
  let state = {
    params: initial(),
    mean: zeros(),
    square: zeros(),
    time: np.array(0),
    key: np.array(Uint32Array.from(words), { dtype: DType.Uint32 }),
  };

  return {
    async check() {
      const [value, grads] = gradient(
        initial(),
        np.array(checkX, { shape: [batch, 1, dim] }),
        np.array(checkZ, { shape: [batch, levels, dim] }),
      );
      const parts = [await grads.alpha.data(), await grads.beta.data()];
      for (const { weights, bias } of grads.layers) {
        const weight = weights.length === 1 ? weights[0] : np.concatenate(weights);
        parts.push(await np.matrixTranspose(weight).data(), await bias.data());
      }
      const flat = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        flat.set(part, at);
        at += part.length;
      }
      return { loss: await value.data(), gradient: flat };
    },
    async run(n) {
      for (let i = 0; i < n; i++) {
        state = step(state);
        await blockUntilReady(state.params);
      }
    },
  };
}
