"""Statistics of BlackJAX's samplers, for tests/samplers/blackjax.test.ts.

    pip install blackjax==1.7.1 jax==0.10.2 jaxlib==0.10.2
    JAX_PLATFORMS=cpu python tests/golden/samplers.py

Writes samplers.json beside this script: for two targets means over 512 chains, which start where the target has them,
of statistics of HMC, MALA and NUTS, each with its standard error over the chains. BlackJAX's MALA step size h is that of
x + h score(x) + sqrt(2 h) z.
"""
import json
from pathlib import Path

import blackjax
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
CHAINS, STEPS = 512, 400
COVARIANCE = [[1.0, 0.8, 0.0], [0.8, 2.0, -0.3], [0.0, -0.3, 0.25]]
BANANA = {"sd": 1.0, "bend": 0.5, "noise": 0.7}


def gaussian(x):
    return -0.5 * x @ jnp.linalg.solve(jnp.array(COVARIANCE), x)


def banana(x):
    off = (x[1] - BANANA["bend"] * (x[0] ** 2 - BANANA["sd"] ** 2)) / BANANA["noise"]
    return -0.5 * (x[0] / BANANA["sd"]) ** 2 - 0.5 * off**2


def starts(name, key):
    z = jax.random.normal(key, (CHAINS, 3 if name == "gaussian" else 2))
    if name == "gaussian":
        return z @ jnp.linalg.cholesky(jnp.array(COVARIANCE)).T
    first = BANANA["sd"] * z[:, 0]
    return jnp.stack([first, BANANA["bend"] * (first**2 - BANANA["sd"] ** 2) + BANANA["noise"] * z[:, 1]], 1)


def run(algorithm, start, key, steps=STEPS):
    def step(state, key):
        state, info = algorithm.step(key, state)
        return state, info

    return jax.lax.scan(step, algorithm.init(start), jax.random.split(key, steps))[1]


def summary(values):
    """Mean and standard error of chains [C, T]."""
    means = np.asarray(values, np.float64).mean(1)
    return {"mean": float(means.mean()), "error": float(means.std(ddof=1) / np.sqrt(len(means)))}


def make():
    out = {"chains": CHAINS, "steps": STEPS, "covariance": COVARIANCE, "banana": BANANA, "targets": {}}
    for name, target in {"gaussian": gaussian, "banana": banana}.items():
        dim = 3 if name == "gaussian" else 2
        ones = jnp.ones(dim)
        keys = jax.random.split(jax.random.PRNGKey(0), CHAINS)
        start = starts(name, jax.random.PRNGKey(1))
        hmc = blackjax.hmc(target, 0.4, ones, 5)
        mala = blackjax.mala(target, 0.1)
        nuts = blackjax.nuts(target, 0.3, ones)
        infos = [jax.jit(jax.vmap(lambda s, k, a=a: run(a, s, k)))(start, keys) for a in (hmc, mala, nuts)]

        def adapted(s, k):
            warm, sample = jax.random.split(k)
            window = blackjax.window_adaptation(blackjax.nuts, target)
            (state, parameters), _ = window.run(warm, s, 1000)
            info = run(blackjax.nuts(target, **parameters), state.position, sample)
            return info, parameters["step_size"]

        info, sizes = jax.jit(jax.vmap(adapted))(start, keys)
        out["targets"][name] = {
            "hmc": {"acceptance": summary(infos[0].acceptance_rate)},
            "mala": {"acceptance": summary(infos[1].acceptance_rate)},
            "nuts": {
                "acceptance": summary(infos[2].acceptance_rate),
                "leapfrogs": summary(infos[2].num_integration_steps),
                "depth": summary(infos[2].num_trajectory_expansions),
            },
            "adapted": {
                "acceptance": summary(info.acceptance_rate),
                "leapfrogs": summary(info.num_integration_steps),
                "stepSize": summary(sizes[:, None]),
            },
        }
    return out


if __name__ == "__main__":
    text = json.dumps(make(), indent=1)
    (Path(__file__).parent / "samplers.json").write_text(text + "\n")
    print(text)
