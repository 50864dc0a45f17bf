"""BlackJAX's HMC and NUTS on the targets of workloads/samplers.mjs, on one processor; prints what they took as JSON."""
import json
import os
import statistics
import sys
import time

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import blackjax
import jax
import jax.numpy as jnp
import numpy as np

settings = json.loads(sys.argv[1])
CHAINS, DRAWS = settings["chains"], settings["draws"]
precision = jnp.array(np.linalg.inv(np.array(settings["covariance"])), jnp.float32)


def gaussian(x):
    return -0.5 * x @ precision @ x


def banana(x):
    return -0.5 * x[0] ** 2 - 0.5 * ((x[1] - 0.3 * (x[0] ** 2 - 1)) / 0.5) ** 2


def least(path):
    x = np.asarray(path, np.float64).swapaxes(0, 1)
    both = np.concatenate([x, x**2], 2)
    return min(float(blackjax.diagnostics.effective_sample_size(both[:, :, d])) for d in range(both.shape[2]))


def timed(target, name, algorithm, start, keys, per_chain=None):
    @jax.jit
    def run(states, keys, parameters):
        def chain(state, key, parameters):
            step = algorithm(parameters).step
            return jax.lax.scan(lambda s, k: (lambda r: (r[0], (r[0].position, r[1].num_integration_steps)))(step(k, s)), state, jax.random.split(key, DRAWS))[1]

        return jax.vmap(chain)(states, keys, parameters)

    jax.block_until_ready(run(start, keys, per_chain))
    times = []
    for _ in range(settings["rounds"]):
        before = time.perf_counter()
        path, leaps = jax.block_until_ready(run(start, keys, per_chain))
        times.append(time.perf_counter() - before)
    seconds = statistics.median(times)
    return {"target": target, "name": f"BlackJAX {name}", "steps": CHAINS * DRAWS, "seconds": seconds, "scores": int(leaps.sum()), "ess": least(path.swapaxes(0, 1))}


rows = []
keys = jax.random.split(jax.random.PRNGKey(0), CHAINS)
for (name, target, dim), own in zip([("gaussian, 10 d", gaussian, 10), ("banana", banana, 2)], settings["hmc"]):
    x = jnp.zeros((CHAINS, dim))
    fixed = blackjax.hmc(target, own["size"], jnp.ones(dim), own["leapfrogs"])
    states = jax.vmap(fixed.init)(x)
    rows.append(timed(name, "hmc", lambda _: fixed, states, keys, jnp.zeros(CHAINS)))

    def warm(key, x):
        (state, parameters), _ = blackjax.window_adaptation(blackjax.nuts, target).run(key, x, 1000)
        return state, {k: parameters[k] for k in ("step_size", "inverse_mass_matrix")}

    states, parameters = jax.jit(jax.vmap(warm))(keys, x)
    rows.append(timed(name, "nuts", lambda p: blackjax.nuts(target, **p), states, keys, parameters))
print(json.dumps(rows))
