"""A thousand small operations one after the other."""
DEPTH = 250


def step(np, p, b):
    x, w = p['x'], p['w']
    for _ in range(DEPTH):
        x = np.tanh(x @ w + b['b']) * 0.99
    return {'x': x, 'w': w}, x.mean()


def torch_step(p, b):
    import torch
    return step(torch, p, b)


def jax_step(p, b):
    import jax
    return step(jax.numpy, p, b)
