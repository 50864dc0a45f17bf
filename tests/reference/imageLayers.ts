// Layers of networks of images in float64 by plain loops, forward only. Pictures are [n, height, width, channels].

/** Numbers in row-major order with their shape. */
export interface Values {
  shape: number[];
  data: ArrayLike<number>;
}

/** Rows and columns of zeros around a picture. */
export type Padding = [top: number, bottom: number, left: number, right: number];

/** Values of the given shape; each(...at) gives the one at those indices. */
function fill(shape: number[], each: (...at: number[]) => number): Values {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  const at = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = each(...at);
    let axis = shape.length - 1;
    while (axis >= 0 && ++at[axis] === shape[axis]) at[axis--] = 0;
  }
  return { shape, data };
}

/**
 * y[n, i, j, o] = bias[o] + sum over r, s, c of weight[o, c, r, s] x[n, stride i + r - top, stride j + s - left, c],
 * where x is 0 outside the picture: x [n, h, w, c], weight [o, c, rows, columns], bias [o].
 */
export function conv2d(
  x: Values,
  weight: Values,
  bias: Values,
  { stride = 1, padding = [0, 0, 0, 0] }: { stride?: number; padding?: Padding } = {},
): Values {
  const [n, height, width, inputs] = x.shape;
  const [outputs, , rows, columns] = weight.shape;
  const [top, bottom, left, right] = padding;
  const outHeight = Math.floor((height + top + bottom - rows) / stride) + 1;
  const outWidth = Math.floor((width + left + right - columns) / stride) + 1;
  // One type of array, and the inputs of a tap side by side: the classifier reads a thousand digits by this loop.
  const pixels = Float64Array.from(x.data);
  const taps = fill([outputs, rows, columns, inputs], (o, r, s, c) => {
    return weight.data[((o * inputs + c) * rows + r) * columns + s];
  }).data as Float64Array;
  return fill([n, outHeight, outWidth, outputs], (b, i, j, o) => {
    let sum = bias.data[o];
    for (let r = 0; r < rows; r++) {
      const row = stride * i + r - top;
      if (row < 0 || row >= height) continue;
      for (let s = 0; s < columns; s++) {
        const column = stride * j + s - left;
        if (column < 0 || column >= width) continue;
        const at = ((b * height + row) * width + column) * inputs;
        const tap = ((o * rows + r) * columns + s) * inputs;
        for (let c = 0; c < inputs; c++) sum += taps[tap + c] * pixels[at + c];
      }
    }
    return sum;
  });
}

/**
 * Gradients of {@link conv2d} with a 3x3 kernel, one pixel of zeros around and a shift [n, o] added to each channel, from that of
 * y: of x [n, h, w, c], of weight [o, c, 3, 3], of bias [o] and of shift.
 */
export function conv2dGradients(
  x: Values,
  weight: Values,
  dy: Values,
): { x: Float64Array; weight: Float64Array; bias: Float64Array; shift: Float64Array } {
  const [n, height, width, inputs] = x.shape;
  const outputs = weight.shape[0];
  const dx = new Float64Array(x.data.length);
  // The channels of a tap side by side, for speed: [o][r][s][c].
  const taps = fill([outputs, 3, 3, inputs], (o, r, s, c) => weight.data[((o * inputs + c) * 3 + r) * 3 + s]);
  const dTaps = new Float64Array(weight.data.length);
  const bias = new Float64Array(outputs);
  const shift = new Float64Array(n * outputs);
  const visit = (b: number, i: number, j: number, o: number) => {
    const d = dy.data[((b * height + i) * width + j) * outputs + o];
    bias[o] += d;
    shift[b * outputs + o] += d;
    for (let r = 0; r < 3; r++) {
      for (let s = 0; s < 3; s++) {
        const [row, column] = [i + r - 1, j + s - 1];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const at = ((b * height + row) * width + column) * inputs;
        const tap = ((o * 3 + r) * 3 + s) * inputs;
        for (let c = 0; c < inputs; c++) {
          dx[at + c] += d * taps.data[tap + c];
          dTaps[tap + c] += d * x.data[at + c];
        }
      }
    }
    return 0;
  };
  fill([n, height, width, outputs], visit);
  const dWeight = fill([outputs, inputs, 3, 3], (o, c, r, s) => dTaps[((o * 3 + r) * 3 + s) * inputs + c]);
  return { x: dx, weight: Float64Array.from(dWeight.data), bias, shift };
}

/**
 * y = weight (x - mean) / sqrt(variance + eps) + bias, with mean and variance over the pixels and the consecutive
 * c / groups channels of a group of a sample (Wu and He 2018): x [n, h, w, c], weight and bias [c].
 */
export function groupNorm(
  x: Values,
  weight: Values,
  bias: Values,
  { groups, eps = 1e-5 }: { groups: number; eps?: number },
): Values {
  const [n, height, width, channels] = x.shape;
  const size = channels / groups;
  const pixels = height * width;
  const average = (b: number, group: number, f: (value: number) => number) => {
    let sum = 0;
    for (let p = 0; p < pixels; p++)
      for (let c = group * size; c < (group + 1) * size; c++)
        sum += f(x.data[(b * pixels + p) * channels + c]);
    return sum / (pixels * size);
  };
  const moments = Array.from({ length: n * groups }, (_, k) => {
    const [b, group] = [Math.floor(k / groups), k % groups];
    const mean = average(b, group, (v) => v);
    return { mean, deviation: Math.sqrt(average(b, group, (v) => (v - mean) ** 2) + eps) };
  });
  return fill(x.shape, (b, i, j, c) => {
    const { mean, deviation } = moments[b * groups + Math.floor(c / size)];
    const value = x.data[((b * height + i) * width + j) * channels + c];
    return (weight.data[c] * (value - mean)) / deviation + bias.data[c];
  });
}

/** x / (1 + exp(-x)) of every number. */
export function silu(x: Values): Values {
  return { shape: x.shape, data: Float64Array.from(x.data, (v) => v / (1 + Math.exp(-v))) };
}

/** Every pixel four times, as a block of 2x2: x [n, h, w, c] gives [n, 2 h, 2 w, c]. */
export function upsample(x: Values): Values {
  const [n, height, width, channels] = x.shape;
  return fill([n, 2 * height, 2 * width, channels], (b, i, j, c) => {
    const pixel = (b * height + Math.floor(i / 2)) * width + Math.floor(j / 2);
    return x.data[pixel * channels + c];
  });
}

/**
 * For each head, softmax over the tokens t of q . k[t] / sqrt(channels / heads), times v (Vaswani and others 2017,
 * equation 1): q, k and v [n, tokens, channels], the channels of a head side by side.
 */
export function attentionCore(q: Values, k: Values, v: Values, { heads }: { heads: number }): Values {
  const [n, tokens, channels] = q.shape;
  const size = channels / heads;
  const weights = fill([n, heads, tokens, tokens], (b, head, i, t) => {
    let dot = 0;
    for (let c = head * size; c < (head + 1) * size; c++)
      dot += q.data[(b * tokens + i) * channels + c] * k.data[(b * tokens + t) * channels + c];
    return dot / Math.sqrt(size);
  }).data as Float64Array;
  for (let row = 0; row < weights.length; row += tokens) {
    const logits = weights.subarray(row, row + tokens);
    const highest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
    logits.forEach((logit, t) => {
      logits[t] = Math.exp(logit - highest) / sum;
    });
  }
  return fill(q.shape, (b, i, c) => {
    const row = ((b * heads + Math.floor(c / size)) * tokens + i) * tokens;
    let sum = 0;
    for (let t = 0; t < tokens; t++) sum += weights[row + t] * v.data[(b * tokens + t) * channels + c];
    return sum;
  });
}

/** y[i, o] = bias[o] + sum over c of weight[o, c] x[i, c]: x [n, c], weight [o, c], bias [o]. */
export function dense(x: Values, weight: Values, bias: Values): Values {
  const [n, inputs] = x.shape;
  return fill([n, weight.shape[0]], (i, o) => {
    let sum = bias.data[o];
    for (let c = 0; c < inputs; c++) sum += weight.data[o * inputs + c] * x.data[i * inputs + c];
    return sum;
  });
}

/** Row ids[i] of the table: ids [n], table [rows, width], giving [n, width]. */
export function embedding(ids: Values, table: Values): Values {
  const width = table.shape[1];
  return fill([ids.shape[0], width], (i, c) => table.data[ids.data[i] * width + c]);
}

/**
 * Sines, then cosines, of time f[j] with f[j] = 10000^(-j / (h - shift)) for j below h = floor(dim / 2), then a 0 if
 * dim is odd (Ho and others 2020; diffusers' get_timestep_embedding): times [n], giving [n, dim]. With `cosinesFirst`
 * (diffusers' flip_sin_to_cos) the halves change places; `shift` is its freq_shift.
 */
export function sinusoidal(
  times: Values,
  { dim, cosinesFirst = true, shift = 0 }: { dim: number; cosinesFirst?: boolean; shift?: number },
): Values {
  const half = Math.floor(dim / 2);
  return fill([times.shape[0], dim], (i, c) => {
    if (c === 2 * half) return 0;
    const angle = times.data[i] * 10000 ** (-(c % half) / (half - shift));
    return c < half === cosinesFirst ? Math.cos(angle) : Math.sin(angle);
  });
}

/**
 * Sines, then cosines, of 2 pi weight[j] log(time), or without `log` of 2 pi weight[j] time (Song and others 2021;
 * diffusers' GaussianFourierProjection): times [n], weight [h], giving [n, 2 h].
 */
export function fourier(times: Values, weight: Values, { log = true }: { log?: boolean } = {}): Values {
  const half = weight.shape[0];
  return fill([times.shape[0], 2 * half], (i, c) => {
    const time = log ? Math.log(times.data[i]) : times.data[i];
    const angle = 2 * Math.PI * weight.data[c % half] * time;
    return c < half ? Math.sin(angle) : Math.cos(angle);
  });
}
