// Langevin dynamics and the empirical score in TensorFlow.js: what does not depend on the position is computed once.
// The positions are kept in the parts that suit the score: one tensor [chains, dim] for products of matrices, one
// [chains] a coordinate where everything is elementwise, since broadcasting along a short axis is slow.

export function chains(tf) {
  return {
    langevin: (problem) => langevin(tf, problem, [problem.dim], networkScore(tf, problem)),
    mixture: (problem) => langevin(tf, problem, Array(problem.dim).fill(1), mixtureScore(tf, problem)),
    empirical: (problem) => empirical(tf, problem),
  };
}

/**
 * @param widths coordinates of each part of the positions
 * @param score of the parts, in parts
 */
function langevin(tf, problem, widths, score) {
  const { chains, dim, init, z, stepSize, checkSteps, places } = problem;
  const half = tf.scalar(stepSize / 2);
  const spread = tf.scalar(Math.sqrt(stepSize));
  const shapes = widths.map((width) => (width === 1 ? [chains] : [chains, width]));
  const firsts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  /** Rows [chains, dim], of which a row is `width` apart from the next, as parts. */
  const cut = (rows) =>
    shapes.map((shape, i) =>
      tf.tensor(
        Float32Array.from({ length: chains * widths[i] }, (_, at) => {
          const row = Math.floor(at / widths[i]);
          return rows[row * dim + firsts[i] + (at % widths[i])];
        }),
        shape,
      ),
    );
  const start = () => cut(Float32Array.from({ length: chains * dim }, (_, i) => init[i % dim]));
  /** The next positions; disposes of these and the noise. */
  function step(x, noise) {
    const next = tf.tidy(() => {
      const s = score(x);
      return x.map((part, i) => part.add(s[i].mul(half)).add(noise[i].mul(spread)));
    });
    tf.dispose([x, noise]);
    return next;
  }
  function read(x) {
    const out = new Float32Array(chains * dim);
    x.forEach((part, i) => {
      part.dataSync().forEach((value, at) => {
        out[Math.floor(at / widths[i]) * dim + firsts[i] + (at % widths[i])] = value;
      });
    });
    tf.dispose(x);
    return out;
  }
  return {
    check() {
      let x = start();
      for (let t = 0; t < checkSteps; t++) {
        x = step(x, cut(z.subarray(t * chains * dim, (t + 1) * chains * dim)));
      }
      return { x: read(x), ...(places && { score: read(tf.tidy(() => score(cut(places)))) }) };
    },
    run(n) {
      let x = start();
      for (let t = 0; t < n; t++)
        x = step(
          x,
          shapes.map((shape) => tf.randomNormal(shape)),
        );
      read(x);
    },
  };
}

/** The network at one level, alpha, beta and the centre folded into its first layers; sin t = cos(t - pi / 2). */
function networkScore(tf, { config, tensors, level }) {
  const { dim, features, depth } = config;
  const named = (name) => tf.tensor(tensors[name].data, tensors[name].shape);
  const constants = tf.tidy(() => {
    const turns = tf.concat([named('rf_layer.B_cos'), named('rf_layer.B_sin')]).mul(2 * Math.PI);
    const quarter = tf.concat([tf.zeros([features]), tf.fill([features], -Math.PI / 2)]);
    const phases = quarter.sub(turns.sum(1).mul(0.5));
    const layers = Array.from({ length: depth + 1 }, (_, i) => ({
      weight: tf.transpose(named(`mlp.layers.${i}.weight`)),
      bias: named(`mlp.layers.${i}.bias`),
    }));
    const [waves, plain] = tf.split(layers[0].weight, [2 * features, dim]);
    const alpha = tensors['rf_layer.alpha'].data[level];
    const beta = tensors['rf_layer.beta'].data[level];
    layers[0].bias = layers[0].bias.add(waves.sum(0).mul(beta)).sub(plain.sum(0).mul(0.5));
    layers[0].weight = tf.concat([waves.mul(alpha), plain]);
    return { turns: tf.transpose(turns), phases, layers };
  });
  const { turns, phases, layers } = constants;
  return ([x]) => {
    let h = tf.concat([tf.cos(tf.fused.matMul({ a: x, b: turns, bias: phases })), x], 1);
    layers.forEach(({ weight, bias }, i) => {
      h = tf.fused.matMul({ a: h, b: weight, bias });
      if (i < depth) h = tf.softplus(h);
    });
    return [h];
  };
}

/**
 * The sum over components of their share times (mean - x) / sd^2, coordinate by coordinate; shares by exponents less
 * their largest.
 */
function mixtureScore(tf, { means, sds, weights }) {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const components = means.map((mean, k) => ({
    mean: mean.map((value) => tf.scalar(value)),
    precision: sds[k].map((sd) => tf.scalar(1 / sd ** 2)),
    constant: tf.scalar(Math.log(weights[k] / total) - sds[k].reduce((sum, sd) => sum + Math.log(sd), 0)),
  }));
  const half = tf.scalar(0.5);
  const sum = (terms) => terms.reduce((a, b) => a.add(b));
  return (x) => {
    const pulls = components.map(({ mean, precision }) =>
      x.map((part, d) => mean[d].sub(part).mul(precision[d])),
    );
    const exponents = components.map(({ mean, constant }, k) =>
      constant.sub(sum(x.map((part, d) => mean[d].sub(part).mul(pulls[k][d]))).mul(half)),
    );
    const largest = exponents.reduce((a, b) => tf.maximum(a, b));
    const shares = exponents.map((exponent) => tf.exp(exponent.sub(largest)));
    const all = sum(shares);
    return x.map((_, d) => sum(shares.map((share, k) => share.mul(pulls[k][d]))).div(all));
  };
}

/** (softmax((x . y - |y|^2 / 2) / sigma^2) y - x) / sigma^2: |x|^2 is common to all points and cancels. */
function empirical(tf, { points, dim, sigma, x: places }) {
  const N = points.length / dim;
  const x = tf.tensor(places, [places.length / dim, dim]);
  const y = tf.tensor(points, [N, dim]);
  const across = tf.transpose(y);
  const half = tf.tidy(() => tf.square(y).sum(1).mul(-0.5));
  const score = () =>
    tf.tidy(() => {
      const exponents = tf.fused.matMul({ a: x, b: across, bias: half }).div(sigma ** 2);
      return tf
        .matMul(tf.softmax(exponents), y)
        .sub(x)
        .div(sigma ** 2);
    });
  return {
    check() {
      const s = score();
      const result = { score: s.dataSync().slice() };
      s.dispose();
      return result;
    },
    run(n) {
      for (let i = 0; i < n; i++) {
        const s = score();
        s.dataSync();
        s.dispose();
      }
    },
  };
}
