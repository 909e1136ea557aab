"""Elementwise operations on a million numbers."""


def step(np, sigmoid, p, b):
    x = p['x']
    bump = np.exp(-(x - b['shift']) ** 2)
    x = np.tanh(x * 1.5) * 0.9 + bump * sigmoid(x)
    return {'x': x}, x.mean()


def torch_step(p, b):
    import torch
    return step(torch, torch.sigmoid, p, b)


def jax_step(p, b):
    import jax
    return step(jax.numpy, jax.nn.sigmoid, p, b)
