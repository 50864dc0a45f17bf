"""Golden values for training denoisers: preconditioning, AdamW, moving averages, the linear denoiser.

    python tests/golden/denoising.py

Writes denoising.json and denoising.safetensors beside this script. Made with Python 3.11, torch 2.13.0 (CPU), diffusers
0.42.1, safetensors 0.8.0 and numpy 2.4.6 on x86-64.

denoising.json, all in float64:
    preconditioning: Karras and others 2022, table 1, row by row; lambda = 1 / cOut^2.
    adamw: torch.optim.AdamW over three gradients; with maxNorm each is first scaled by clip_grad_norm_, which multiplies
        by maxNorm / (norm + 1e-6) where that is below 1. `norms` are those before.
    ema: after each of the values, average = decay average + (1 - decay) value, from the start given.
    linear: mu + C (C + sigma^2)^-1 (y - mu), the mean and the covariance of the points, with sums divided by their
        number. The last coordinate never varies.

denoising.safetensors, for the U-Net of unet/a, computed as golden.safetensors there: x and z [n, h, w, c], labels and
sigmas [n]; with y = x + sigma z, denoised = cSkip y + cOut F(cIn y; cNoise); loss (float64), the mean of
lambda (denoised - x)^2; and gradient.NAME of every parameter. metadata.sigmaData is the sigma_data of it.
"""
import functools
import json
import math
import pathlib

import numpy as np
import torch
from diffusers import EDMEulerScheduler
from safetensors.numpy import save_file

import unet

HERE = pathlib.Path(__file__).parent
SIGMAS = [0.002, 0.05, 0.5, 1.0, 80.0]
SIGMA_DATA = 0.5


def coefficients(sigma, sigma_data):
    total = sigma**2 + sigma_data**2
    return {
        "sigma": sigma,
        "sigmaData": sigma_data,
        "cSkip": sigma_data**2 / total,
        "cOut": sigma * sigma_data / math.sqrt(total),
        "cIn": 1 / math.sqrt(total),
        "cNoise": math.log(sigma) / 4,
        "lambda": total / (sigma * sigma_data) ** 2,
    }


def preconditioning():
    """The table, which must be what diffusers' EDM scheduler has, too."""
    rows = [coefficients(sigma, sigma_data) for sigma_data in (SIGMA_DATA, 0.3081) for sigma in SIGMAS]
    for row in rows:
        scheduler = EDMEulerScheduler(sigma_data=row["sigmaData"])
        one, zero = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
        got = {
            "cIn": scheduler.precondition_inputs(one, row["sigma"]),
            "cNoise": scheduler.precondition_noise(row["sigma"]),
            "cSkip": scheduler.precondition_outputs(one, zero, row["sigma"]),
            "cOut": scheduler.precondition_outputs(zero, one, row["sigma"]),
        }
        for name, value in got.items():
            # The scheduler takes the logarithm in float32.
            assert math.isclose(value, row[name], rel_tol=1e-6, abs_tol=1e-9), (name, value, row)
    return rows


def adamw():
    start = [0.5, -1.25, 2.0, 0.0, -0.125, 3.0]
    # The second is shorter than either maxNorm below: clipping leaves it alone.
    gradients = [[3.0, -1.0, 0.5, 2.0, 0.0, -4.0], [0.1, 0.2, -0.05, 0.0, 0.3, 0.02], [-2.0, 1.0, 1.0, 0.25, 0.5, 6.0]]
    runs = []
    for settings in (
        dict(learningRate=0.01, weightDecay=0.1, maxNorm=None),
        dict(learningRate=0.01, weightDecay=0.1, maxNorm=1.0),
        dict(learningRate=0.001, weightDecay=0.0, maxNorm=0.5),
    ):
        x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.AdamW([x], lr=settings["learningRate"], weight_decay=settings["weightDecay"])
        path, norms = [], []
        for gradient in gradients:
            x.grad = torch.tensor(gradient, dtype=torch.float64)
            norms.append(x.grad.norm().item())
            if settings["maxNorm"] is not None:
                torch.nn.utils.clip_grad_norm_([x], settings["maxNorm"])
            optimiser.step()
            path.append(x.tolist())
        runs.append(settings | {"norms": norms, "path": path})
    return {"start": start, "gradients": gradients, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "runs": runs}


def ema():
    start = [1.0, -2.0, 0.0, 0.25]
    values = [[2.0, -1.0, 0.5, 0.25], [0.0, 0.0, -0.5, 0.25], [4.0, 1.0, 0.125, 0.25], [-1.0, 8.0, 0.0, 0.25]]
    runs = []
    for decay in (0.5, 0.9, 0.999, 0.0):
        average = torch.tensor(start, dtype=torch.float64)
        update = torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
        path = []
        for count, value in enumerate(values):
            update([average], [torch.tensor(value, dtype=torch.float64)], count)
            path.append(average.tolist())
        runs.append({"decay": decay, "path": path})
    return {"start": start, "values": values, "runs": runs}


def linear():
    random = np.random.default_rng(3)
    # Multiples of 1/64 around a mean, with correlated coordinates: exact in float32.
    points = random.normal(size=(12, 5)) @ random.normal(size=(5, 5)) + random.normal(size=5)
    points = np.round(64 * points) / 64
    points[:, 4] = 0.75
    y = np.round(64 * (points[:3] + random.normal(size=(3, 5)))) / 64
    mean, covariance = points.mean(axis=0), np.cov(points.T, bias=True)
    denoise = lambda sigma: mean + (y - mean) @ np.linalg.solve(covariance + sigma**2 * np.eye(5), covariance)
    runs = [{"sigma": sigma, "denoised": denoise(sigma).tolist()} for sigma in (0.1, 0.5, 2.0)]
    return {
        "points": points.tolist(),
        "mean": mean.tolist(),
        "covariance": covariance.tolist(),
        "y": y.tolist(),
        "runs": runs,
    }


def batch():
    """The weighted loss of the U-Net of configuration a and its gradients."""
    model = unet.exact(unet.make("a"))
    generator = torch.Generator().manual_seed(21)
    x = 0.5 * torch.randn((unet.N, 1, 8, 8), generator=generator)
    z = torch.randn(x.shape, generator=generator)
    sigmas, labels = torch.tensor([0.05, 0.6, 5.0]), torch.tensor([3, 3, 0])
    rows = [coefficients(sigma, SIGMA_DATA) for sigma in sigmas.double().tolist()]
    of = lambda name: torch.tensor([row[name] for row in rows], dtype=torch.float64)
    wide = lambda name: of(name)[:, None, None, None]
    y = x.double() + wide("sigma") * z.double()
    denoised = wide("cSkip") * y + wide("cOut") * model(wide("cIn") * y, of("cNoise"), labels).sample
    loss = torch.mean(wide("lambda") * (denoised - x.double()) ** 2)
    loss.backward()
    tensors = {"x": unet.stored(unet.rows(x)), "z": unet.stored(unet.rows(z)), "sigmas": unet.stored(sigmas)}
    tensors |= {"labels": labels.numpy().astype(np.uint32), "loss": np.array(loss.item())}
    tensors |= {"denoised": unet.stored(unet.rows(denoised))}
    tensors |= {f"gradient.{name}": unet.stored(p.grad) for name, p in model.named_parameters()}
    path = HERE / "denoising.safetensors"
    save_file(tensors, path, {"sigmaData": str(SIGMA_DATA)})
    path.chmod(0o644)
    print(f"{path.name}: {path.stat().st_size} bytes, loss {loss.item():.6f}")


def main():
    data = {"preconditioning": preconditioning(), "adamw": adamw(), "ema": ema(), "linear": linear()}
    encode = functools.partial(json.dumps, separators=(",", ":"), allow_nan=False)
    path = HERE / "denoising.json"
    path.write_text("{\n" + ",\n".join(f"{encode(k)}:{encode(v)}" for k, v in data.items()) + "\n}\n")
    print(f"{path.name}: {path.stat().st_size} bytes")
    batch()


if __name__ == "__main__":
    main()
