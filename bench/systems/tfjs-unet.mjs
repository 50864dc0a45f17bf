// U-Nets in TensorFlow.js: diffusers' UNet2DModel of DownBlock2D and UpBlock2D, over pictures [n, y, x, channel]. Its wasm backend has
// no gradient of a convolution's kernel, so only the cpu backend trains.

export function unets(tf) {
  return {
    unetPredict: (problem) => predict(tf, problem),
    // The cpu backend takes minutes for 64 pictures.
    ...(tf.getBackend() === 'cpu'
      ? { unetTrain: (problem) => train(tf, problem) }
      : { unetFlow: (problem) => flow(tf, problem) }),
  };
}

/** Variables by diffusers' names: kernels [y, x, input, output], matrices [input, output]. */
function parameters(tf, { tensors }) {
  const turned = { 2: [1, 0], 4: [2, 3, 1, 0] };
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => {
      const order = turned[shape.length];
      const tensor = tf.tidy(() => {
        const given = tf.tensor(data, shape);
        return order ? tf.transpose(given, order) : given;
      });
      return [name, tf.variable(tensor)];
    }),
  );
}

const pictures = (tf, { x, shape: { height, width, channels } }) =>
  tf.tensor(x, [x.length / (height * width * channels), height, width, channels]);

/** The network of parameters p as a function of pictures and times [n]. */
function network(tf, config, p) {
  const { norm_num_groups: groups, layers_per_block: blocks, attention_head_dim: depth } = config;
  const channels = config.block_out_channels;
  const half = channels[0] / 2;
  const rates = tf.tensor(Array.from({ length: half }, (_, i) => Math.exp((-Math.log(10000) * i) / half)));

  const silu = (x) => tf.mul(x, tf.sigmoid(x));
  const linear = (name, x) => tf.add(tf.matMul(x, p[`${name}.weight`]), p[`${name}.bias`]);
  /** Of a picture's pixels, without a kernel: rows. */
  const linearRows = (name, x) => {
    const [n, rows, size] = x.shape;
    return linear(name, tf.reshape(x, [n * rows, size])).reshape([n, rows, -1]);
  };
  function conv(name, x, step = 1) {
    const kernel = p[`${name}.weight`];
    // 'same' with two pixels to a step pads below and to the right only.
    const pad = kernel.shape[0] >> 1;
    return tf.add(tf.conv2d(x, kernel, step, pad), p[`${name}.bias`]);
  }
  function groupNorm(name, x) {
    const [n, height, width, size] = x.shape;
    const parts = tf.reshape(x, [n, height * width, groups, size / groups]);
    const centred = tf.sub(parts, tf.mean(parts, [1, 3], true));
    const variance = tf.mean(tf.square(centred), [1, 3], true);
    const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))).reshape(x.shape);
    return tf.add(tf.mul(normal, p[`${name}.weight`]), p[`${name}.bias`]);
  }
  function residual(name, x, time) {
    const h = conv(`${name}.conv1`, silu(groupNorm(`${name}.norm1`, x)));
    const shift = linear(`${name}.time_emb_proj`, silu(time));
    const shifted = tf.add(h, shift.reshape([-1, 1, 1, shift.shape[1]]));
    const out = conv(`${name}.conv2`, silu(groupNorm(`${name}.norm2`, shifted)));
    return tf.add(out, p[`${name}.conv_shortcut.weight`] ? conv(`${name}.conv_shortcut`, x) : x);
  }
  function attention(name, x) {
    const [n, height, width, size] = x.shape;
    const rows = groupNorm(`${name}.group_norm`, x).reshape([n, height * width, size]);
    const heads = (part) =>
      tf.transpose(
        linearRows(`${name}.to_${part}`, rows).reshape([n, height * width, size / depth, depth]),
        [0, 2, 1, 3],
      );
    const weights = tf.softmax(tf.mul(tf.matMul(heads('q'), heads('k'), false, true), 1 / Math.sqrt(depth)));
    const out = tf.transpose(tf.matMul(weights, heads('v')), [0, 2, 1, 3]).reshape(rows.shape);
    return tf.add(x, linearRows(`${name}.to_out.0`, out).reshape(x.shape));
  }
  return (x, times) => {
    const angles = tf.mul(tf.reshape(times, [-1, 1]), rates);
    const waves = tf.concat([tf.cos(angles), tf.sin(angles)], 1);
    const time = linear('time_embedding.linear_2', silu(linear('time_embedding.linear_1', waves)));
    let h = conv('conv_in', x);
    const kept = [h];
    channels.forEach((_, level) => {
      for (let block = 0; block < blocks; block++) {
        h = residual(`down_blocks.${level}.resnets.${block}`, h, time);
        kept.push(h);
      }
      if (level === channels.length - 1) return;
      h = conv(`down_blocks.${level}.downsamplers.0.conv`, h, 2);
      kept.push(h);
    });
    h = residual('mid_block.resnets.0', h, time);
    h = attention('mid_block.attentions.0', h);
    h = residual('mid_block.resnets.1', h, time);
    channels.forEach((_, level) => {
      for (let block = 0; block <= blocks; block++)
        h = residual(`up_blocks.${level}.resnets.${block}`, tf.concat([h, kept.pop()], -1), time);
      if (level === channels.length - 1) return;
      const [, height, width] = h.shape;
      h = conv(
        `up_blocks.${level}.upsamplers.0.conv`,
        tf.image.resizeNearestNeighbor(h, [2 * height, 2 * width]),
      );
    });
    return conv('conv_out', silu(groupNorm('conv_norm_out', h)));
  };
}

function predict(tf, problem) {
  const apply = network(tf, problem.config, parameters(tf, problem));
  const [x, times] = [pictures(tf, problem), tf.tensor(problem.times)];
  const once = () => tf.tidy(() => apply(x, times).dataSync().slice());
  return {
    check: () => ({ y: once() }),
    run(n) {
      for (let i = 0; i < n; i++) once();
    },
  };
}

/** in, skip, out and time of Karras and others 2022, table 1, at sigma of the data 0.5. */
function coefficients(sigma) {
  const s = Math.hypot(sigma, 0.5);
  return { in: 1 / s, skip: 0.25 / s ** 2, out: (0.5 * sigma) / s, time: Math.log(sigma) / 4 };
}

/** Heun's method along du / dsigma = (u - D(u)) / sigma, the last step Euler's. */
function flow(tf, problem) {
  const { sigmas, config } = problem;
  const apply = network(tf, config, parameters(tf, problem));
  const start = pictures(tf, problem);
  function slope(x, sigma) {
    const { in: scale, skip, out, time } = coefficients(sigma);
    const output = apply(x.mul(scale), tf.fill([x.shape[0]], time));
    return x
      .mul(1 - skip)
      .sub(output.mul(out))
      .div(sigma);
  }
  function heun(x, sigma, next) {
    const first = slope(x, sigma);
    const guess = x.add(first.mul(next - sigma));
    return next === 0 ? guess : x.add(first.add(slope(guess, next)).mul((next - sigma) / 2));
  }
  const make = () =>
    tf.tidy(() => {
      let x = start;
      for (let i = 0; i + 1 < sigmas.length; i++) x = tf.tidy(() => heun(x, sigmas[i], sigmas[i + 1]));
      return x.dataSync().slice();
    });
  return {
    check: () => ({ x: make() }),
    run(n) {
      for (let i = 0; i < n; i++) make();
    },
  };
}

/** Steps on one picture each, of which a batch makes one of the others' steps: a whole one takes minutes. */
function train(tf, problem) {
  const { config, batch, shape, times } = problem;
  if (config.block_out_channels[0] > 16) throw new Error('too slow: minutes a step');
  const p = parameters(tf, problem);
  const apply = network(tf, config, p);
  const all = pictures(tf, problem);
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  const average = Object.values(p).map((variable) => tf.variable(variable.clone(), false));
  const size = [1, shape.height, shape.width, shape.channels];
  function step() {
    tf.tidy(() => {
      const x = tf.slice(all, [Math.floor(Math.random() * batch), 0, 0, 0], size);
      const sigma = Math.exp(1.2 * tf.randomNormal([1]).dataSync()[0] - 1);
      const { in: scale, skip, out, time } = coefficients(sigma);
      const noisy = x.add(tf.randomNormal(size).mul(sigma));
      optimizer.minimize(() => {
        const denoised = noisy.mul(skip).add(apply(noisy.mul(scale), tf.tensor([time])).mul(out));
        return tf
          .squaredDifference(denoised, x)
          .mean()
          .div(out ** 2);
      });
      Object.values(p).forEach((variable, i) => {
        average[i].assign(average[i].add(variable.sub(average[i]).mul(1e-3)));
      });
    });
  }
  return {
    check: () => ({ y: tf.tidy(() => apply(all, tf.tensor(times)).dataSync().slice()) }),
    /** One picture, as a part of a step. */
    run() {
      step();
      return 1 / batch;
    },
  };
}
