"""Golden values for U-Nets: what diffusers' UNet2DModel gives.

    python tests/golden/unet.py

Writes the folders unet/a, b, c, float16 and bfloat16 beside this script, each as `save_pretrained` leaves a model, with
golden.safetensors (and trace.safetensors for a, b and c); only config.json is then laid out by
`npx biome check --write tests/golden`. Made with Python 3.11, torch 2.13.0 (CPU), diffusers 0.42.1,
safetensors 0.8.0 and numpy 2.4.6 on x86-64.

golden.safetensors: x, target, output, gradient.x [n, h, w, c], times [n], labels [n] (a), loss (float64),
gradient.NAME for every trained parameter in the shape of its weight file, and output32, what diffusers gives in float32
as it stands. Everything else is computed in float64, the embedding of the time too, from the weights of the file and
from x, times and target as stored, and then rounded to float32. The loss is the mean of (output - target)^2. The gradient of every to_k.bias is 0 but for
rounding, since softmax ignores what is added to all its inputs.

trace.safetensors: what the modules of those names gave for the first sample, pictures as [1, h, w, c] and tokens as
[1, h w, c]. `emb` is what the blocks get: the embedding of the time plus that of the label.
"""
import pathlib

import numpy as np
import torch
from diffusers import UNet2DModel
from diffusers.models import embeddings
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent / "unet"
N = 3

CONFIGS = {
    # Grey, three levels, attention with several heads at the second and in the middle, labels.
    "a": dict(
        sample_size=8,
        in_channels=1,
        out_channels=1,
        block_out_channels=(8, 8, 8),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=4,
        norm_num_groups=4,
        num_class_embeds=10,
    ),
    # Colour, without attention, padding on two sides only, the other order and frequencies of the embedding.
    "b": dict(
        sample_size=8,
        in_channels=3,
        out_channels=3,
        block_out_channels=(4, 8),
        layers_per_block=2,
        down_block_types=("DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D"),
        add_attention=False,
        downsample_padding=0,
        flip_sin_to_cos=False,
        freq_shift=1,
        center_input_sample=True,
        norm_num_groups=2,
    ),
    # Awkward sizes, Gaussian Fourier features of the logarithm of the time, one head as wide as its level.
    "c": dict(
        sample_size=(12, 20),
        in_channels=2,
        out_channels=2,
        block_out_channels=(6, 9),
        layers_per_block=1,
        down_block_types=("AttnDownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "AttnUpBlock2D"),
        attention_head_dim=None,
        norm_num_groups=3,
        norm_eps=1e-6,
        time_embedding_type="fourier",
    ),
}
TIMES = {"a": [0.5, 17.0, 250.0], "b": [0.0, 3.0, 999.0], "c": [0.3, 0.8, 13.5]}
LABELS = {"a": [7, 0, 9]}


def randomise(model, seed):
    """Draws every parameter: weights of mean square 1 / inputs, gains around 1, biases and shifts away from 0."""
    generator = torch.Generator().manual_seed(seed)
    for name, module in model.named_modules():
        for key, parameter in module.named_parameters(recurse=False):
            z = torch.randn(parameter.shape, generator=generator)
            if isinstance(module, torch.nn.GroupNorm) and key == "weight":
                z = 1 + 0.2 * z
            elif key == "bias":
                z = 0.2 * z
            elif name == "time_proj":
                z = 2 * z
            elif not isinstance(module, torch.nn.Embedding):
                z = z / parameter[0].numel() ** 0.5
            parameter.data.copy_(z)


def make(name):
    model = UNet2DModel(**CONFIGS[name]).eval()
    randomise(model, ord(name))
    return model


def inputs(name, seed=1):
    """x and target as pictures [n, c, h, w], times and labels."""
    config = CONFIGS[name]
    size = config["sample_size"]
    h, w = size if isinstance(size, tuple) else (size, size)
    generator = torch.Generator().manual_seed(100 * ord(name) + seed)
    x = torch.randn((N, config["in_channels"], h, w), generator=generator)
    target = torch.randn((N, config["out_channels"], h, w), generator=generator)
    labels = torch.tensor(LABELS[name]) if name in LABELS else None
    return x, target, torch.tensor(TIMES[name]), labels


def timestep_embedding(times, dim, flip_sin_to_cos=False, downscale_freq_shift=1, scale=1, max_period=10000):
    """diffusers' get_timestep_embedding in float64; its own stays in float32 in a model of float64."""
    half = dim // 2
    exponents = torch.arange(half, dtype=torch.float64) / (half - downscale_freq_shift)
    angles = scale * times.double()[:, None] * torch.exp(-np.log(max_period) * exponents)[None]
    parts = [torch.cos(angles), torch.sin(angles)] if flip_sin_to_cos else [torch.sin(angles), torch.cos(angles)]
    return torch.nn.functional.pad(torch.cat(parts, dim=-1), (0, dim % 2))


def exact(model):
    """The model in float64, its embedding of the time too."""
    embeddings.get_timestep_embedding = timestep_embedding
    return model.double()


def rows(a):
    """Pictures as [n, h, w, c]; everything else as it is."""
    return a.permute(0, 2, 3, 1) if a.ndim == 4 else a


def stored(a):
    return np.ascontiguousarray(a.detach().float().numpy())


def gradients(model, x):
    found = {"gradient.x": stored(rows(x.grad))}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            found[f"gradient.{name}"] = stored(parameter.grad)
    return found


def traced(model, keep):
    """Writes to `keep` what each part of the U-Net gives for the first sample."""
    parts = ("down_blocks", "mid_block", "up_blocks")
    single = ("conv_in", "time_proj", "time_embedding", "conv_norm_out", "conv_out")
    ends = ("resnets", "attentions", "downsamplers", "upsamplers")
    for name, module in model.named_modules():
        path = name.split(".")
        block = path[0] in parts and len(path) == (1 if path[0] == "mid_block" else 2)
        inner = path[0] in parts and len(path) >= 2 and path[-2] in ends and path[-1].isdigit()
        if name in single or block or inner:

            def hook(_, given, out, name=name):
                out = out[0] if isinstance(out, tuple) else out
                keep[name] = stored(rows(out)[:1])

            module.register_forward_hook(hook)

    def first(module, given, named):
        keep["emb"] = stored((named["temb"] if "temb" in named else given[1])[:1])

    model.down_blocks[0].register_forward_pre_hook(first, with_kwargs=True)


def write(folder, name, tensors):
    path = HERE / folder / name
    save_file(tensors, path)
    print(f"{folder}/{name}: {path.stat().st_size} bytes")


def given(x, times, labels):
    tensors = {"x": stored(rows(x)), "times": stored(times)}
    return tensors if labels is None else tensors | {"labels": labels.numpy().astype(np.uint32)}


def whole(name):
    """Output, loss, every gradient and the trace of a configuration."""
    own = embeddings.get_timestep_embedding
    model = make(name)
    model.save_pretrained(HERE / name)
    x, target, times, labels = inputs(name)
    with torch.no_grad():
        output32 = model(x, times, labels).sample
    model, keep = exact(model), {}
    traced(model, keep)
    wide = x.double().requires_grad_()
    output = model(wide, times.double(), labels).sample
    loss = torch.mean((output - target.double()) ** 2)
    loss.backward()
    embeddings.get_timestep_embedding = own
    tensors = given(x, times, labels) | {"target": stored(rows(target)), "output": stored(rows(output))}
    tensors |= {"output32": stored(rows(output32)), "loss": np.array(loss.item())}
    print(f"{name}: loss {loss.item():.6f}, float32 within {(output - output32).abs().max().item():.1e}")
    write(name, "golden.safetensors", tensors | gradients(model, wide))
    write(name, "trace.safetensors", keep)


def narrow(dtype, folder):
    """Configuration b with weights of 16 bits: the output of the weights as a float32 has them."""
    own = embeddings.get_timestep_embedding
    model = make("b").to(dtype)
    model.save_pretrained(HERE / folder)
    x, _, times, labels = inputs("b")
    with torch.no_grad():
        output = exact(model)(x.double(), times.double(), labels).sample
    embeddings.get_timestep_embedding = own
    write(folder, "golden.safetensors", given(x, times, labels) | {"output": stored(rows(output))})


def main():
    for name in CONFIGS:
        whole(name)
    narrow(torch.float16, "float16")
    narrow(torch.bfloat16, "bfloat16")


if __name__ == "__main__":
    main()
