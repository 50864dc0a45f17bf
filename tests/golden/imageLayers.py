"""Golden values for single layers of networks of images: what PyTorch gives in float64.

    python tests/golden/imageLayers.py

Writes imageLayers.safetensors beside this script. Made with Python 3.11, torch 2.13.0 (CPU), safetensors 0.8.0 and numpy
2.4.6 on x86-64.

Tensors are named CASE.NAME, and metadata.cases is JSON that says the layer and the settings of each case. x, parameters
and dy, the gradient at the outputs, are float32 (ids uint32); y and the gradients dx and dNAME are float64,
computed in float64. Pictures are [n, h, w, c], the kernels of convolutions [outputs, inputs, rows, columns], weights
[outputs, inputs], tokens [n, tokens, channels] with the channels of a head side by side. `padding` is [top, bottom, left,
right].
"""
import json
import pathlib

import numpy as np
import torch
from safetensors.numpy import save_file
from torch.nn import functional as F

from unet import timestep_embedding

HERE = pathlib.Path(__file__).parent


def pictures(f):
    """f, which knows [n, c, h, w], as a function of [n, h, w, c]."""
    return lambda x, *rest: f(x.permute(0, 3, 1, 2), *rest).permute(0, 2, 3, 1)


def conv(stride, padding):
    top, bottom, left, right = padding
    return pictures(lambda x, weight, bias: F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride))


def attention(heads):
    def run(q, k, v):
        split = lambda a: a.unflatten(2, (heads, -1)).transpose(1, 2)
        return F.scaled_dot_product_attention(split(q), split(k), split(v)).transpose(1, 2).flatten(2)

    return run


def fourier(log):
    """diffusers' GaussianFourierProjection: sines before cosines."""

    def run(times, weight):
        angles = 2 * np.pi * (torch.log(times) if log else times)[:, None] * weight
        return torch.cat([torch.sin(angles), torch.cos(angles)], dim=1)

    return run


class Cases:
    def __init__(self):
        self.generator = torch.Generator().manual_seed(11)
        self.settings, self.tensors = {}, {}

    def normal(self, *shape):
        return torch.randn(shape, generator=self.generator)

    def add(self, name, layer, function, inputs, **settings):
        """Runs function of the inputs by name; gradients of sum(dy * y) for those that are not integers."""
        wide = {key: a.double().requires_grad_() if a.is_floating_point() else a for key, a in inputs.items()}
        y = function(*wide.values())
        dy = self.normal(*y.shape)
        if y.requires_grad:
            torch.sum(y * dy.double()).backward()
        self.settings[name] = {"layer": layer} | settings
        found = {"dy": dy, "y": y} | {f"d{key}": a.grad for key, a in wide.items() if a.is_floating_point()}
        for key, a in (inputs | found).items():
            a = np.ascontiguousarray(a.detach().numpy())
            self.tensors[f"{name}.{key}"] = a.astype(np.uint32) if a.dtype == np.int64 else a

    def conv(self, name, shape, outputs, size, stride, padding):
        inputs = shape[-1]
        weight = self.normal(outputs, inputs, size, size) / (inputs * size * size) ** 0.5
        given = {"x": self.normal(*shape), "weight": weight, "bias": self.normal(outputs)}
        self.add(name, "conv", conv(stride, padding), given, stride=stride, padding=padding)

    def norm(self, name, shape, groups, eps, silu):
        f = lambda x, weight, bias: F.group_norm(x, groups, weight, bias, eps)
        c = shape[-1]
        # Means far from 0, as a residual network has them, and channels of unequal size.
        x = 3 + self.normal(*shape) * (1 + torch.arange(c))
        given = {"x": x, "weight": 1 + 0.3 * self.normal(c), "bias": 0.3 * self.normal(c)}
        run = pictures((lambda *a: F.silu(f(*a))) if silu else f)
        self.add(name, "groupNorm", run, given, groups=groups, eps=eps, silu=silu)

    def attention(self, name, shape, heads, scale=1):
        given = {"q": scale * self.normal(*shape), "k": self.normal(*shape), "v": self.normal(*shape)}
        self.add(name, "attention", attention(heads), given, heads=heads)


def main():
    cases = Cases()
    cases.conv("conv3", (2, 6, 8, 4), 8, 3, 1, [1, 1, 1, 1])
    cases.conv("conv3Odd", (3, 5, 7, 3), 5, 3, 1, [1, 1, 1, 1])
    cases.conv("conv1", (2, 4, 4, 8), 4, 1, 1, [0, 0, 0, 0])
    cases.conv("conv1Odd", (3, 5, 3, 3), 7, 1, 1, [0, 0, 0, 0])
    cases.conv("stride2", (2, 8, 8, 4), 8, 3, 2, [1, 1, 1, 1])
    cases.conv("stride2Odd", (3, 7, 5, 3), 5, 3, 2, [1, 1, 1, 1])
    cases.conv("stride2Corner", (2, 8, 8, 4), 4, 3, 2, [0, 1, 0, 1])
    cases.conv("stride2CornerOdd", (3, 7, 5, 3), 5, 3, 2, [0, 1, 0, 1])
    upsample = pictures(lambda x: F.interpolate(x, scale_factor=2.0, mode="nearest"))
    cases.add("upsample", "upsample", upsample, {"x": cases.normal(2, 4, 4, 4)})
    cases.add("upsampleOdd", "upsample", upsample, {"x": cases.normal(3, 3, 5, 3)})
    for silu in (False, True):
        name = "groupNormSilu" if silu else "groupNorm"
        cases.norm(name, (2, 4, 4, 8), 4, 1e-5, silu)
        cases.norm(f"{name}Odd", (3, 5, 3, 9), 3, 1e-6, silu)
    cases.add("silu", "silu", F.silu, {"x": 3 * cases.normal(4, 8)})
    far = torch.tensor([[-100.0, -88.0, -20.0, -1e-6, 0.0, 1e-6, 88.0], [100.0, 20.0, 5.0, -5.0, 1.0, -1.0, -1.2785]])
    cases.add("siluFar", "silu", F.silu, {"x": far})
    cases.attention("attention", (2, 16, 8), 2)
    cases.attention("attentionOdd", (3, 7, 9), 3, scale=20)
    cases.attention("attentionOneHead", (2, 5, 9), 1)
    for name, (n, inputs, outputs) in {"dense": (4, 8, 16), "denseOdd": (3, 5, 7)}.items():
        weight = cases.normal(outputs, inputs) / inputs**0.5
        given = {"x": cases.normal(n, inputs), "weight": weight, "bias": cases.normal(outputs)}
        cases.add(name, "dense", F.linear, given)
    for name, (ids, rows, width) in {"embedding": ([7, 0, 9, 7], 10, 8), "embeddingOdd": ([2, 2, 0], 3, 5)}.items():
        cases.add(name, "embedding", F.embedding, {"ids": torch.tensor(ids), "weight": cases.normal(rows, width)})
    times = torch.tensor([0.0, 0.5, 3.0, 250.0, 999.0])
    for name, dim, cosinesFirst, shift in (("sinusoidal", 8, True, 0), ("sinusoidalOdd", 7, False, 1)):
        run = lambda t: timestep_embedding(t, dim, cosinesFirst, shift)
        cases.add(name, "sinusoidal", run, {"times": times}, dim=dim, cosinesFirst=cosinesFirst, shift=shift)
    positive = torch.tensor([0.02, 0.8, 80.0])
    cases.add("fourier", "fourier", fourier(True), {"times": positive, "weight": 16 * cases.normal(4)}, log=True)
    cases.add("fourierOdd", "fourier", fourier(False), {"times": positive, "weight": cases.normal(5)}, log=False)
    # Channels in whole vectors: the 3x3 convolutions of networks of usual sizes.
    cases.conv("conv3Lanes", (2, 8, 9, 8), 16, 3, 1, [1, 1, 1, 1])
    cases.conv("conv3LanesOdd", (3, 7, 6, 16), 8, 3, 1, [1, 1, 1, 1])
    path = HERE / "imageLayers.safetensors"
    save_file(cases.tensors, path, {"cases": json.dumps(cases.settings)})
    path.chmod(0o644)
    print(f"{path.name}: {path.stat().st_size} bytes, {len(cases.settings)} cases")


if __name__ == "__main__":
    main()
