"""PyTorch: eager operations, autograd and its own fused Adam."""
import math
import os

import torch
import torch_unet
from torch.nn.functional import linear, softplus

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
version = torch.__version__


def array(values):
    return torch.tensor(values)


def tensor(problem, name):
    entry = problem["tensors"][name]
    return array(entry["data"]).reshape(entry["shape"])


def layers_of(problem):
    depth = problem["config"]["depth"]
    return [tensor(problem, f"mlp.layers.{i}.{part}") for i in range(depth + 1) for part in ("weight", "bias")]


def mlp(layers, h):
    for i in range(0, len(layers), 2):
        h = linear(h, layers[i], layers[i + 1])
        if i + 2 < len(layers):
            h = softplus(h)
    return h


def train(problem):
    config, batch = problem["config"], problem["batch"]
    dim, levels = config["dim"], config["levels"]
    sigmas = array(problem["sigmas"])[:, None]
    cosines, sines = (2 * math.pi * tensor(problem, f"rf_layer.B_{part}") for part in ("cos", "sin"))
    points = array(problem["points"]).reshape(-1, dim)
    share = torch.softmax(array(problem["logits"]), 0)
    alpha, beta = (tensor(problem, f"rf_layer.{part}").reshape(levels, 1) for part in ("alpha", "beta"))
    params = [p.requires_grad_() for p in (alpha, beta, *layers_of(problem))]

    def loss(x, z):
        noisy = x[:, None] + z * sigmas
        target = (x[:, None] - noisy) / sigmas**2
        x = noisy - 0.5
        waves = torch.cat([torch.cos(linear(x, cosines)), torch.sin(linear(x, sines))], -1)
        h = torch.cat([waves * params[0] + params[1], x], -1)
        return (sigmas**2 * (mlp(params[2:], h) - target) ** 2).mean()

    optimizer = torch.optim.Adam(params, lr=1e-3, fused=True)

    def check():
        x = array(problem["x"]).reshape(batch, dim)
        z = array(problem["z"]).reshape(batch, levels, dim)
        value = loss(x, z)
        grads = torch.autograd.grad(value, params)
        flat = torch.cat([g.ravel() for g in grads])
        return {"loss": value.detach().reshape(1).numpy(), "gradient": flat.numpy()}

    def run(n):
        for _ in range(n):
            x = points[torch.multinomial(share, batch, replacement=True)]
            optimizer.zero_grad(set_to_none=True)
            loss(x, torch.randn(batch, levels, dim)).backward()
            optimizer.step()
        return n

    return check, run


def chains(problem, score):
    count, dim, eta = problem["chains"], problem["dim"], problem["stepSize"]
    start = array(problem["init"]).expand(count, dim)

    @torch.inference_mode()
    def walk(x, z):
        for one in z * math.sqrt(eta):
            x = torch.add(x, score(x), alpha=eta / 2) + one
        return x

    def check():
        z = array(problem["z"]).reshape(problem["checkSteps"], count, dim)
        x = walk(start, z).numpy()
        if "places" not in problem:
            return {"x": x}
        return {"x": x, "score": score(array(problem["places"]).reshape(count, dim)).numpy()}

    def run(n):
        x = start
        for first in range(0, n, 64):
            x = walk(x, torch.randn(min(64, n - first), count, dim))
        return n

    return check, run


def langevin(problem):
    """At one level alpha, beta and the centre are folded into the first layers; sin t = cos(t - pi / 2)."""
    features, level = problem["config"]["features"], problem["level"]
    turns = 2 * math.pi * torch.cat([tensor(problem, "rf_layer.B_cos"), tensor(problem, "rf_layer.B_sin")])
    phases = torch.cat([torch.zeros(features), torch.full((features,), -math.pi / 2)]) - 0.5 * turns.sum(1)
    alpha, beta = (tensor(problem, f"rf_layer.{part}")[level] for part in ("alpha", "beta"))
    weight, bias, *rest = layers_of(problem)
    waves, plain = weight.split([2 * features, problem["dim"]], 1)
    layers = [torch.cat([alpha * waves, plain], 1), bias + beta * waves.sum(1) - 0.5 * plain.sum(1), *rest]
    return chains(problem, lambda x: mlp(layers, torch.cat([torch.cos(linear(x, turns, phases)), x], 1)))


def mixture(problem):
    means, sds = torch.tensor(problem["means"]), torch.tensor(problem["sds"])
    weights = torch.tensor(problem["weights"])
    constant = torch.log(weights / weights.sum()) - torch.log(sds).sum(-1)

    def score(x):
        u = means - x[:, None]
        pull = u / sds**2
        share = torch.softmax(constant - 0.5 * (u * pull).sum(-1), -1)
        return (share[..., None] * pull).sum(1)

    return chains(problem, score)


def empirical(problem):
    dim, variance = problem["dim"], problem["sigma"] ** 2
    points = array(problem["points"]).reshape(-1, dim)
    places = array(problem["x"]).reshape(-1, dim)
    half = -0.5 * points.square().sum(-1)

    @torch.inference_mode()
    def score():
        share = torch.softmax(linear(places, points, half) / variance, -1)
        return (share @ points - places) / variance

    return lambda: {"score": score().numpy()}, lambda n: repeat(n, score)


def repeat(n, call):
    for _ in range(n):
        call()
    return n


def drawn(draw):
    return lambda: {"values": draw().numpy(), "generator": "own"}, lambda n: repeat(n, draw)


def normal(problem):
    return drawn(lambda: torch.randn(problem["n"]))


def categorical(problem):
    share = torch.softmax(array(problem["logits"]), 0)
    return drawn(lambda: torch.multinomial(share, problem["n"], replacement=True).to(torch.int32))


tasks = dict(unetTrain=torch_unet.train, unetPredict=torch_unet.predict, unetFlow=torch_unet.flow, train=train, langevin=langevin, mixture=mixture, empirical=empirical, normal=normal, categorical=categorical)
