"""Statistics of BlackJAX's samplers with matrices of masses, and of HMC's warm-up, for tests/samplers/blackjax.test.ts.

    pip install blackjax==1.7.1 jax==0.10.2 jaxlib==0.10.2
    JAX_PLATFORMS=cpu python tests/golden/masses.py

Writes masses.json beside this script: for the Gaussian of samplers.py means over 128 chains of 200 steps, which start where the target
has them, of statistics of HMC and NUTS with a given matrix of inverse masses, of NUTS that learns one in a warm-up of 500 steps,
and of HMC of five leapfrog steps after such a warm-up, with variances or a matrix, each with its standard error over the chains.
"""
import json
from pathlib import Path

import blackjax
import jax
import jax.numpy as jnp
from samplers import COVARIANCE, gaussian, run, starts, summary

CHAINS, STEPS, WARMUP = 128, 200, 500
MASSES = [[0.9, 0.5, 0.1], [0.5, 1.6, -0.2], [0.1, -0.2, 0.4]]


def make():
    keys = jax.random.split(jax.random.PRNGKey(0), CHAINS)
    start = starts("gaussian", jax.random.PRNGKey(1))[:CHAINS]
    matrix = jnp.array(MASSES)
    given = {"hmc": blackjax.hmc(gaussian, 0.9, matrix, 3), "nuts": blackjax.nuts(gaussian, 0.5, matrix)}
    out = {"inverseMass": MASSES, "covariance": COVARIANCE}
    for name, algorithm in given.items():
        info = jax.jit(jax.vmap(lambda s, k, a=algorithm: run(a, s, k, STEPS)))(start, keys)
        out[name] = {"acceptance": summary(info.acceptance_rate)}
        if name == "nuts":
            out[name]["leapfrogs"] = summary(info.num_integration_steps)
            out[name]["depth"] = summary(info.num_trajectory_expansions)

    def adapted(algorithm, diagonal, **own):
        def chain(s, k):
            warm, sample = jax.random.split(k)
            window = blackjax.window_adaptation(algorithm, gaussian, is_mass_matrix_diagonal=diagonal, **own)
            (state, parameters), _ = window.run(warm, s, WARMUP)
            info = run(algorithm(gaussian, **parameters), state.position, sample, STEPS)
            return info.acceptance_rate, info.num_integration_steps, parameters["step_size"]

        accept, steps, sizes = jax.jit(jax.vmap(chain))(start, keys)
        return {"acceptance": summary(accept), "leapfrogs": summary(steps), "stepSize": summary(sizes[:, None])}

    out["adaptedNuts"] = adapted(blackjax.nuts, False)
    out["adaptedHmc"] = {
        "dense": adapted(blackjax.hmc, False, num_integration_steps=5),
        "diagonal": adapted(blackjax.hmc, True, num_integration_steps=5),
    }
    return out


if __name__ == "__main__":
    text = json.dumps(make(), indent=1)
    (Path(__file__).parent / "masses.json").write_text(text + "\n")
    print(text)
