"""U-Nets in JAX, inside jit: diffusers' UNet2DModel of DownBlock2D and UpBlock2D written out, over pictures [n, y, x, channel]."""
import math

import jax
import jax.numpy as jnp
from jax import lax, random

PICTURES = ("NHWC", "HWIO", "NHWC")


def parameters(problem):
    """Arrays by diffusers' names: kernels [y, x, input, output], matrices [input, output]."""
    arrays = {name: jnp.asarray(entry["data"]).reshape(entry["shape"]) for name, entry in problem["tensors"].items()}
    return {name: a.transpose(2, 3, 1, 0) if a.ndim == 4 else a.T if a.ndim == 2 else a for name, a in arrays.items()}


def pictures(problem):
    config = problem["config"]
    return jnp.asarray(problem["x"]).reshape(-1, *config["sample_size"], config["in_channels"])


def conv(p, name, x, step=1):
    kernel = p[f"{name}.weight"]
    pad = [(side // 2, side // 2) for side in kernel.shape[:2]]
    return lax.conv_general_dilated(x, kernel, (step, step), pad, dimension_numbers=PICTURES) + p[f"{name}.bias"]


def linear(p, name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def group_norm(p, name, x, groups):
    parts = x.reshape(len(x), -1, groups, x.shape[-1] // groups)
    mean = parts.mean((1, 3), keepdims=True)
    variance = parts.var((1, 3), keepdims=True)
    return ((parts - mean) * lax.rsqrt(variance + 1e-5)).reshape(x.shape) * p[f"{name}.weight"] + p[f"{name}.bias"]


def residual(p, name, x, time, groups):
    h = conv(p, f"{name}.conv1", jax.nn.silu(group_norm(p, f"{name}.norm1", x, groups)))
    h = h + linear(p, f"{name}.time_emb_proj", jax.nn.silu(time))[:, None, None]
    h = conv(p, f"{name}.conv2", jax.nn.silu(group_norm(p, f"{name}.norm2", h, groups)))
    return h + (conv(p, f"{name}.conv_shortcut", x) if f"{name}.conv_shortcut.weight" in p else x)


def attention(p, name, x, groups, depth):
    rows = group_norm(p, f"{name}.group_norm", x, groups).reshape(len(x), -1, x.shape[-1])
    heads = lambda part: linear(p, f"{name}.to_{part}", rows).reshape(*rows.shape[:2], -1, depth)
    q, k, v = heads("q"), heads("k"), heads("v")
    weights = jax.nn.softmax(jnp.einsum("nqhd,nkhd->nhqk", q, k) / math.sqrt(depth))
    out = jnp.einsum("nhqk,nkhd->nqhd", weights, v).reshape(rows.shape)
    return x + linear(p, f"{name}.to_out.0", out).reshape(x.shape)


def network(config):
    """The network as a function of parameters, pictures and times [n]."""
    groups, blocks = config["norm_num_groups"], config["layers_per_block"]
    channels, depth = config["block_out_channels"], config["attention_head_dim"]
    levels, half = len(channels), channels[0] // 2

    def apply(p, x, times):
        angles = times[:, None] * jnp.exp(-math.log(10000) * jnp.arange(half) / half)
        time = jnp.concatenate([jnp.cos(angles), jnp.sin(angles)], 1)
        time = linear(p, "time_embedding.linear_2", jax.nn.silu(linear(p, "time_embedding.linear_1", time)))
        h = conv(p, "conv_in", x)
        kept = [h]
        for level in range(levels):
            for block in range(blocks):
                h = residual(p, f"down_blocks.{level}.resnets.{block}", h, time, groups)
                kept.append(h)
            if level < levels - 1:
                h = conv(p, f"down_blocks.{level}.downsamplers.0.conv", h, 2)
                kept.append(h)
        h = residual(p, "mid_block.resnets.0", h, time, groups)
        h = attention(p, "mid_block.attentions.0", h, groups, depth)
        h = residual(p, "mid_block.resnets.1", h, time, groups)
        for level in range(levels):
            for block in range(blocks + 1):
                h = jnp.concatenate([h, kept.pop()], -1)
                h = residual(p, f"up_blocks.{level}.resnets.{block}", h, time, groups)
            if level < levels - 1:
                h = conv(p, f"up_blocks.{level}.upsamplers.0.conv", h.repeat(2, 1).repeat(2, 2))
        return conv(p, "conv_out", jax.nn.silu(group_norm(p, "conv_norm_out", h, groups)))

    return apply


def coefficients(sigma, sigma_data=0.5):
    """in, skip, out and time of Karras and others 2022, table 1."""
    total = sigma**2 + sigma_data**2
    return 1 / jnp.sqrt(total), sigma_data**2 / total, sigma_data * sigma / jnp.sqrt(total), jnp.log(sigma) / 4


def train(problem, adam):
    """Karras and others' denoiser and loss, with sigma of the data 0.5, and the moving average of the weights."""
    apply, data, batch = network(problem["config"]), pictures(problem), problem["batch"]

    def loss(p, x, sigma, z):
        scale, skip, out, times = coefficients(sigma)
        noisy = x + sigma * z
        return jnp.mean(((skip * noisy + out * apply(p, scale * noisy, times.ravel()) - x) / out) ** 2)

    @jax.jit
    def step(p, mean, square, average, t, key):
        key, which, level, noise = random.split(key, 4)
        x = data[random.randint(which, (batch,), 0, len(data))]
        sigma = jnp.exp(1.2 * random.normal(level, (batch, 1, 1, 1)) - 1)
        grads = jax.grad(loss)(p, x, sigma, random.normal(noise, x.shape))
        p, mean, square = adam(p, grads, mean, square, t)
        average = jax.tree_util.tree_map(lambda a, b: a + 1e-3 * (b - a), average, p)
        return p, mean, square, average, t + 1, key

    p = parameters(problem)
    zeros = jax.tree_util.tree_map(jnp.zeros_like, p)
    state = (p, zeros, zeros, p, jnp.float32(1), jnp.asarray(problem["key"]))

    def run(n):
        nonlocal state
        for _ in range(n):
            state = step(*state)
        jax.block_until_ready(state)
        return n

    return predict(problem)[0], run


def predict(problem):
    p, x, times = parameters(problem), pictures(problem), jnp.asarray(problem["times"])
    apply = jax.jit(network(problem["config"]))
    return lambda: {"y": apply(p, x, times)}, repeated(lambda: apply(p, x, times))


def flow(problem):
    """Heun's method along du / dsigma = (u - D(u)) / sigma, the last step Euler's, as one lax.scan."""
    p, start, sigmas = parameters(problem), pictures(problem), jnp.asarray(problem["sigmas"], jnp.float32)
    apply = network(problem["config"])

    def slope(p, x, sigma):
        scale, skip, out, time = coefficients(sigma)
        return (x - skip * x - out * apply(p, scale * x, jnp.full(len(x), time))) / sigma

    @jax.jit
    def make(p, x):
        def heun(x, levels):
            sigma, following = levels
            first = slope(p, x, sigma)
            guess = x + (following - sigma) * first
            return x + (following - sigma) / 2 * (first + slope(p, guess, following)), None

        x, _ = lax.scan(heun, x, (sigmas[:-2], sigmas[1:-1]))
        return x - sigmas[-2] * slope(p, x, sigmas[-2])

    return lambda: {"x": make(p, start)}, repeated(lambda: make(p, start))


def repeated(call):
    def run(n):
        for _ in range(n):
            jax.block_until_ready(call())
        return n

    return run
