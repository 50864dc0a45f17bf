// U-Nets in jax-js: diffusers' UNet2DModel of DownBlock2D and UpBlock2D, over pictures [n, channel, y, x], the layout that its
// convolution takes.

/** Arrays by diffusers' names and in its shapes. */
const parameters = ({ numpy: np }, { tensors }) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => [name, np.array(data, { shape })]),
  );

/** Of one channel, whose pixels stand as they do with channels last. */
function pictures({ numpy: np }, { x, shape: { height, width, channels } }) {
  if (channels !== 1) throw new Error('pictures must have one channel');
  return np.array(x, { shape: [x.length / (height * width), 1, height, width] });
}

/** The network of parameters p as a function of pictures and times [n], both of which it consumes. */
function network({ numpy: np, nn, lax }, config, p) {
  const { norm_num_groups: groups, layers_per_block: blocks, attention_head_dim: depth } = config;
  const channels = config.block_out_channels;
  const half = channels[0] / 2;
  const rates = np.array(
    Float32Array.from({ length: half }, (_, i) => Math.exp((-Math.log(10000) * i) / half)),
  );

  const named = (name) => p[name].ref;
  const linear = (name, x) =>
    np.matmul(x, np.matrixTranspose(named(`${name}.weight`))).add(named(`${name}.bias`));
  /** A number for each channel, beside a picture's. */
  const channelwise = (name) => named(name).reshape([-1, 1, 1]);
  function conv(name, x, step = 1) {
    const side = p[`${name}.weight`].shape[2];
    const pad = [side >> 1, side >> 1];
    return lax
      .convGeneralDilated(x, named(`${name}.weight`), [step, step], [pad, pad])
      .add(channelwise(`${name}.bias`));
  }
  function groupNorm(name, x) {
    const { shape } = x;
    const parts = x.reshape([shape[0], groups, -1]);
    const centred = parts.ref.sub(np.mean(parts, 2, { keepdims: true }));
    const variance = np.mean(np.square(centred.ref), 2, { keepdims: true });
    const normal = centred.div(np.sqrt(variance.add(1e-5))).reshape(shape);
    return normal.mul(channelwise(`${name}.weight`)).add(channelwise(`${name}.bias`));
  }
  function residual(name, x, time) {
    const h = conv(`${name}.conv1`, nn.silu(groupNorm(`${name}.norm1`, x.ref)));
    const shift = linear(`${name}.time_emb_proj`, nn.silu(time));
    const shifted = h.add(shift.reshape([h.shape[0], -1, 1, 1]));
    const out = conv(`${name}.conv2`, nn.silu(groupNorm(`${name}.norm2`, shifted)));
    return out.add(p[`${name}.conv_shortcut.weight`] ? conv(`${name}.conv_shortcut`, x) : x);
  }
  function attention(name, x) {
    const { shape } = x;
    const [n, size, height, width] = shape;
    const rows = np.matrixTranspose(
      groupNorm(`${name}.group_norm`, x.ref).reshape([n, size, height * width]),
    );
    const heads = (part) =>
      np.transpose(
        linear(`${name}.to_${part}`, rows.ref).reshape([n, height * width, size / depth, depth]),
        [0, 2, 1, 3],
      );
    const products = np.matmul(heads('q'), np.matrixTranspose(heads('k'))).mul(1 / Math.sqrt(depth));
    const out = np.transpose(np.matmul(nn.softmax(products, -1), heads('v')), [0, 2, 1, 3]);
    const mixed = linear(`${name}.to_out.0`, out.reshape([n, height * width, size]));
    rows.dispose();
    return x.add(np.matrixTranspose(mixed).reshape(shape));
  }
  return (x, times) => {
    const angles = times.reshape([-1, 1]).mul(rates.ref);
    const waves = np.concatenate([np.cos(angles.ref), np.sin(angles)], 1);
    const time = linear('time_embedding.linear_2', nn.silu(linear('time_embedding.linear_1', waves)));
    let h = conv('conv_in', x);
    const kept = [h.ref];
    channels.forEach((_, level) => {
      for (let block = 0; block < blocks; block++) {
        h = residual(`down_blocks.${level}.resnets.${block}`, h, time.ref);
        kept.push(h.ref);
      }
      if (level === channels.length - 1) return;
      h = conv(`down_blocks.${level}.downsamplers.0.conv`, h, 2);
      kept.push(h.ref);
    });
    h = residual('mid_block.resnets.0', h, time.ref);
    h = attention('mid_block.attentions.0', h);
    h = residual('mid_block.resnets.1', h, time.ref);
    channels.forEach((_, level) => {
      for (let block = 0; block <= blocks; block++)
        h = residual(`up_blocks.${level}.resnets.${block}`, np.concatenate([h, kept.pop()], 1), time.ref);
      if (level === channels.length - 1) return;
      h = conv(`up_blocks.${level}.upsamplers.0.conv`, np.repeat(np.repeat(h, 2, 2), 2, 3));
    });
    time.dispose();
    return conv('conv_out', nn.silu(groupNorm('conv_norm_out', h)));
  };
}

/** Outputs only: at a picture a second, a step of training and a run of the flow take minutes. */
export function predict(jax, problem) {
  const apply = jax.jit(network(jax, problem.config, parameters(jax, problem)));
  const x = pictures(jax, problem);
  const times = jax.numpy.array(Float32Array.from(problem.times));
  const once = () => apply(x.ref, times.ref).data();
  return {
    check: async () => ({ y: await once() }),
    async run(n) {
      for (let i = 0; i < n; i++) await once();
    },
  };
}
