# Saves a UNet2DModel of the published 256 x 256 face models' configuration (google/ddpm-celebahq-256) with random weights into
# the folder given, and prints as JSON how long PyTorch takes for its output on one picture, with one thread and with two.
import json
import math
import resource
import sys
import time

import torch
from diffusers import UNet2DModel

SIZE = 256
torch.manual_seed(0)
model = UNet2DModel(
    sample_size=SIZE,
    in_channels=3,
    out_channels=3,
    block_out_channels=(128, 128, 256, 256, 512, 512),
    layers_per_block=2,
    down_block_types=("DownBlock2D",) * 4 + ("AttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "AttnUpBlock2D") + ("UpBlock2D",) * 4,
    attention_head_dim=None,
    downsample_padding=0,
    norm_eps=1e-6,
    flip_sin_to_cos=False,
    freq_shift=1,
).eval()
model.save_pretrained(sys.argv[1])
numbers = torch.tensor([math.sin(0.37 * i) for i in range(SIZE * SIZE * 3)])
x = numbers.reshape(1, SIZE, SIZE, 3).permute(0, 3, 1, 2).contiguous()
seconds = {}
with torch.no_grad():
    for threads in (1, 2):
        torch.set_num_threads(threads)
        runs = []
        for _ in range(3):
            began = time.perf_counter()
            y = model(x, 500).sample
            runs.append(time.perf_counter() - began)
        seconds[threads] = sorted(runs)[1]
y = y.permute(0, 2, 3, 1).reshape(-1)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({"seconds": seconds, "gib": peak, "first": y[:64].tolist(), "largest": float(y.abs().max())}))
