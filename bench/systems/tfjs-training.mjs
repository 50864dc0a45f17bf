// The training step in TensorFlow.js. Weights are kept [inputs, outputs], which its product takes as they are.

/**
 * A dense layer whose gradient transposes both operands by hand: the wasm backend's fast product takes no transposed
 * operand, and the gradient that comes with matMul asks for one in both of its products.
 */
function denseWithGradient(tf) {
  return tf.customGrad((x, weight, bias, save) => {
    save([x, weight]);
    return {
      value: tf.fused.matMul({ a: x, b: weight, bias }),
      gradFunc: (dy, [x, weight]) => [
        tf.matMul(dy, tf.transpose(weight)),
        tf.matMul(tf.transpose(x), dy),
        tf.sum(dy, 0),
      ],
    };
  });
}

/** @param ownGradient dense layers with the gradient above */
export function training(tf, problem, ownGradient) {
  const { config, sigmas, tensors, points, logits, batch, x: checkX, z: checkZ } = problem;
  const { dim, features, depth, levels } = config;
  const rows = batch * levels;
  const dense = ownGradient
    ? denseWithGradient(tf)
    : (x, weight, bias) => tf.fused.matMul({ a: x, b: weight, bias });

  const transposed = ({ data, shape }) => tf.tidy(() => tf.transpose(tf.tensor(data, shape)));
  // 2 pi B^T [dim, features], so that a feature is the cosine of a product.
  const frequencies = (name) =>
    tf.tidy(() =>
      transposed(tensors[name])
        .mul(2 * Math.PI)
        .reshape([dim, features]),
    );
  const [cosines, sines] = [frequencies('rf_layer.B_cos'), frequencies('rf_layer.B_sin')];
  const sigma = tf.tensor(sigmas, [1, levels, 1]);
  const variance = tf.square(sigma);
  const allPoints = tf.tensor(points, [points.length / dim, dim]);
  const logitsRow = tf.tensor(logits, [1, logits.length]);
  const variables = [
    tf.variable(tf.tensor(tensors['rf_layer.alpha'].data, [levels, 1])),
    tf.variable(tf.tensor(tensors['rf_layer.beta'].data, [levels, 1])),
  ];
  for (let i = 0; i <= depth; i++) {
    variables.push(tf.variable(transposed(tensors[`mlp.layers.${i}.weight`])));
    variables.push(tf.variable(tf.tensor(tensors[`mlp.layers.${i}.bias`].data)));
  }
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);

  /** x [batch, 1, dim], z [batch, levels, dim] */
  function loss(x, z) {
    const noisy = x.add(z.mul(sigma));
    const target = x.sub(noisy).div(variance);
    const centred = noisy.sub(0.5).reshape([rows, dim]);
    const [alpha, beta, ...layers] = variables;
    const waves = tf.concat([tf.cos(tf.matMul(centred, cosines)), tf.sin(tf.matMul(centred, sines))], 1);
    const scaled = waves
      .reshape([batch, levels, 2 * features])
      .mul(alpha)
      .add(beta);
    let h = tf.concat([scaled.reshape([rows, 2 * features]), centred], 1);
    for (let i = 0; i <= depth; i++) {
      h = dense(h, layers[2 * i], layers[2 * i + 1]);
      if (i < depth) h = tf.softplus(h);
    }
    const score = h.reshape([batch, levels, dim]);
    return tf.squaredDifference(score, target).mul(variance).mean();
  }

  function step() {
    tf.tidy(() => {
      const indices = tf.multinomial(logitsRow, batch).reshape([batch]);
      const x = tf.gather(allPoints, indices).reshape([batch, 1, dim]);
      const z = tf.randomNormal([batch, levels, dim]);
      optimizer.minimize(() => loss(x, z), false, variables);
    });
  }

  return {
    async check() {
      const { value, grads } = tf.tidy(() =>
        tf.variableGrads(
          () => loss(tf.tensor(checkX, [batch, 1, dim]), tf.tensor(checkZ, [batch, levels, dim])),
          variables,
        ),
      );
      const parts = variables.map(({ name, rank }) => {
        const grad = grads[name];
        const isWeight = rank === 2 && grad.shape[1] > 1;
        return tf.tidy(() => (isWeight ? tf.transpose(grad) : grad).dataSync().slice());
      });
      const gradient = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        gradient.set(part, at);
        at += part.length;
      }
      const result = { loss: value.dataSync().slice(), gradient };
      tf.dispose([value, grads]);
      return result;
    },
    run(n) {
      for (let i = 0; i < n; i++) step();
      // Everything before the last update has run; reading one bias waits for the backends that are not immediate.
      variables.at(-1).dataSync();
    },
  };
}
