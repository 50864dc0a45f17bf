"""Golden values for the diagnostics: what ArviZ gives of stored chains, and JAX of the Stein kernel.

    python tests/golden/make_diagnostics.py

Writes diagnostics.json beside this script in a few seconds. Made with Python 3.11, arviz 0.23.4, numpy 2.4.6,
scipy 1.17.1 and jax 0.10.2 on x86-64.

Draws are float32 [draws, chains, dim], little-endian, in base64; all values are of their float64 copies. A number
that is not finite is written as the string NaN or Infinity. ArviZ takes [chains, draws].
"""
import base64
import json
import math
import os
import warnings
from pathlib import Path

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["JAX_ENABLE_X64"] = "1"

import arviz as az
import jax
import jax.numpy as jnp
import numpy as np
from arviz.stats.diagnostics import _rhat, _split_chains, _z_scale
from scipy import stats

HERE = Path(__file__).parent
PROBABILITIES = [0.05, 0.5, 0.9]
LAGS = 12


def autoregression(rng, draws, chains, phi, noise=None):
    """x[t] = phi x[t - 1] + sqrt(1 - phi^2) z[t], from its own distribution when z is normal: [draws, chains]."""
    z = rng.standard_normal((draws, chains)) if noise is None else noise
    x = np.empty((draws, chains))
    x[0] = z[0]
    for t in range(1, draws):
        x[t] = phi * x[t - 1] + math.sqrt(1 - phi**2) * z[t]
    return x


def make_cases():
    rng = np.random.default_rng(2021)
    three = np.stack([autoregression(rng, 150, 4, phi) for phi in (0.9, 0.5, -0.6)], axis=-1)
    stuck = autoregression(rng, 160, 4, 0.3)
    stuck[:, 2] = 1.7
    trapped = autoregression(rng, 160, 4, 0.4) + np.array([-3, -3, 3, -3])
    wide = autoregression(rng, 160, 4, 0.4) * np.array([1, 1, 4, 1])
    return {
        "three coordinates": three,
        "heavy tails": autoregression(rng, 200, 4, 0.5, rng.standard_cauchy((200, 4))),
        "a stuck chain": stuck,
        "a trapped chain": trapped,
        "a wide chain": wide,
        "an odd number of draws": autoregression(rng, 101, 3, 0.6),
        "one chain": autoregression(rng, 300, 1, 0.8),
        "slow": autoregression(rng, 120, 2, 0.99),
        "alternating": autoregression(rng, 80, 2, -0.95),
        "ties": np.round(autoregression(rng, 120, 3, 0.5)),
        "four draws": rng.standard_normal((4, 2)),
        "five draws": rng.standard_normal((5, 3)),
        "nothing moves": np.full((20, 2), 2.0),
        "stopped in two places": np.tile([1.0, 2.0], (20, 1)),
        "large offset": 1000 + autoregression(rng, 100, 2, 0.5),
    }


def rhat_of(x):
    if x.shape[0] > 1:
        return az.rhat(x, method="rank")
    # ArviZ refuses one chain, though its halves are two.
    halves = _split_chains(x)
    return max(_rhat(_z_scale(halves)), _rhat(_z_scale(abs(halves - np.median(halves)))))


def diagnostics_of(x):
    """Of one coordinate [chains, draws]."""
    return {
        "mean": x.mean(),
        "sd": x.std(ddof=1),
        "rhat": rhat_of(x),
        "essBulk": az.ess(x, method="bulk"),
        "essTail": az.ess(x, method="tail"),
        "essMean": az.ess(x, method="mean"),
        "essSd": az.ess(x, method="sd"),
        "essQuantile": [az.ess(x, method="quantile", prob=p) for p in PROBABILITIES],
        "mcseMean": az.mcse(x, method="mean"),
        "mcseSd": az.mcse(x, method="sd"),
        "mcseQuantile": [az.mcse(x, method="quantile", prob=p) for p in PROBABILITIES],
        "autocorrelation": az.autocorr(x, axis=1)[:, :LAGS],
        # The draws as energies.
        "bfmi": az.bfmi(x),
    }


def make_chains():
    cases = []
    for name, draws in make_cases().items():
        draws = np.float32(draws if draws.ndim == 3 else draws[..., None])
        columns = [diagnostics_of(np.float64(draws[..., j]).T) for j in range(draws.shape[2])]
        cases.append(
            {
                "name": name,
                "shape": draws.shape,
                "draws": base64.b64encode(draws.astype("<f4").tobytes()).decode(),
                "coordinates": columns,
            }
        )
    return cases


def make_quantiles():
    p = [1e-300, 1e-20, 1e-9, 1e-4, 0.02, 0.074, 0.076, 0.3, 0.5, 0.6, 0.92, 0.93, 0.999, 1 - 1e-9]
    beta = [
        {"p": q, "a": a, "b": b, "value": stats.beta.ppf(q, a, b)}
        for q in (0.1586553, 0.5, 0.8413447)
        for a, b in ((1, 1), (1.2, 5), (20, 3.5), (51, 951), (5e3, 5e3), (2e5, 3e5))
    ]
    return {"normal": {"p": p, "value": stats.norm.ppf(p)}, "beta": beta}


def make_stein():
    """k0 by automatic differentiation of the kernel alone; the score is that of a Gaussian with a covariance."""
    rng = np.random.default_rng(17)
    cases = []
    for n, dim, scale in ((12, 1, 1.0), (10, 2, 0.7), (8, 5, 2.0)):
        root = rng.standard_normal((dim, dim)) / math.sqrt(dim) + np.eye(dim)
        precision = np.float32(root @ root.T)
        x = np.float32(rng.standard_normal((n, dim)))

        def kernel(a, b):
            return (scale**2 + jnp.sum((a - b) ** 2)) ** -0.5

        def score(a):
            return -jnp.asarray(np.float64(precision)) @ a

        def stein(a, b):
            da, db = jax.grad(kernel, 0)(a, b), jax.grad(kernel, 1)(a, b)
            trace = jnp.trace(jax.jacfwd(jax.grad(kernel, 0), 1)(a, b))
            return score(a) @ score(b) * kernel(a, b) + score(a) @ db + score(b) @ da + trace

        points = jnp.asarray(np.float64(x))
        k0 = np.asarray(jax.vmap(lambda a: jax.vmap(lambda b: stein(a, b))(points))(points))
        u = (k0.sum() - np.trace(k0)) / (n * (n - 1))
        cases.append({"scale": scale, "precision": precision, "x": x, "v": k0.mean(), "u": u})
    return cases


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, (str, int)):
        return value
    number = float(value)
    return number if math.isfinite(number) else "NaN" if math.isnan(number) else "Infinity"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with np.errstate(all="ignore"):
        values = {
            "probabilities": PROBABILITIES,
            "lags": LAGS,
            "chains": make_chains(),
            "quantiles": make_quantiles(),
            "stein": make_stein(),
        }
    text = json.dumps(plain(values), separators=(",", ":")).replace('{"name"', '\n{"name"')
    (HERE / "diagnostics.json").write_text(text + "\n")
