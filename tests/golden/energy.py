"""Golden values for a network that is the gradient of a scalar: by JAX's own derivatives, in float64.

    JAX_PLATFORMS=cpu python tests/golden/energy.py

Writes energy.json beside this script. Made with Python 3.11, jax 0.10.2 and numpy 2.4.6 on x86-64.

The network has 2 coordinates, 5 hidden numbers in 2 layers, 3 features. Number i of array number k is
((7919 i + 104729 k) mod 2001 - 1000) / 1000 in float32; arrays are numbered as NAMES has them, then x (6 points), z (their
noise) and nodes (9 points) follow. But out.bias is -2.5, so that some nodes are below the cap.

    phi, gradient: of x at times 0.3 i - 0.7, and jax.grad of it
    denoising: the mean of (D(y) - x)^2, y = x + sigma z, sigma = 0.2 1.5^i, sigmaData 0.5 (Karras and others 2022, table 1), the
        time log(sigma) / 4; and its gradients, through jax.grad of phi
    likelihood: - mean of E(x) + sum over nodes of 0.3 e^E at sigma 0.4, E the log-density of the same denoiser; beyond
        cap = -log(2 pi sigma^2), e^E goes on as its tangent; and its gradients
"""
import json
import math
import pathlib

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
D, H, F, L, E = 2, 5, 3, 2, 32
NAMES = [("features.frequencies", (2, F, D)), ("embedding.time.weight", (E, 13)), ("embedding.time.bias", (E,))]
for layer in range(L):
    NAMES += [
        (f"shift.{layer}.weight", (H, E)),
        (f"shift.{layer}.bias", (H,)),
        (f"layers.{layer}.weight", (H, 2 * F + D if layer == 0 else H)),
        (f"layers.{layer}.bias", (H,)),
    ]
NAMES += [("out.weight", (1, H)), ("out.bias", (1,))]


def values(k, shape):
    i = np.arange(math.prod(shape), dtype=np.int64)
    return np.float32(((7919 * i + 104729 * k) % 2001 - 1000) / 1000).astype(np.float64).reshape(shape)


P = {name: jnp.asarray(values(k, shape)) for k, (name, shape) in enumerate(NAMES)}
P["out.bias"] = jnp.array([-2.5])
X, Z, NODES = (values(len(NAMES) + k, (n, D)) for k, n in enumerate([6, 6, 9]))


def phi(p, x, t):
    turns = 2.0 ** jnp.arange(6)
    numbers = jnp.concatenate([jnp.cos(turns * t), jnp.sin(turns * t), jnp.array([t])])
    silu = jax.nn.silu
    emb = silu(p["embedding.time.weight"] @ numbers + p["embedding.time.bias"])
    cos, sin = (2 * jnp.pi * b @ x for b in p["features.frequencies"])
    h = jnp.concatenate([jnp.cos(cos), jnp.sin(sin), x])
    for layer in range(L):
        a = p[f"layers.{layer}.weight"] @ h + p[f"layers.{layer}.bias"]
        h = silu(a + p[f"shift.{layer}.weight"] @ emb + p[f"shift.{layer}.bias"])
    return (p["out.weight"] @ h + p["out.bias"])[0]


F_net = jax.grad(phi, argnums=1)
SD = 0.5


def denoised(p, y, sigma):
    s = jnp.hypot(sigma, SD)
    return (SD / s) ** 2 * y + sigma * SD / s * F_net(p, y / s, jnp.log(sigma) / 4)


def denoising(p):
    sigmas = 0.2 * 1.5 ** np.arange(6)
    errors = [denoised(p, x + sigma * z, sigma) - x for x, z, sigma in zip(X, Z, sigmas)]
    return jnp.mean(jnp.stack(errors) ** 2)


SIGMA = 0.4
CAP = -math.log(2 * math.pi * SIGMA**2)


def log_density(p, y):
    s = math.hypot(SIGMA, SD)
    skip, out = (SD / s) ** 2, SIGMA * SD / s
    energy = -(1 - skip) * jnp.sum(y**2) / 2 + out * s * phi(p, y / s, math.log(SIGMA) / 4)
    return energy / SIGMA**2


def likelihood(p):
    data = jnp.stack([log_density(p, x) for x in X])
    nodes = jnp.stack([log_density(p, y) for y in NODES])
    below = jnp.exp(jnp.minimum(nodes, CAP))
    return -jnp.mean(data) + 0.3 * jnp.sum(below * (1 + jnp.maximum(nodes - CAP, 0)))


def summary(gradients):
    flat = {name: np.asarray(g).ravel() for name, g in gradients.items() if name != "features.frequencies"}
    pick = lambda g: [float(g[i]) for i in sorted({0, g.size // 2, g.size - 1})]
    return {n: {"entries": pick(g), "square": float(np.sum(g**2))} for n, g in flat.items()}


def with_gradients(loss):
    value, gradients = jax.value_and_grad(loss)(P)
    return {"loss": float(value), "gradients": summary(gradients)}


times = 0.3 * np.arange(6) - 0.7
golden = {
    "phi": [float(phi(P, x, t)) for x, t in zip(X, times)],
    "gradient": [np.asarray(F_net(P, x, t)).tolist() for x, t in zip(X, times)],
    "logDensity": [float(log_density(P, y)) for y in NODES],
    "denoising": with_gradients(denoising),
    "likelihood": with_gradients(likelihood),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
