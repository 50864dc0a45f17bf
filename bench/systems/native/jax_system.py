"""JAX: every unit inside jit, loops as lax.scan, the article's code batched by vmap where it is."""
import math

import jax
import jax.numpy as jnp
import jax_unet
from jax import lax, random

jax.config.update("jax_threefry_partitionable", False)
version = jax.__version__
# Steps in one compiled scan of chains.
SCAN = 1000


def tensor(problem, name):
    entry = problem["tensors"][name]
    return jnp.asarray(entry["data"]).reshape(entry["shape"])


def network_params(problem):
    depth = problem["config"]["depth"]
    names = ["rf_layer.alpha", "rf_layer.beta"]
    names += [f"mlp.layers.{i}.{part}" for i in range(depth + 1) for part in ("weight", "bias")]
    return [tensor(problem, name) for name in names]


def network(params, frozen, x, level):
    """The article's network on rows x [..., D] at levels broadcast to them."""
    alpha, beta, *layers = params
    cosines, sines = frozen
    x = x - 0.5
    waves = jnp.concatenate([jnp.cos(2 * math.pi * x @ cosines.T), jnp.sin(2 * math.pi * x @ sines.T)], -1)
    h = jnp.concatenate([alpha[level][..., None] * waves + beta[level][..., None], x], -1)
    for i in range(0, len(layers), 2):
        h = h @ layers[i].T + layers[i + 1]
        if i + 2 < len(layers):
            h = jax.nn.softplus(h)
    return h


def frozen_of(problem):
    return tensor(problem, "rf_layer.B_cos"), tensor(problem, "rf_layer.B_sin")


def adam(params, grads, mean, square, t):
    mean = jax.tree_util.tree_map(lambda m, g: 0.9 * m + 0.1 * g, mean, grads)
    square = jax.tree_util.tree_map(lambda v, g: 0.999 * v + 0.001 * g * g, square, grads)
    rate1, rate2 = 1 - 0.9**t, 1 - 0.999**t
    update = lambda p, m, v: p - 1e-3 * (m / rate1) / (jnp.sqrt(v / rate2) + 1e-8)
    return jax.tree_util.tree_map(update, params, mean, square), mean, square


def train(problem):
    config, batch = problem["config"], problem["batch"]
    dim, levels = config["dim"], config["levels"]
    sigmas = jnp.asarray(problem["sigmas"])[:, None]
    frozen = frozen_of(problem)
    points = jnp.asarray(problem["points"]).reshape(-1, dim)
    logits = jnp.asarray(problem["logits"])
    level = jnp.arange(levels)

    def loss(params, x, z):
        noisy = x[:, None] + z * sigmas
        target = -(noisy - x[:, None]) / sigmas**2
        return jnp.mean(sigmas**2 * jnp.square(network(params, frozen, noisy, level[None]) - target))

    @jax.jit
    def step(params, mean, square, t, key):
        keys = random.split(key, batch + 2)
        x = points[random.categorical(keys[batch], logits, shape=(batch,))]
        z = jax.vmap(lambda k: random.normal(k, (levels, dim)))(keys[:batch])
        value, grads = jax.value_and_grad(loss)(params, x, z)
        return *adam(params, grads, mean, square, t), t + 1, keys[batch + 1], value

    params = network_params(problem)
    zeros = [jnp.zeros_like(p) for p in params]
    state = (params, zeros, zeros, jnp.float32(1), jnp.asarray(problem["key"]))

    def check():
        x = jnp.asarray(problem["x"]).reshape(batch, dim)
        z = jnp.asarray(problem["z"]).reshape(batch, levels, dim)
        value, grads = jax.jit(jax.value_and_grad(loss))(params, x, z)
        flat = jnp.concatenate([g.ravel() for g in grads])
        return {"loss": jnp.atleast_1d(value), "gradient": flat}

    def run(n):
        nonlocal state
        for _ in range(n):
            *state, _ = step(*state)
        jax.block_until_ready(state)
        return n

    return check, run


def chains(problem, score):
    count, dim, eta = problem["chains"], problem["dim"], problem["stepSize"]
    start = jnp.broadcast_to(jnp.asarray(problem["init"]), (count, dim))

    def walk(x, z):
        step = lambda x, z: (x + eta / 2 * score(x) + jnp.sqrt(eta) * z, None)
        return lax.scan(step, x, z)[0]

    # Enough steps in a call to hide the call, few enough that their noise stays small.
    length = max(1, min(SCAN, 1_000_000 // (count * dim)))

    @jax.jit
    def block(x, key):
        now, next_key = random.split(key)
        return walk(x, random.normal(now, (length, count, dim))), next_key

    def check():
        z = jnp.asarray(problem["z"]).reshape(problem["checkSteps"], count, dim)
        x = jax.jit(walk)(start, z)
        if "places" not in problem:
            return {"x": x}
        return {"x": x, "score": jax.jit(score)(jnp.asarray(problem["places"]).reshape(count, dim))}

    def run(n):
        state = start, jnp.asarray(problem["key"])
        calls = -(-n // length)
        for _ in range(calls):
            state = block(*state)
        jax.block_until_ready(state)
        return calls * length

    return check, run


def langevin(problem):
    params, frozen = network_params(problem), frozen_of(problem)
    return chains(problem, lambda x: network(params, frozen, x, problem["level"]))


def mixture(problem):
    means, sds = jnp.asarray(problem["means"]), jnp.asarray(problem["sds"])
    weights = jnp.asarray(problem["weights"])
    constant = jnp.log(weights / weights.sum()) - jnp.log(sds).sum(-1)

    def score(x):
        u = means - x[:, None]
        pull = u / sds**2
        share = jax.nn.softmax(constant - 0.5 * (u * pull).sum(-1))
        return (share[..., None] * pull).sum(1)

    return chains(problem, score)


def empirical(problem):
    dim, sigma = problem["dim"], problem["sigma"]
    points = jnp.asarray(problem["points"]).reshape(-1, dim)
    places = jnp.asarray(problem["x"]).reshape(-1, dim)
    half = 0.5 * jnp.square(points).sum(-1)

    @jax.jit
    def score(x):
        share = jax.nn.softmax((x @ points.T - half) / sigma**2)
        return (share @ points - x) / sigma**2

    return lambda: {"score": score(places)}, lambda n: repeat(n, lambda: score(places))


def repeat(n, call):
    for _ in range(n):
        jax.block_until_ready(call())
    return n


def normal(problem):
    key = jnp.asarray(problem["key"])
    draw = jax.jit(lambda k: random.normal(k, (problem["n"],)))
    return lambda: {"values": draw(key), "generator": "threefry"}, lambda n: repeat(n, lambda: draw(key))


def categorical(problem):
    key, logits = jnp.asarray(problem["key"]), jnp.asarray(problem["logits"])
    draw = jax.jit(lambda k: random.categorical(k, logits, shape=(problem["n"],)))
    return lambda: {"values": draw(key), "generator": "threefry"}, lambda n: repeat(n, lambda: draw(key))


tasks = dict(unetTrain=lambda problem: jax_unet.train(problem, adam), unetPredict=jax_unet.predict, unetFlow=jax_unet.flow, train=train, langevin=langevin, mixture=mixture, empirical=empirical, normal=normal, categorical=categorical)
