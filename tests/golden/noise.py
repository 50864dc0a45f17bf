"""Posterior means under four noise models, and what their formulas ask of the density of y, by SciPy's quadrature.

    pip install numpy==2.4.6 scipy==1.17.1
    python tests/golden/noise.py

Writes noise.json. Priors: of poisson and gamma, a gamma distribution of shape 3 and scale 2; of gaussian and laplace, 0.3 N(-2,
0.5^2) + 0.7 N(1, 1). Likelihoods are scipy.stats's. For each y: the mean E[x | y] as a quotient of two integrals over x, the
density (of counts, the probability) p of y, and `part`: of gaussian (log p)'(y), by the derivative of p under the integral; of
poisson p(y + 1); of gamma the integral over t > y of t^(1 - k) p(t); of laplace that of sign(t - y) exp(-|t - y| / b) p(t).
"""

import json
import pathlib

import numpy as np
from scipy import stats
from scipy.integrate import quad
from scipy.special import gamma

TIGHT = {"epsabs": 0, "epsrel": 1e-11, "limit": 400}
SIGMA, SCALE, SHAPE = 0.8, 0.6, 2.5


def two(x):
    return 0.3 * stats.norm.pdf(x, -2, 0.5) + 0.7 * stats.norm.pdf(x, 1, 1)


def over(f, low, high, cuts):
    """The integral of f from low to high, cut where f bends."""
    ends = sorted({low, high, *(c for c in cuts if low < c < high)})
    return sum(quad(f, a, b, **TIGHT)[0] for a, b in zip(ends, ends[1:]))


def rates(x):
    return stats.gamma.pdf(x, 3, scale=2)


MODELS = {
    "gaussian": (two, lambda y, x: stats.norm.pdf(y, x, SIGMA), (-9, 9), [-3.1, -1.2, 0.05, 2.4]),
    "laplace": (two, lambda y, x: stats.laplace.pdf(y, x, SCALE), (-9, 9), [-3.1, -1.2, 0.05, 2.4]),
    "poisson": (rates, lambda y, x: stats.poisson.pmf(y, x), (0, 120), [0, 2, 7, 15]),
    "gamma": (rates, lambda y, x: stats.gamma.pdf(y, SHAPE, scale=x), (0, 120), [0.4, 3.0, 11.0, 30.0]),
}


def run(kind):
    prior, likelihood, (low, high), ys = MODELS[kind]
    cuts = [-2, 0.5, 1, 3, 6, 12, 30]

    def p(y):
        return over(lambda x: prior(x) * likelihood(y, x), low, high, [*cuts, y])

    def part(y):
        if kind == "gaussian":
            slope = over(lambda x: prior(x) * likelihood(y, x) * (x - y) / SIGMA**2, low, high, [*cuts, y])
            return slope / p(y)
        if kind == "poisson":
            return p(y + 1)
        if kind == "gamma":
            # The order of the integrals is changed: that over t is a survival function.
            def inner(x):
                return stats.expon.sf(y, scale=x) * x ** (1 - SHAPE) / gamma(SHAPE)

            return over(lambda x: prior(x) * inner(x), low, high, cuts)

        def pull(t):
            return np.sign(t - y) * np.exp(-abs(t - y) / SCALE) * p(t)

        return over(pull, y - 14, y, [y - 3, -2, 1]) + over(pull, y, y + 14, [y + 3, -2, 1])

    values = []
    for y in ys:
        mean = over(lambda x: x * prior(x) * likelihood(y, x), low, high, [*cuts, y]) / p(y)
        values.append({"y": y, "mean": mean, "p": p(y), "part": part(y)})
    return values


out = {"sigma": SIGMA, "scale": SCALE, "shape": SHAPE, "models": {kind: run(kind) for kind in MODELS}}
path = pathlib.Path(__file__).with_name("noise.json")
path.write_text(json.dumps(out, indent=1) + "\n")
