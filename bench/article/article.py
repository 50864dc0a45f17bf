"""The article's run in JAX, Equinox and Optax: the reference for bench/article.md.

    pip install "jax==0.4.24" "jaxlib==0.4.24" "equinox==0.11.3" "optax==0.1.8" "numpy<2" "scipy<1.13" safetensors
    python bench/article/article.py MNIST_IMAGES OUT [STEPS [KEEP,KEEP,...]]

MNIST_IMAGES is train-images-idx3-ubyte, whole or its first images. Writes OUT/losses.csv (step, loss),
OUT/weights.safetensors, which `scorefield evaluate` reads beside a data.safetensors, and OUT/done.json: seconds of
training and sampling, and the total variation of the article's 400,000 samples from the smoothed truth. The weights
after KEEP steps, multiples of 100, go to OUT/weights-KEEP.safetensors, and their seconds (wall, processor) are printed.
The batches and the noise come from the article's own keys in its own order; only the Python loop around them is
compiled, so that it ends in an hour.
"""
import json
import math
import sys
import time
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np
import optax
from jax import lax, random, vmap
from safetensors.numpy import save_file
from scipy.special import ndtr


class Features(eqx.Module):
    B_cos: jax.Array
    B_sin: jax.Array
    alpha: jax.Array
    beta: jax.Array

    def __init__(self, dim, features, levels, key):
        cos_key, sin_key = random.split(key, 2)
        self.B_cos = random.normal(cos_key, (features, dim))
        self.B_sin = random.normal(sin_key, (features, dim))
        self.alpha = jnp.ones(levels)
        self.beta = jnp.zeros(levels)

    def __call__(self, x, level):
        rf = jnp.concatenate([jnp.cos(2 * math.pi * self.B_cos @ x), jnp.sin(2 * math.pi * self.B_sin @ x)])
        return self.alpha[level] * rf + self.beta[level]


class Network(eqx.Module):
    rf: Features
    mlp: eqx.nn.MLP

    def __init__(self, dim, features, width, depth, levels, key):
        self.rf = Features(dim, features, levels, key)
        self.mlp = eqx.nn.MLP(2 * features + dim, dim, width, depth, activation=jax.nn.softplus, key=key)

    def __call__(self, x, level):
        x = x - 0.5
        return self.mlp(jnp.concatenate([self.rf(x, level), x]))


def one_sample_loss(model, x, sigmas, key):
    noise = random.normal(key, (sigmas.shape[0], x.shape[0])) * sigmas[:, None]
    x_bars = x + noise
    predicted = vmap(model)(x_bars, jnp.arange(sigmas.shape[0]))
    target = -(x_bars - x) / (sigmas**2)[:, None]
    return jnp.mean(jnp.square(predicted - target).mean(-1) * sigmas**2)


def loss(active, static, xs, sigmas, keys):
    model = eqx.combine(static, active)
    return jnp.mean(vmap(one_sample_loss, (None, 0, None, 0))(model, xs, sigmas, keys))


def main(images, out, steps=50_000, keep=()):
    raw = Path(images).read_bytes()
    image = np.frombuffer(raw, np.uint8, 784, 16).reshape(28, 28).astype(float) / 255.0
    logits = jnp.log(image.ravel())
    sigmas = jnp.geomspace(1e-4, 1, 30, endpoint=True)
    model = Network(2, 256, 128, 3, 30, random.PRNGKey(0))
    spec = jtu.tree_map(eqx.is_inexact_array, model)
    spec = eqx.tree_at(lambda m: (m.rf.B_cos, m.rf.B_sin), spec, replace=(False, False))
    optim = optax.adam(1e-3)
    active, static = eqx.partition(model, spec)
    dynamic_static, plain = eqx.partition(static, eqx.is_array)
    state = optim.init(active)

    def step(carry, _):
        active, state, key = carry
        keys = random.split(key, 130)
        pixels = random.categorical(keys[128], logits, shape=(128,))
        xs = jnp.stack([pixels // 28, pixels % 28], -1) / 27
        static = eqx.combine(dynamic_static, plain)
        value, grads = eqx.filter_value_and_grad(loss)(active, static, xs, sigmas, keys[:128])
        updates, state = optim.update(grads, state)
        return (eqx.apply_updates(active, updates), state, keys[129]), value

    arrays, rest = eqx.partition(active, eqx.is_array)

    def run(carry):
        arrays, state, key = carry
        def body(c, x):
            (a, s, k), v = step((eqx.combine(c[0], rest), c[1], c[2]), x)
            return (eqx.filter(a, eqx.is_array), s, k), v
        return lax.scan(body, (arrays, state, key), None, length=100)

    run = jax.jit(run)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    carry = (arrays, state, random.PRNGKey(sum(map(ord, "five"))))
    start, start_processor = time.time(), time.process_time()
    with open(out / "losses.csv", "w") as f:
        f.write("step,loss\n")
        for first in range(0, steps, 100):
            carry, values = run(carry)
            for i, v in enumerate(np.asarray(values)):
                f.write(f"{first + i},{float(v)!r}\n")
            f.flush()
            if first + 100 in keep:
                print(first + 100, time.time() - start, time.process_time() - start_processor, flush=True)
                kept = eqx.combine(carry[0], rest, dynamic_static, plain)
                save(out / f"weights-{first + 100}.safetensors", kept, first + 100)
            if first % 5000 == 0:
                print(f"step {first}, loss {values[0]}, {time.time() - start:.0f} s", flush=True)
    trained = time.time() - start
    model = eqx.combine(carry[0], rest, dynamic_static, plain)
    save(out / "weights.safetensors", model, steps)
    start = time.time()
    path = np.asarray(sample(model, 17))
    sampled = time.time() - start
    done = {"steps": steps, "trainSeconds": trained, "sampleSeconds": sampled}
    done["totalVariation"] = total_variation(path, image, float(sigmas[17]))
    (out / "done.json").write_text(json.dumps(done))
    print(done)


def sample(model, level, steps=400_000, step_size=1e-3):
    """The article's chain: positions [steps, 2]."""
    z_key, _, _ = random.split(random.PRNGKey(0), 3)
    z = random.normal(z_key, (steps, 2))

    def update(x, z):
        x = x + (step_size / 2) * model(x, level) + jnp.sqrt(step_size) * z
        return x, x

    return jax.jit(lambda z: lax.scan(update, jnp.full(2, 0.5), z)[1])(z)


def total_variation(path, image, sigma, bins=50):
    """Half the L1 distance of the samples' histogram and the image smoothed by sigma, one cell for all outside."""
    counts, _, _ = np.histogram2d(path[:, 0], path[:, 1], bins=bins, range=[[0, 1], [0, 1]])
    counts = counts / len(path)
    edges = np.linspace(0, 1, bins + 1)
    mass = np.diff(ndtr((edges[None] - np.arange(28)[:, None] / 27) / sigma), axis=1)
    truth = mass.T @ (image / image.sum()) @ mass
    return float(np.abs(counts - truth).sum() + abs(counts.sum() - truth.sum())) / 2


def save(path, model, step):
    tensors = {f"rf_layer.{name}": getattr(model.rf, name) for name in ("B_cos", "B_sin", "alpha", "beta")}
    for i, layer in enumerate(model.mlp.layers):
        tensors[f"mlp.layers.{i}.weight"], tensors[f"mlp.layers.{i}.bias"] = layer.weight, layer.bias
    network = dict(dim=2, features=256, featureScale=1, width=128, depth=3, levels=30, sigmaMin=1e-4, sigmaMax=1, output="score")
    metadata = {"scorefield": "weights", "network": json.dumps(network), "step": str(step)}
    save_file({k: np.asarray(v) for k, v in tensors.items()}, path, metadata)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int((sys.argv[3:] or [50_000])[0]), [int(n) for n in "".join(sys.argv[4:]).split(",") if n])
