"""U-Nets in PyTorch: UNet2DModel of diffusers, in the memory order of pictures that is faster on this machine."""
import time

import torch

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
# How long a memory order is tried. A first unit that takes as long is the trial; a shorter one is not counted.
TRIAL_SECONDS = 0.5


def faster(task):
    """task(memory format) gives (check, run): the one whose unit takes less time."""
    found = {}
    for name, memory_format in FORMATS.items():
        check, run = task(memory_format)
        start = time.perf_counter()
        units = run(1)
        if time.perf_counter() - start < TRIAL_SECONDS:
            units, start = 0, time.perf_counter()
        while time.perf_counter() - start < TRIAL_SECONDS:
            units += run(1)
        found[name] = ((time.perf_counter() - start) / units, check, run)
    name = min(found, key=lambda name: found[name][0])
    _, check, run = found[name]
    return check, run, {"layout": name}


def unet(problem, memory_format):
    from diffusers import UNet2DModel

    config = {name: value for name, value in problem["config"].items() if not name.startswith("_")}
    model = UNet2DModel.from_config(config)
    tensors = {name: torch.tensor(entry["data"]).reshape(entry["shape"]) for name, entry in problem["tensors"].items()}
    model.load_state_dict(tensors)
    shape = (-1, config["in_channels"], *config["sample_size"])
    x = torch.tensor(problem["x"]).reshape(shape)
    return model.to(memory_format=memory_format), x.contiguous(memory_format=memory_format)


def predicted(model, x, times):
    with torch.inference_mode():
        return {"y": model(x, times).sample.contiguous().ravel().numpy()}


def coefficients(sigma, sigma_data=0.5):
    """in, skip, out and time of Karras and others 2022, table 1."""
    total = sigma**2 + sigma_data**2
    return 1 / total.sqrt(), sigma_data**2 / total, sigma_data * sigma / total.sqrt(), sigma.log() / 4


def train(problem):
    """Karras and others' denoiser and loss, with sigma of the data 0.5, and the moving average of the weights."""
    return faster(lambda memory_format: train_in(problem, memory_format))


def train_in(problem, memory_format):
    model, pictures = unet(problem, memory_format)
    batch = problem["batch"]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    average = [p.detach().clone() for p in model.parameters()]
    y = predicted(model, pictures, torch.tensor(problem["times"]))

    def run(n):
        for _ in range(n):
            x = pictures[torch.randint(len(pictures), (batch,))]
            sigma = torch.exp(1.2 * torch.randn(batch, 1, 1, 1) - 1)
            scale, skip, out, times = coefficients(sigma)
            noisy = x + sigma * torch.randn_like(x)
            denoised = skip * noisy + out * model(scale * noisy, times.ravel()).sample
            optimizer.zero_grad(set_to_none=True)
            ((denoised - x) ** 2 / out**2).mean().backward()
            optimizer.step()
            torch._foreach_lerp_(average, [p.detach() for p in model.parameters()], 1e-3)
        return n

    return lambda: y, run


def predict(problem):
    return faster(lambda memory_format: predict_in(problem, memory_format))


def predict_in(problem, memory_format):
    model, x = unet(problem, memory_format)
    times = torch.tensor(problem["times"])
    return lambda: predicted(model, x, times), repeated(lambda: predicted(model, x, times))


def flow(problem):
    return faster(lambda memory_format: flow_in(problem, memory_format))


def flow_in(problem, memory_format):
    """Heun's method along du / dsigma = (u - D(u)) / sigma, the last step Euler's."""
    model, start = unet(problem, memory_format)
    sigmas = torch.tensor(problem["sigmas"])

    def slope(x, sigma):
        scale, skip, out, time = coefficients(sigma)
        return (x - skip * x - out * model(scale * x, time.expand(len(x))).sample) / sigma

    @torch.inference_mode()
    def make():
        x = start
        for sigma, following in zip(sigmas[:-1], sigmas[1:]):
            first = slope(x, sigma)
            guess = x + (following - sigma) * first
            x = guess if following == 0 else x + (following - sigma) / 2 * (first + slope(guess, following))
        return {"x": x.contiguous().ravel().numpy()}

    return make, repeated(make)


def repeated(call):
    def run(n):
        for _ in range(n):
            call()
        return n

    return run
