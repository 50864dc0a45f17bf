"""Stan's NUTS on the posteriors of bench/posteriors.mjs: writes what it took, and gradients, to stan.json.

    python bench/posteriors/run_stan.py POSTERIORDB

POSTERIORDB is a folder with posteriordb's programs MODEL.stan (posterior_database/models/stan in stan-dev/posteriordb, of which
nothing is copied here). Stan is that of PyStan 3.10.0 (httpstan 4.13.0), with its default options; effective sizes are those of
ArviZ 0.23. It takes a minute of a C++ compiler for each program.
"""
import json
import math
import re
import sys
from pathlib import Path

import aiohttp.client
import arviz
import numpy as np
import stan

CHAINS, WARMUP, DRAWS = 4, 1000, 1000
# On a busy machine a compiler takes longer than the five minutes that PyStan waits for its own server.
aiohttp.client.DEFAULT_TIMEOUT = aiohttp.ClientTimeout(total=None)
here = Path(__file__).parent
reference = json.loads((here / "reference.json").read_text())
found = {}
for name, known in reference.items():
    data, model = name.split("-")
    program = (Path(sys.argv[1]) / f"{model}.stan").read_text()
    values = json.loads((here / "data" / f"{data}.json").read_text())
    posterior = stan.build(program, data=values, random_seed=1)
    fit = posterior.sample(num_chains=CHAINS, num_warmup=WARMUP, num_samples=DRAWS)

    def draws(parameter):
        """The draws of one number, [chains, draws]: PyStan lays them out as [.., draws, chains]."""
        at = re.match(r"(\w+)(?:\[(\d+)\])?$", parameter)
        values = fit[at[1]]
        return values.reshape(-1, DRAWS, CHAINS)[int(at[2] or 1) - 1].T

    ess, rhat, z = [], [], []
    for parameter, mean, error in zip(known["names"], known["means"], known["errors"]):
        x = draws(parameter)
        ess.append(arviz.ess(x, method="bulk"))
        rhat.append(arviz.rhat(x))
        z.append(abs(x.mean() - mean) / np.hypot(arviz.mcse(x, method="mean"), error))
    dim = known["dim"]
    points = [[math.sin(1 + 1.7 * i + 2.3 * trial) / 2 for i in range(dim)] for trial in range(2)]
    found[name] = {
        "point": points[0],
        "gradient": posterior.grad_log_prob(points[0]),
        # Constants that programs leave out drop from a difference.
        "difference": posterior.log_prob(points[1]) - posterior.log_prob(points[0]),
        "z": round(float(max(z)), 2),
        "rhat": round(float(max(rhat)), 4),
        "divergences": int(draws("divergent__").sum()),
        "leapfrogs": int(draws("n_leapfrog__").sum()),
        "ess": round(float(min(ess))),
    }
    print(name, found[name], file=sys.stderr, flush=True)
(here / "stan.json").write_text(json.dumps(found, indent=2) + "\n")
