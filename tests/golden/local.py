"""Local scores of small pictures, for tests/diffusion/localScores.test.ts.

    pip install torch==2.13.0 numpy==2.4.6
    python tests/golden/local.py && npx biome check --write tests/golden

Writes local.json beside this script: pictures, a noisy one, and its scores at several sizes of patches and noises in
float64. Those of patches at the same place are by PyTorch: squared differences, summed over patches by a convolution
with ones whose padding of zeros leaves out what lies beyond the edge, a softmax over pictures, and its mean. Those of
patches anywhere compare each pixel's patch with NumPy's sliding windows of its shape over all pictures. `reach` null is
anywhere, and `size` null the whole picture.
"""
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F


def same_place(x, y, sigma, size):
    """x [N, C, H, W], y [C, H, W]: scores [C, H, W]."""
    squares = ((x - y) ** 2).sum(1, keepdim=True)
    if size is None:
        sums = squares.sum((2, 3), keepdim=True).expand_as(squares)
    else:
        ones = torch.ones(1, 1, size, size, dtype=x.dtype)
        sums = F.conv2d(squares, ones, padding=size // 2)
    weights = torch.softmax(-sums / (2 * sigma**2), 0)
    return ((weights * x).sum(0) - y) / sigma**2


def anywhere(x, y, sigma, size):
    """The same with patches of the pictures from all places where they fit."""
    N, C, H, W = x.shape
    out = np.zeros_like(y)
    for i in range(H):
        for j in range(W):
            top, left = max(0, i - size // 2), max(0, j - size // 2)
            patch = y[:, top : i + size // 2 + 1, left : j + size // 2 + 1]
            windows = np.lib.stride_tricks.sliding_window_view(x, patch.shape[1:], (2, 3))
            squares = ((windows - patch[None, :, None, None]) ** 2).sum((1, 4, 5))
            logs = -squares / (2 * sigma**2)
            weights = np.exp(logs - logs.max())
            centres = windows[..., i - top, j - left]
            mean = (weights[:, None] * centres).sum((0, 2, 3)) / weights.sum()
            out[:, i, j] = (mean - y[:, i, j]) / sigma**2
    return out


def main():
    random = np.random.default_rng(13)
    cases = []
    for N, H, W, C in ((11, 6, 7, 1), (9, 5, 4, 2)):
        # Half of the pixels are 0, as background is. All numbers are of float32.
        x = np.maximum(0, np.round(256 * random.uniform(-1, 1, (N, H, W, C))) / 256)
        z = random.standard_normal((H, W, C))
        first = lambda a: np.moveaxis(a.astype(np.float64), -1, -3)
        places, results = {}, []
        for sigma in (0.15, 0.8):
            y = first(x[0]) + sigma * first(z)
            y = np.round(256 * y) / 256
            places[sigma] = np.moveaxis(y, 0, -1).ravel().tolist()
            for size in (1, 3, 5, None):
                s = same_place(torch.tensor(first(x)), torch.tensor(y), sigma, size).numpy()
                results.append((sigma, size, 0, s))
            for size in (3, 5):
                results.append((sigma, size, None, anywhere(first(x), y, sigma, size)))
        cases.append({
            "height": H, "width": W, "channels": C, "pixels": x.ravel().tolist(), "places": places,
            "results": [
                {"sigma": sigma, "size": size, "reach": reach,
                 "score": [float(f"{v:.7g}") for v in np.moveaxis(s, 0, -1).ravel()]}
                for sigma, size, reach, s in results
            ],
        })
    Path(__file__).with_name("local.json").write_text(json.dumps(cases))


main()
