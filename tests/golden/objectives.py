"""Golden values of score matching without targets: what JAX's derivatives give in float64.

    JAX_PLATFORMS=cpu python tests/golden/objectives.py

Writes objectives.safetensors beside this script, in some seconds, with jax 0.10.2, numpy 2.4.6 and safetensors 0.8.0. The
trace is that of jax.jacfwd, gradients are jax.grad's of the whole loss. Noise and projections are those of jax.random in
float32, with its present layout of counters (partitionable).

Two networks: `article`, that of network.json of depth 2, state `shifted`, at four levels from 0.05 to 1; `mlp`, a small
multilayer network over 17 coordinates with two classes and a label for none, taken for Karras and others' preconditioned
denoiser with sigmaData 0.5. Tensors are named NETWORK/OBJECTIVE/PROJECTIONS/PARAMETER, parameters of the second NETWORK/PARAMETER;
metadata hold losses by NETWORK/OBJECTIVE/PROJECTIONS.
"""
import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from safetensors.numpy import save_file

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent
OBJECTIVES = [("implicit", "none"), ("sliced", "normal"), ("sliced", "sign"), ("slicedReduced", "normal"), ("slicedReduced", "sign")]


def draw(key, shape, projections):
    if projections == "sign":
        # As random.rademacher draws them where numbers are float32.
        return 2.0 * random.bernoulli(key, jnp.float32(0.5), shape) - 1
    return random.normal(key, shape, dtype=jnp.float32).astype(jnp.float64)


def matching(score, y, objective, v):
    """The loss of one sample, summed over coordinates."""
    s = score(y)
    if objective == "implicit":
        return jnp.trace(jax.jacfwd(score)(y)) + s @ s / 2
    curvature = v @ jax.jvp(score, (y,), (v,))[1]
    return curvature + ((v @ s) ** 2 if objective == "sliced" else s @ s) / 2


def article(params, level, y):
    x = y - 0.5
    turn = 2 * jnp.pi
    features = jnp.concatenate([jnp.cos(turn * params["B_cos"] @ x), jnp.sin(turn * params["B_sin"] @ x)])
    h = jnp.concatenate([params["alpha"][level] * features + params["beta"][level], x])
    for i in range(3):
        h = params[f"W{i}"] @ h + params[f"b{i}"]
        h = jax.nn.softplus(h) if i < 2 else h
    return h


def article_values(losses, tensors):
    case = json.loads((HERE / "network.json").read_text())["cases"][0]
    given = case["shifted"]["tensors"]
    params = {n: jnp.array(t["values"], jnp.float64).reshape(t["shape"]) for n, t in given.items()}
    fixed = {n: params.pop(n) for n in ("B_cos", "B_sin")}
    sigmas = jnp.array(case["sigmas"], jnp.float64)
    points = jnp.array(case["points"], jnp.float64)
    keys = [random.wrap_key_data(jnp.array(k, jnp.uint32)) for k in case["keys"]]
    projection_keys = [random.fold_in(k, 1) for k in keys]
    shape = (len(sigmas), points.shape[1])

    def loss(trained, objective, projections):
        total = 0.0
        for x, key, projection_key in zip(points, keys, projection_keys):
            z, v = draw(key, shape, "normal"), draw(projection_key, shape, projections)
            for level, sigma in enumerate(sigmas):
                score = lambda y: article(trained | fixed, level, y)
                total += sigma**2 * matching(score, x + sigma * z[level], objective, v[level])
        return total / (points.size * len(sigmas))

    for objective, projections in OBJECTIVES:
        value, gradients = jax.value_and_grad(loss)(params, objective, projections)
        losses[f"article/{objective}/{projections}"] = float(value)
        for name, gradient in gradients.items():
            tensors[f"article/{objective}/{projections}/{name}"] = np.array(gradient, np.float32)


def mlp(p, y, time, label):
    linear = lambda name, x: p[f"{name}.weight"] @ x + p[f"{name}.bias"]
    octaves = 2.0 ** jnp.arange(6) * time
    # The numbers of a time are float32, as the network reads them.
    numbers = jnp.concatenate([jnp.cos(octaves), jnp.sin(octaves), time[None]]).astype(jnp.float32).astype(jnp.float64)
    embedded = jax.nn.silu(linear("embedding.time", numbers) + p["embedding.label.weight"][label])
    h = jax.nn.silu(linear("in", y) + linear("shift.0", embedded))
    a = jax.nn.silu(linear("blocks.1.a", h) + linear("shift.1", embedded))
    h = linear("blocks.1.b", a) + h
    return linear("out", h) + linear("skip", y)


def mlp_values(losses, tensors):
    D, H, labels, B = 17, 4, 3, 11
    shapes = {"embedding.time": (H, 13), "in": (H, D), "shift.0": (H, H), "shift.1": (H, H), "blocks.1.a": (H, H)}
    shapes |= {"blocks.1.b": (H, H), "out": (D, H), "skip": (D, D)}
    rng = np.random.default_rng(5)
    p = {"embedding.label.weight": rng.normal(size=(labels, H))}
    for name, (n, k) in shapes.items():
        p[f"{name}.weight"], p[f"{name}.bias"] = rng.normal(size=(n, k)) * 1.5 / k**0.5, 0.3 * rng.normal(size=n)
    p = {n: a.astype(np.float32) for n, a in p.items()}
    tensors |= {f"mlp/{n}": a for n, a in p.items()}
    p = {n: jnp.array(a, jnp.float64) for n, a in p.items()}
    x = rng.normal(size=(B, D)).astype(np.float32)
    sigmas = np.exp(rng.normal(size=B) - 1).astype(np.float32)
    label = rng.integers(0, labels, B)
    tensors |= {"mlp/x": x, "mlp/sigmas": sigmas, "mlp/labels": label.astype(np.float32)}
    keys, projection_keys = (random.split(random.key(seed), B) for seed in (3, 4))

    def loss(p, objective, projections):
        total = 0.0
        for b in range(B):
            sigma = jnp.array(sigmas[b], jnp.float64)
            s2 = sigma**2 + 0.25
            skip, out, into = 0.25 / s2, 0.5 * sigma / jnp.sqrt(s2), 1 / jnp.sqrt(s2)
            z, v = draw(keys[b], (D,), "normal"), draw(projection_keys[b], (D,), projections)
            score = lambda y: ((skip - 1) * y + out * mlp(p, into * y, jnp.log(sigma) / 4, label[b])) / sigma**2
            # The weight 1 / out^2 of the squared error of D is sigma^4 / out^2 of that of the score.
            total += sigma**4 / out**2 * matching(score, x[b] + sigma * z, objective, v)
        return total / (B * D)

    for objective, projections in [OBJECTIVES[0], OBJECTIVES[1], OBJECTIVES[4]]:
        value, gradients = jax.value_and_grad(loss)(p, objective, projections)
        losses[f"mlp/{objective}/{projections}"] = float(value)
        for name, gradient in gradients.items():
            tensors[f"mlp/{objective}/{projections}/{name}"] = np.array(gradient, np.float32)


def main():
    losses, tensors = {}, {}
    article_values(losses, tensors)
    mlp_values(losses, tensors)
    versions = {m.__name__: m.__version__ for m in (jax, np)}
    path = HERE / "objectives.safetensors"
    save_file(tensors, path, {"losses": json.dumps(losses), "versions": json.dumps(versions)})
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
