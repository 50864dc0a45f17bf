"""Golden values of score matching of U-Nets without targets: what diffusers' UNet2DModel and PyTorch give in float64.

    JAX_PLATFORMS=cpu python tests/golden/objectivesUnet.py

Writes objectivesUnet.safetensors beside this script, in a minute, with the packages of unet.py, whose models and inputs it
takes, and jax 0.10.2 for projections v, signs of random.key(i) for sample i. With s the model's output, losses are means over
coordinates: `a/slicedReduced` and so b and c, of the first two samples, v' (grad s) v + |s|^2 / 2; `a/implicit`, of the first
sample, tr grad s + |s|^2 / 2, the trace being the sum of derivatives of single outputs. Tensors of those names: for each
parameter (metadata names it, in order) the norm of the loss's gradient, and its products with cos(i) and sin(1.7 i + 1) of the
index i, row-major.
"""
import json

import jax
import numpy as np
import torch
from diffusers.models.attention_processor import Attention, AttnProcessor
from safetensors.numpy import save_file

import unet

CASES = [("a", "slicedReduced", 2), ("b", "slicedReduced", 2), ("c", "slicedReduced", 2), ("a", "implicit", 1)]


def loss_of(model, inputs, objective, samples):
    x, _, times, labels = inputs
    total = 0.0
    for i in range(samples):
        own = x[i : i + 1].double().requires_grad_()
        label = None if labels is None else labels[i : i + 1]
        # Coordinates in the order of rows [h, w, c].
        s = unet.rows(model(own, times[i : i + 1].double(), label).sample).flatten()
        derivative = lambda output: unet.rows(torch.autograd.grad(output, own, create_graph=True)[0]).flatten()
        if objective == "implicit":
            curvature = sum(derivative(s[d])[d] for d in range(s.numel()))
        else:
            v = torch.tensor(np.array(jax.random.rademacher(jax.random.key(i), (s.numel(),)), np.float64))
            curvature = derivative(s @ v) @ v
        total = total + curvature + s @ s / 2
    return total / (samples * s.numel())


def summary(gradient):
    flat = gradient.flatten()
    i = torch.arange(flat.numel(), dtype=torch.float64)
    return [flat.norm().item(), (flat @ torch.cos(i)).item(), (flat @ torch.sin(1.7 * i + 1)).item()]


def main():
    tensors, losses, names = {}, {}, {}
    for name, objective, samples in CASES:
        model = unet.exact(unet.make(name))
        for module in model.modules():
            if isinstance(module, Attention):
                # The others have no second derivatives.
                module.set_processor(AttnProcessor())
        loss = loss_of(model, unet.inputs(name), objective, samples)
        parameters = {n: p for n, p in model.named_parameters() if p.requires_grad}
        gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        zero = lambda p, g: torch.zeros_like(p) if g is None else g
        case = f"{name}/{objective}"
        losses[case], names[name] = loss.item(), list(parameters)
        tensors[case] = np.array([summary(zero(p, g)) for p, g in zip(parameters.values(), gradients)], np.float32)
        print(case, loss.item(), flush=True)
    path = unet.HERE.parent / "objectivesUnet.safetensors"
    save_file(tensors, path, {"losses": json.dumps(losses), "names": json.dumps(names)})
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
