"""A classifier of relu layers."""
RATE = 1e-4


def torch_loss(p, aux, b):
    import torch
    from torch.nn import functional as F
    h, layers = b['x'], len(p) // 2
    for i in range(layers):
        h = torch.addmm(p[f'{i}.b'], h, p[f'{i}.w'])
        h = F.relu(h) if i + 1 < layers else h
    return F.cross_entropy(h, b['y']), aux


def jax_loss(p, aux, b):
    import jax
    from jax import numpy as np
    h, layers = b['x'], len(p) // 2
    for i in range(layers):
        h = h @ p[f'{i}.w'] + p[f'{i}.b']
        h = jax.nn.relu(h) if i + 1 < layers else h
    picked = np.take_along_axis(jax.nn.log_softmax(h), b['y'][:, None], 1)
    return -picked.mean(), aux
