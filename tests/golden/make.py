"""Golden values for the tests: what real JAX, Equinox, Optax and TensorFlow Probability give.

    JAX_PLATFORMS=cpu MNIST_DIR=DIRECTORY python tests/golden/make.py [random mixture network article adam]

Writes NAME.json beside this script, all five when no name is given. DIRECTORY holds
train100-images-idx3-ubyte, the first 100 MNIST training images as published; only article.json needs it.
Made with Python 3.11, jax 0.4.24, jaxlib 0.4.24, equinox 0.11.3, optax 0.1.8, numpy 1.26.4 and
tensorflow-probability 0.23.0 (the versions of the article's time) on x86-64.

A float32 is written as the decimal of the float64 equal to it, so any JSON reader gets it back exactly.
No file holds an infinity or a NaN: where logits may be -inf, the weights are stored instead.
"""
import functools
import json
import math
import os
import sys
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.tree_util as jtu
import numpy as np
import optax
from jax import lax, random, vmap
from jax._src.prng import threefry_2x32
from jax.experimental import enable_x64
from tensorflow_probability.substrates import jax as tfp

HERE = Path(__file__).parent
tfd = tfp.distributions


# Random numbers ------------------------------------------------------------------------------------------

# The 20-round threefry2x32 lines of Random123's kat_vectors: key, counter, output.
RANDOM123 = [
    ([0, 0], [0, 0], [0x6B200159, 0x99BA4EFE]),
    ([0xFFFFFFFF, 0xFFFFFFFF], [0xFFFFFFFF, 0xFFFFFFFF], [0x1CB996FC, 0xBB002BE7]),
    ([0x13198A2E, 0x03707344], [0x243F6A88, 0x85A308D3], [0xC4923A9C, 0x483DF7A0]),
]


def make_random():
    return {
        "threefry2x32": known_answers(),
        "keys": seeded_keys(),
        "erfInv": erf_inv_values(),
        "gumbelOf": gumbel_values(),
        "layouts": {"original": layout_values(False), "partitionable": layout_values(True)},
    }


def known_answers():
    def apply(key, counter):
        return threefry_2x32(jnp.array(key, jnp.uint32), jnp.array(counter, jnp.uint32)).tolist()

    for key, counter, output in RANDOM123:
        assert apply(key, counter) == output
    more = [([0, 426], [low, high]) for low in (0, 1, 2**32 - 2, 2**32 - 1) for high in (0, 1, 2**32 - 1)]
    return [{"key": k, "counter": c, "output": apply(k, c)} for k, c in [r[:2] for r in RANDOM123] + more]


def seeded_keys():
    """PRNGKey(seed) with and without 64-bit integers: without them only the low word of a seed counts."""
    rows = []
    for x64 in (False, True):
        with enable_x64(x64):
            for seed in (0, 1, 426, 2**31 - 1, np.uint32(2**32 - 1), 2**40 + 5, -1):
                rows.append({"seed": int(seed), "x64": x64, "key": listed(random.PRNGKey(seed))})
    return rows


def erf_inv_values():
    steps = np.arange(0, 2**23, 2**18 - 1)
    u = np.concatenate([steps / 2**22 - 1 + 2.0**-24, [-(2.0**-30), 0, 1e-20, 0.9966, 0.99664, 0.9967]])
    u = np.concatenate([u, 1 - 2.0**-np.arange(8, 25), -1 + 2.0**-np.arange(8, 25)]).astype(np.float32)
    return {"u": listed(u), "value": listed(lax.erf_inv(u))}


def gumbel_values():
    """-log(-log(u)) at the ends and the middle of what uniform(minval=tiny, maxval=1) gives."""
    tiny = np.finfo(np.float32).tiny
    u = np.float32([tiny, *2.0 ** -np.arange(23, 0, -1), *(1 - 2.0 ** -np.arange(2, 24))])
    return {"u": listed(u), "value": listed(-jnp.log(-jnp.log(u)))}


def layout_values(partitionable):
    with jax.threefry_partitionable(partitionable):
        keys = [random.PRNGKey(0), random.PRNGKey(426), jnp.array([0xDEADBEEF, 0xFFFFFFFF], jnp.uint32)]
        shapes = [[0], [1], [2], [3], [7], [8], [33], [60], [30, 2], [1000]]
        return {
            "split": [split_row(k, n) for k in keys for n in (1, 2, 3, 5, 130)],
            "foldIn": [fold_row(k, data) for k in keys for data in (0, 1, 7, 2**31, 2**32 - 1)],
            "arrays": [array_row(k, shape) for k in keys[:2] for shape in shapes],
            "uniformRange": [range_row(keys[1], *ends) for ends in ((-2, 3), (0.25, 0.5), (-0.0441, 0.0441))],
            "categorical": [categorical_row(keys[1], *row) for row in categorical_cases()],
            "largeNormal": large_normal(),
        }


def split_row(key, n):
    return {"key": listed(key), "n": n, "keys": np.asarray(random.split(key, n)).tolist()}


def fold_row(key, data):
    return {"key": listed(key), "data": data, "result": listed(random.fold_in(key, np.uint32(data)))}


def array_row(key, shape):
    """All values, or of more than 100 the first 8 and the last 8."""
    bits = random.bits(key, shape)
    arrays = dict(bits=bits, uniform=random.uniform(key, shape), normal=random.normal(key, shape))
    arrays["gumbel"] = random.gumbel(key, shape)
    cut = np.arange(bits.size) if bits.size <= 100 else np.r_[:8, -8:0]
    shown = {name: listed(a.ravel()[cut]) for name, a in arrays.items()}
    total = int(np.asarray(bits, np.uint64).sum() % 2**32)
    return {"key": listed(key), "shape": shape, "bitSum": total, **shown}


def range_row(key, minval, maxval):
    values = random.uniform(key, (33,), minval=minval, maxval=maxval)
    return {"key": listed(key), "shape": [33], "minval": minval, "maxval": maxval, "values": listed(values)}


def categorical_cases():
    ramp = [((5 * i) % 11) / 10 for i in range(11)]  # a zero first, and 11 categories
    return [(ramp, 1), (ramp, 7), (ramp, 64), ([0, 0, 1, 0], 5), ([0.5, 2], 9), ([3], 3), (ramp * 13, 33)]


def categorical_row(key, weights, n):
    logits = jnp.log(jnp.array(weights, jnp.float32))
    row = {"key": listed(key), "weights": listed(np.float32(weights)), "n": n}
    row["indices"] = listed(random.categorical(key, logits, shape=(n,)))
    return row | {"margin": categorical_margin(key, logits, n)}


def categorical_margin(key, logits, n):
    """By how much the closest of n draws was won (rounding must not decide it); None without a contest."""
    possible = np.isfinite(logits)
    if possible.sum() < 2:
        return None
    ordered = np.sort(np.asarray(random.gumbel(key, (n, logits.size)) + logits)[:, possible], axis=1)
    return float(np.min(ordered[:, -1] - ordered[:, -2]))


def large_normal():
    """A few entries of the article's normal(z_key, [400000, 2]), its largest and smallest among them."""
    key = random.split(random.PRNGKey(0), 3)[0]
    z = np.asarray(random.normal(key, (400_000, 2))).ravel()
    at = [0, 1, 2, 1999, 2000, 399_999, 400_000, 400_001, 799_998, 799_999, *range(12_345, 800_000, 40_009)]
    at += [int(z.argmin()), int(z.argmax()), int(np.abs(z).argmin())]
    return {"key": listed(key), "shape": [400_000, 2], "at": at, "values": listed(z[at])}


# Mixtures ------------------------------------------------------------------------------------------------

ARTICLE_MIXTURE = dict(means=[[0.5, 0.5], [-0.5, -0.5]], sds=[[0.4, 0.4], [0.4, 0.4]], weights=[0.5, 0.5])
THREE = dict(
    means=[[0.0, 1.0, -2.0], [0.5, -0.25, 0.75], [-1.5, 0.0, 0.0]],
    sds=[[0.3, 1.0, 2.0], [0.05, 0.5, 0.1], [1.0, 1.0, 0.2]],
    weights=[0.2, 0.7, 0.1],
)


def make_mixture():
    plane = [[x, y] for x in (-1, -1 / 3, 0, 0.5, 1) for y in (-0.5, 0, 1)]
    far = [[50, 50], [-50, 50], [50, -50], [-50, 0], [0, 50], [8, -7.5], [1e-3, -1e-3]]
    solid = [[x, y, z] for x in (-1.5, 0.5) for y in (0, 1) for z in (-2, 0.7)]
    solid += [[50, 50, 50], [-50, 0, 50], [0, -50, 0], [-3, 4, -5]]
    return {
        "article": ARTICLE_MIXTURE | evaluate_mixture(ARTICLE_MIXTURE, plane + far),
        "three": THREE | evaluate_mixture(THREE, solid),
        "langevin": mixture_langevin(),
    }


def build_mixture(m):
    return tfd.MixtureSameFamily(
        tfd.Categorical(probs=jnp.array(m["weights"])),
        tfd.MultivariateNormalDiag(loc=jnp.array(m["means"]), scale_diag=jnp.array(m["sds"])),
    )


def evaluate_mixture(m, points):
    """At points that float32 holds exactly, in float32 and again in float64."""
    points = np.float32(points).astype(float)
    result = {"points": points.tolist()}
    for name, x64 in (("float32", False), ("float64", True)):
        with enable_x64(x64):
            mixture, x = build_mixture(m), jnp.array(points)
            result[name] = dict(
                logProb=listed(mixture.log_prob(x)),
                prob=listed(mixture.prob(x)),
                score=np.asarray(vmap(jax.grad(mixture.log_prob))(x)).tolist(),
            )
    return result


def langevin_path(score, z, x0, step_size):
    """The article's update: x + step/2 score(x) + sqrt(step) z. Returns the points after each step."""
    def update(x, z):
        x = x + (step_size / 2) * score(x) + jnp.sqrt(step_size) * z
        return x, x

    return lax.scan(update, x0, z)[1]


def mixture_langevin():
    z_key, x0_key, key = random.split(random.PRNGKey(0), 3)
    z = random.normal(z_key, shape=(200, 2))
    x0 = random.normal(x0_key, shape=(2,)) * 0.5
    path = langevin_path(jax.grad(build_mixture(ARTICLE_MIXTURE).log_prob), z, x0, 0.01)
    return {"zKey": listed(z_key), "x0": listed(x0), "stepSize": 0.01, "path": np.asarray(path).tolist()}


# The article's network and loss --------------------------------------------------------------------------


class Features(eqx.Module):
    """alpha_l [cos(2 pi B_cos x), sin(2 pi B_sin x)] + beta_l, with frozen B_cos and B_sin.

    Row i of either is standard normal times spread^(i / (features - 1)). Where `averaged` names the levels' noise, a
    feature of frequency b is its mean over it, exp(-2 pi^2 |b|^2 sigma^2) times the feature.
    """

    B_cos: jax.Array
    B_sin: jax.Array
    alpha: jax.Array
    beta: jax.Array
    averaged: tuple = eqx.field(static=True)

    def __init__(self, dim, features, levels, key, spread=1, averaged=()):
        cos_key, sin_key = random.split(key, 2)
        scales = jnp.float32(np.geomspace(1, spread, features))[:, None]
        self.B_cos = random.normal(cos_key, (features, dim)) * scales
        self.B_sin = random.normal(sin_key, (features, dim)) * scales
        self.alpha = jnp.ones(levels)
        self.beta = jnp.zeros(levels)
        self.averaged = averaged

    def __call__(self, x, level):
        rf = jnp.concatenate([jnp.cos(2 * math.pi * self.B_cos @ x), jnp.sin(2 * math.pi * self.B_sin @ x)])
        if self.averaged:
            squares = jnp.sum(jnp.square(jnp.concatenate([self.B_cos, self.B_sin])), axis=1)
            rf = rf * jnp.exp(-2 * math.pi**2 * squares * jnp.array(self.averaged)[level] ** 2)
        return self.alpha[level] * rf + self.beta[level]


class Network(eqx.Module):
    rf: Features
    mlp: eqx.nn.MLP

    def __init__(self, dim, features, width, depth, levels, key, spread=1, averaged=()):
        self.rf = Features(dim, features, levels, key, spread, averaged)
        self.mlp = eqx.nn.MLP(2 * features + dim, dim, width, depth, activation=jax.nn.softplus, key=key)

    def __call__(self, x, level):
        x = x - 0.5
        return self.mlp(jnp.concatenate([self.rf(x, level), x]))


def one_sample_loss(model, x, sigmas, key):
    """Mean over levels and coordinates of sigma^2 (score - target)^2 for one data point x [D]."""
    noise = random.normal(key, (sigmas.shape[0], x.shape[0])) * sigmas[:, None]
    x_bars = x + noise
    predicted = vmap(model)(x_bars, jnp.arange(sigmas.shape[0]))
    target = -(x_bars - x) / (sigmas**2)[:, None]
    return jnp.mean(jnp.square(predicted - target).mean(-1) * sigmas**2)


def batch_loss(active, frozen, xs, sigmas, keys):
    model = eqx.combine(frozen, active)
    return jnp.mean(vmap(one_sample_loss, (None, 0, None, 0))(model, xs, sigmas, keys))


def partition(model):
    """The trained arrays, and everything else."""
    spec = jtu.tree_map(eqx.is_inexact_array, model)
    spec = eqx.tree_at(lambda m: (m.rf.B_cos, m.rf.B_sin), spec, replace=(False, False))
    return eqx.partition(model, spec)


@eqx.filter_jit
def loss_and_gradients(model, xs, sigmas, keys):
    active, frozen = partition(model)
    return eqx.filter_value_and_grad(batch_loss)(active, frozen, xs, sigmas, keys)


@functools.partial(jax.jit, static_argnums=0)
def adam_update(rate, gradients, state):
    return optax.adam(rate).update(gradients, state)


def tensors_of(tree):
    """The arrays of a network, or of its gradients, by name; a weight is [outputs, inputs]."""
    rf = tree.rf
    named = {"B_cos": rf.B_cos, "B_sin": rf.B_sin, "alpha": rf.alpha, "beta": rf.beta}
    for i, layer in enumerate(tree.mlp.layers):
        named |= {f"W{i}": layer.weight, f"b{i}": layer.bias}
    return {name: np.asarray(a) for name, a in named.items() if a is not None}


# Small networks, every number ----------------------------------------------------------------------------


def make_network():
    return {"cases": [network_case(2), network_case(1), network_case(0), network_case(2, spread=4, averaged=True)]}


def network_case(depth, spread=1, averaged=False):
    config = dict(dim=3, features=5, width=7, depth=depth, levels=4)
    sigmas = jnp.geomspace(0.05, 1, 4, endpoint=True)
    noise = tuple(listed(sigmas)) if averaged else ()
    model = Network(**config, key=random.PRNGKey(11), spread=spread, averaged=noise)
    extras = dict(featureSpread=spread, encoding="averaged") if averaged else {}
    alpha_key, beta_key = random.split(random.PRNGKey(12))
    shifted = eqx.tree_at(
        lambda m: (m.rf.alpha, m.rf.beta),
        model,
        replace=(1 + 0.5 * random.normal(alpha_key, (4,)), 0.5 * random.normal(beta_key, (4,))),
    )
    points = random.uniform(random.PRNGKey(7), (6, 3))
    keys = random.split(random.PRNGKey(5), 6)
    return {
        "config": config | {"seed": 11} | extras,
        "sigmas": listed(sigmas),
        "points": np.asarray(points).tolist(),
        "keys": np.asarray(keys).tolist(),
        "normals": np.asarray(vmap(lambda k: random.normal(k, (4, 3)))(keys)).tolist(),
        "initial": network_state(model, points, sigmas, keys),
        "shifted": network_state(shifted, points, sigmas, keys),
        "adam": adam_steps(model, points, sigmas, keys),
    }


def network_state(model, points, sigmas, keys):
    x = jnp.concatenate([points[:2], 3 * random.normal(random.PRNGKey(3), (3, points.shape[1]))])
    scores = [vmap(lambda p: model(p, level))(x) for level in range(sigmas.size)]
    loss, gradients = loss_and_gradients(model, points, sigmas, keys)
    return {
        "tensors": {name: whole(a) for name, a in tensors_of(model).items()},
        "x": np.asarray(x).tolist(),
        "scores": np.asarray(scores).tolist(),
        "loss": float(loss),
        "gradients": {name: whole(a) for name, a in tensors_of(gradients).items()},
    }


def adam_steps(model, points, sigmas, keys, steps=3, rate=1e-3):
    """Each step on the same points with the same noise."""
    state, losses = optax.adam(rate).init(partition(model)[0]), []
    for _ in range(steps):
        loss, gradients = loss_and_gradients(model, points, sigmas, keys)
        updates, state = adam_update(rate, gradients, state)
        model = eqx.apply_updates(model, updates)
        losses.append(float(loss))
    return {
        "learningRate": rate,
        "losses": losses,
        "tensors": {name: whole(a) for name, a in tensors_of(model).items()},
    }


# The article's network, summaries ------------------------------------------------------------------------

ARTICLE = dict(dim=2, features=256, width=128, depth=3, levels=30)


def make_article():
    sigmas = jnp.geomspace(0.0001, 1, 30, endpoint=True)
    model = Network(**ARTICLE, key=random.PRNGKey(0))
    return {
        "config": ARTICLE | {"seed": 0, "dataSeed": 426, "batch": 128, "learningRate": 1e-3},
        "sigmas": listed(sigmas),
        "initial": {name: summary(a) for name, a in tensors_of(model).items()},
        "langevin": article_langevin(model),
        "runs": {
            "mnist": article_run(model, sigmas, mnist_image(0)),
            "synthetic": article_run(model, sigmas, synthetic_image()),
        },
    }


def mnist_image(index):
    raw = (Path(os.environ["MNIST_DIR"]) / "train100-images-idx3-ubyte").read_bytes()
    return np.frombuffer(raw, np.uint8, 784, 16 + 784 * index).reshape(28, 28).astype(float) / 255.0


def synthetic_image():
    """12 x 12 intensities that need no file: pixel (r, c) is ((31 r + 17 c) mod 7) / 6."""
    return np.array([[(31 * r + 17 * c) % 7 / 6 for c in range(12)] for r in range(12)])


def article_run(model, sigmas, image, steps=10, batch=128, rate=1e-3):
    """The article's loop. Batches are made outside of jit, as there: the division is not strength-reduced."""
    logits, width = jnp.log(image.ravel()), image.shape[1]
    state, key = optax.adam(rate).init(partition(model)[0]), random.PRNGKey(426)
    losses, sums, margins, first = [], [], [], {}
    for step in range(steps):
        *loss_keys, sample_key, key = random.split(key, batch + 2)
        pixels = random.categorical(sample_key, logits, shape=(batch,))
        xs = jnp.stack([pixels // width, pixels % width], axis=-1) / (width - 1)
        loss, gradients = loss_and_gradients(model, xs, sigmas, jnp.stack(loss_keys))
        updates, state = adam_update(rate, gradients, state)
        model = eqx.apply_updates(model, updates)
        losses.append(float(loss))
        sums.append(int(pixels.sum()))
        margins.append(categorical_margin(sample_key, logits, batch))
        if step == 0:
            named = {name: summary(a) for name, a in tensors_of(gradients).items()}
            first = {"pixels": listed(pixels), "gradients": named}
    return {
        **first,
        "losses": losses,
        "pixelSums": sums,
        "margin": min(margins),
        "parameters": {name: summary(a) for name, a in tensors_of(model).items()},
        "langevin": article_langevin(model),
    }


def article_langevin(model, level=17, steps=1000, every=50):
    """The first 1,000 steps of the article's sampling run; row i is the point after every * (i + 1) steps."""
    z_key, x0_key, key = random.split(random.PRNGKey(0), 3)
    z = random.normal(z_key, shape=(400_000, 2))[:steps]
    path = langevin_path(functools.partial(model, level=level), z, jnp.ones(2) * 0.5, 0.001)
    kept = np.asarray(path)[every - 1 :: every]
    return {"level": level, "stepSize": 0.001, "every": every, "path": kept.tolist()}


# Adam ----------------------------------------------------------------------------------------------------


def make_adam():
    start = np.float32([1, -2, 0.5, 0, 3e-3, 100])
    gradients = np.float32([
        [0.1, -2, 0, 1e-8, 5, -300],
        [0.2, 2, 0, -1e-8, 5, 0],
        [-0.3, 0, 0, 1e-4, 5, 250],
        [0, 0, 1, 0, 5, 1e-3],
        [1, -1, -1, 7, 5, 0.25],
    ])
    return {
        "start": listed(start),
        "gradients": gradients.tolist(),
        "runs": [adam_run(start, gradients, rate) for rate in (1e-3, 0.05)],
        "corrections": [correction_row(count) for count in (*range(1, 11), 100, 1000, 10_000, 50_000)],
    }


@jax.jit
def bias_corrections(count):
    return 1 - 0.9**count, 1 - 0.999**count


def correction_row(count):
    """Optax's bias corrections, 1 - decay^count in float32."""
    mean, square = map(float, bias_corrections(jnp.int32(count)))
    return {"count": count, "mean": mean, "square": square}


def adam_run(x, gradients, rate):
    """The defaults beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 outside of the root."""
    x, state, path = jnp.array(x), optax.adam(rate).init(jnp.array(x)), []
    for g in gradients:
        updates, state = adam_update(rate, jnp.array(g), state)
        x = optax.apply_updates(x, updates)
        path.append(listed(x))
    return {"learningRate": rate, "path": path, "mean": listed(state[0].mu), "square": listed(state[0].nu)}


# Writing -------------------------------------------------------------------------------------------------


def listed(a):
    return np.asarray(a).ravel().tolist()


def whole(a):
    return {"shape": list(a.shape), "values": listed(a)}


def summary(a):
    """float64 sums, and entries: all up to 128, of more the first 8, the last 8 and 64 strided ones."""
    flat, at = a.ravel().astype(float), np.arange(a.size)
    if a.size > 128:
        at = np.unique(np.r_[at[:8], np.arange(64) * a.size // 64, at[-8:]])
    sums = dict(sum=flat.sum(), absSum=np.abs(flat).sum(), norm=np.sqrt(np.square(flat).sum()))
    return {"shape": list(a.shape), **sums, "at": at.tolist(), "values": flat[at].tolist()}


MAKERS = dict(
    random=make_random, mixture=make_mixture, network=make_network, article=make_article, adam=make_adam
)


def write(name):
    versions = {module.__name__: module.__version__ for module in (jax, eqx, optax, np)}
    data = {"versions": versions} | MAKERS[name]()
    encode = functools.partial(json.dumps, separators=(",", ":"), allow_nan=False)
    path = HERE / f"{name}.json"
    path.write_text("{\n" + ",\n".join(f"{encode(k)}:{encode(v)}" for k, v in data.items()) + "\n}\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    for name in sys.argv[1:] or MAKERS:
        write(name)
