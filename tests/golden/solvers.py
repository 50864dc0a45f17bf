"""Golden values for the solvers of the probability flow: what other libraries' own samplers give on one exact score.

    python tests/golden/solvers.py

Writes solvers.json beside this script. Made with Python 3.11, torch 2.13.0, diffusers 0.42.1, k-diffusion 0.1.1.post1,
smalldiffusion 0.5.0, jax 0.10.2, numpy 2.4.6 and scipy 1.17.1 on x86-64.
"""
import json
import pathlib

import jax
import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DEISMultistepScheduler,
    DPMSolverMultistepScheduler,
    HeunDiscreteScheduler,
)
from k_diffusion import sampling
from scipy.integrate import solve_ivp
from smalldiffusion import diffusion as small

torch.set_default_dtype(torch.float64)
MIXTURE = dict(
    means=[[0.5, 1.0], [-0.75, 0.25], [1.5, -1.25]],
    sds=[[0.4, 0.3], [0.25, 0.6], [0.35, 0.35]],
    weights=[0.3, 0.5, 0.2],
)
INIT = [[12.0, -5.0], [-18.0, 9.0], [3.0, 21.0], [-1.0, -14.0], [7.0, 2.5], [0.5, -0.25]]
KEY, CHAINS = 5, len(INIT)


def denoised(u, sigma):
    """D(u, sigma) of the mixture under noise; u [n, 2]."""
    means, sds, weights = (torch.tensor(MIXTURE[name]) for name in ("means", "sds", "weights"))
    variances = sds**2 + sigma**2
    z = u[:, None] - means
    logs = torch.log(weights) - 0.5 * (z**2 / variances + torch.log(variances)).sum(-1)
    shares = torch.softmax(logs, dim=1)
    return u - sigma**2 * (shares[..., None] * z / variances).sum(1)


def k_model(x, sigma, **_):
    return denoised(x, sigma[0])


def init(sigma):
    return torch.tensor(INIT) * sigma / 20


def by_scheduler(scheduler, sigmas):
    """Steps of a scheduler of diffusers over given levels; its samples are u / sqrt(1 + sigma^2)."""
    scheduler.set_timesteps(len(sigmas) - 1)
    scheduler.sigmas = torch.tensor(sigmas)
    scheduler.set_begin_index(0)
    alphas = (1 / (1 + scheduler.sigmas**2)).sqrt()
    x = init(sigmas[0]) * alphas[0]
    for i, t in enumerate(scheduler.timesteps):
        u = x / alphas[i]
        noise = (u - denoised(u, sigmas[i])) / sigmas[i]
        x = scheduler.step(noise, t, x).prev_sample
    return x / alphas[-1]


def ddim():
    """The DDIM scheduler's own time steps, whose levels are those of Ho and others' process."""
    scheduler = DDIMScheduler(num_train_timesteps=1000, beta_start=1e-4, beta_end=0.02, clip_sample=False)
    scheduler.set_timesteps(10)
    products = scheduler.alphas_cumprod[scheduler.timesteps].double()
    sigmas = ((1 - products) / products).sqrt()
    x = init(sigmas[0]) * products[0].sqrt()
    for i, t in enumerate(scheduler.timesteps):
        u = x / products[i].sqrt()
        x = scheduler.step((u - denoised(u, sigmas[i])) / sigmas[i], t, x).prev_sample
    return dict(schedule=sigmas.tolist(), x=x.tolist())


def heun():
    """The Heun scheduler's own Karras levels; its samples are u."""
    scheduler = HeunDiscreteScheduler(beta_start=1e-4, beta_end=0.02, use_karras_sigmas=True)
    scheduler.set_timesteps(8)
    sigmas = scheduler.sigmas.double()
    scheduler.sigmas = sigmas
    x = init(sigmas[0])
    for i, t in enumerate(scheduler.timesteps):
        x = scheduler.step((x - denoised(x, sigmas[i])) / sigmas[i], t, x).prev_sample
    levels = [sigmas[0].item(), *sigmas[1:-1:2].tolist()]
    return dict(schedule=levels, x=x.tolist())


def ancestral(levels):
    """k-diffusion's Euler ancestral, with the normals that reverse diffusion draws."""
    key = jax.random.split(jax.random.PRNGKey(KEY))[1]
    normals = iter(np.asarray(jax.random.normal(key, [len(levels) - 1, CHAINS, 2])).astype(np.float64))
    noise = lambda *_: torch.tensor(next(normals))
    return sampling.sample_euler_ancestral(k_model, init(levels[0]), levels, noise_sampler=noise, disable=True)


def exact(levels):
    """Where the flow from the first level to the last ends, and its denoised points."""
    flow = lambda t, u: (
        torch.tensor(u.reshape(-1, 2)) - denoised(torch.tensor(u.reshape(-1, 2)), np.exp(t))
    ).numpy().ravel()
    ends = (np.log(levels[0]), np.log(levels[-1]))
    got = solve_ivp(flow, ends, init(levels[0]).numpy().ravel(), rtol=1e-11, atol=1e-12, method="DOP853")
    return got.y[:, -1].reshape(-1, 2).tolist()


class Model:
    """The mixture as smalldiffusion's samplers ask a model."""

    input_dims = (2,)

    def eval(self):
        return self

    def rand_input(self, batchsize):
        return torch.zeros(batchsize, 2)

    def predict_eps_cfg(self, x, sigma, *_):
        return (x - denoised(x, sigma)) / sigma


def accelerated(levels):
    *_, x = small.samples(Model(), levels, gam=2.0, batchsize=CHAINS, xt=init(levels[0]))
    return x


def main():
    levels = sampling.get_sigmas_karras(12, 0.05, 20.0).tolist()
    tensor = torch.tensor(levels)
    bare = levels[:-1]
    ddpm = small.ScheduleDDPM().sample_sigmas(10)[:-1]
    cosine = small.ScheduleCosine().sample_sigmas(10)[:-1]
    with np.errstate(divide="ignore"):
        two = DPMSolverMultistepScheduler(final_sigmas_type="sigma_min", lower_order_final=False)
        three = DEISMultistepScheduler(solver_order=3, lower_order_final=False)
        result = dict(
            mixture=MIXTURE,
            init=INIT,
            key=KEY,
            levels=levels,
            exact=exact(bare),
            solvers=dict(
                dpmSolver=sampling.sample_dpmpp_2m(k_model, init(levels[0]), tensor, disable=True).tolist(),
                heun=sampling.sample_heun(k_model, init(levels[0]), tensor, disable=True).tolist(),
                ddim=sampling.sample_euler(k_model, init(levels[0]), tensor, disable=True).tolist(),
                accelerated=accelerated(tensor).tolist(),
            ),
            bare=dict(
                dpmSolver=by_scheduler(two, bare).tolist(),
                deis=by_scheduler(three, bare).tolist(),
            ),
            ancestral=ancestral(tensor).tolist(),
            schedulers=dict(ddim=ddim(), heun=heun()),
            schedules=dict(
                karras=levels[:-1],
                logLinear=sampling.get_sigmas_exponential(12, 0.05, 20.0).tolist()[:-1],
                ddpm=ddpm.double().tolist(),
                cosine=cosine.double().tolist(),
            ),
        )
    path = pathlib.Path(__file__).with_name("solvers.json")
    path.write_text(json.dumps(result, indent=1) + "\n")


main()
