"""Golden values for the diffusion processes: what JAX and diffrax give.

    JAX_PLATFORMS=cpu python tests/golden/diffusion.py

Writes diffusion.json beside this script; make.py beside it gives the network. Made with Python 3.11, jax 0.4.24, jaxlib
0.4.24, diffrax 0.5.0, equinox 0.11.3, numpy 1.26.4 and tensorflow-probability 0.23.0 on x86-64.
"""
import functools
import json

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import random, vmap
from jax.experimental import enable_x64
from jax.scipy.special import logsumexp

import make

MIXTURE = dict(means=[[0.5, 1.0], [-0.75, 0.25]], sds=[[0.4, 0.3], [0.25, 0.6]], weights=[0.3, 0.7])
X = [[0.5, 1.0], [-0.75, 0.25], [0.0, 0.5], [1.5, -1.0], [-2.0, 2.0], [0.25, 0.75]]
# Where the flow to the data starts, in standard deviations of the noise at time 1.
Z = [[0.0, 0.0], [1.0, -0.5], [-1.25, 0.25], [0.3, 2.0], [-0.02, -0.7]]
EXPLODING = dict(sigmaMin=0.05, sigmaMax=30.0)
PRESERVING = dict(betaMin=0.1, betaMax=20.0, tMin=0.005)


def log_prob(x, alpha, sigma):
    """log-density of alpha x0 + sigma noise."""
    means, sds, weights = (jnp.array(MIXTURE[name]) for name in ("means", "sds", "weights"))
    variances = (alpha * sds) ** 2 + sigma**2
    exponents = -0.5 * jnp.sum((x - alpha * means) ** 2 / variances + jnp.log(2 * jnp.pi * variances), axis=1)
    return logsumexp(exponents + jnp.log(weights))


def exploding():
    low, growth = EXPLODING["sigmaMin"], jnp.log(EXPLODING["sigmaMax"] / EXPLODING["sigmaMin"])
    sigma = lambda t: low * jnp.exp(growth * t)
    return dict(alpha=lambda t: 1.0, sigma=sigma, f=lambda t: 0.0, g2=lambda t: 2 * growth * sigma(t) ** 2, t_min=0.0)


def preserving():
    low, slope = PRESERVING["betaMin"], PRESERVING["betaMax"] - PRESERVING["betaMin"]
    total = lambda t: low * t + slope * t**2 / 2
    beta = lambda t: low + slope * t
    return dict(
        alpha=lambda t: jnp.exp(-total(t) / 2),
        sigma=lambda t: jnp.sqrt(-jnp.expm1(-total(t))),
        f=lambda t: -beta(t) / 2,
        g2=beta,
        t_min=PRESERVING["tMin"],
    )


def velocity(process, t, x):
    """dx / dt of the probability flow (Song and others 2021, equation 13), in the process's own time and view."""
    score = jax.grad(log_prob)(x, process["alpha"](t), process["sigma"](t))
    return process["f"](t) * x - 0.5 * process["g2"](t) * score


def solve(field, t0, t1, state):
    return diffrax.diffeqsolve(
        diffrax.ODETerm(field),
        diffrax.Dopri8(),
        t0,
        t1,
        dt0=None,
        y0=state,
        stepsize_controller=diffrax.PIDController(rtol=1e-11, atol=1e-12),
        max_steps=100_000,
    ).ys


def start_density(process, x):
    """Gaussian with the moments of the noisy mixture at time 1."""
    means, sds, weights = (np.array(MIXTURE[name]) for name in ("means", "sds", "weights"))
    mean = weights @ means
    variance = weights @ (sds**2 + (means - mean) ** 2)
    alpha, sigma = process["alpha"](1.0), process["sigma"](1.0)
    noisy = alpha**2 * variance + sigma**2
    return -0.5 * jnp.sum((x - alpha * mean) ** 2 / noisy + jnp.log(2 * jnp.pi * noisy))


def likelihood(process, x):
    def field(t, state, _):
        speed = functools.partial(velocity, process, t)
        return speed(state[0]), jnp.trace(jax.jacfwd(speed)(state[0]))

    end, gained = solve(field, process["t_min"], 1.0, (x, jnp.zeros(())))
    return start_density(process, end[-1]) + gained[-1]


def flow(process, z):
    field = lambda t, x, _: velocity(process, t, x)
    return solve(field, 1.0, process["t_min"], process["sigma"](1.0) * z)[-1]


def process_values(process):
    t = process["t_min"]
    return {
        "logProb": [float(likelihood(process, jnp.array(x))) for x in X],
        "exact": [float(log_prob(jnp.array(x), process["alpha"](t), process["sigma"](t))) for x in X],
        "flow": [flow(process, jnp.array(z)).tolist() for z in Z],
    }


def denoising_loss(active, frozen, xs, sigmas, keys):
    """The mean over points, levels and coordinates of (xhat(x + sigma noise) - x)^2."""
    model = eqx.combine(frozen, active)

    def one(x, key):
        y = x + random.normal(key, (sigmas.shape[0], x.shape[0])) * sigmas[:, None]
        xhat = y + (sigmas**2)[:, None] * vmap(model)(y, jnp.arange(sigmas.shape[0]))
        return jnp.mean(jnp.square(xhat - x))

    return jnp.mean(vmap(one)(xs, keys))


def denoising():
    """The network of network.json of depth 2, with the alpha and beta of its state `shifted`."""
    sigmas = jnp.geomspace(0.05, 1, 4, endpoint=True)
    model = make.Network(dim=3, features=5, width=7, depth=2, levels=4, key=random.PRNGKey(11))
    alpha_key, beta_key = random.split(random.PRNGKey(12))
    spread = (1 + 0.5 * random.normal(alpha_key, (4,)), 0.5 * random.normal(beta_key, (4,)))
    model = eqx.tree_at(lambda m: (m.rf.alpha, m.rf.beta), model, replace=spread)
    points, keys = random.uniform(random.PRNGKey(7), (6, 3)), random.split(random.PRNGKey(5), 6)
    loss, gradients = eqx.filter_value_and_grad(denoising_loss)(*make.partition(model), points, sigmas, keys)
    named = {name: make.whole(a) for name, a in make.tensors_of(gradients).items()}
    return {"loss": float(loss), "gradients": named}


def main():
    data = {"versions": {m.__name__: m.__version__ for m in (jax, diffrax, eqx, np)}, "denoising": denoising()}
    with enable_x64():
        data |= {"mixture": MIXTURE, "x": X, "z": Z}
        data["exploding"] = EXPLODING | process_values(exploding())
        data["preserving"] = PRESERVING | process_values(preserving())
    encode = functools.partial(json.dumps, separators=(",", ":"), allow_nan=False)
    path = make.HERE / "diffusion.json"
    path.write_text("{\n" + ",\n".join(f"{encode(k)}:{encode(v)}" for k, v in data.items()) + "\n}\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
