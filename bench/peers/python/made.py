"""A masked autoencoder of one hidden layer."""
RATE = 1e-4


def torch_loss(p, aux, b):
    import torch
    from torch.nn import functional as F
    h = F.relu(torch.addmm(p['hidden.0.b'], b['x'], p['hidden.0.w'] * aux['hidden']))
    logits = torch.addmm(p['out.b'], h, p['out.w'] * aux['out'])
    return F.binary_cross_entropy_with_logits(logits, b['x'], reduction='sum') / len(b['x']), aux


def jax_loss(p, aux, b):
    import jax
    from jax import numpy as np
    x = b['x']
    h = jax.nn.relu(x @ (p['hidden.0.w'] * aux['hidden']) + p['hidden.0.b'])
    logits = h @ (p['out.w'] * aux['out']) + p['out.b']
    return (jax.nn.softplus(logits) - x * logits).sum(1).mean(), aux
