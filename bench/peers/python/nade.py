"""NADE: h_d = sigmoid(c + sum of x_j W_j over j < d), logit_d = b_d + V_d h_d.

The sums are a loop (`loop`, `scan`) or one cumulative sum over all pixels, which takes D times the memory of the hidden layer.
"""
RATE = 1e-4


def torch_loss(p, aux, b):
    import torch
    from torch.nn import functional as F
    x = b['x']
    heard = torch.cumsum(x[:, :, None] * p['W'], 1)
    a = torch.cat([torch.zeros_like(heard[:, :1]), heard[:, :-1]], 1) + p['c']
    logits = torch.einsum('bdh,dh->bd', torch.sigmoid(a), p['V']) + p['b']
    return F.binary_cross_entropy_with_logits(logits, x, reduction='sum') / len(x), aux


def torch_loss_loop(p, aux, b):
    import torch
    from torch.nn import functional as F
    x = b['x']
    W, V = p['W'].unbind(0), p['V'].unbind(0)
    a, logits = p['c'].expand(len(x), -1), []
    for d, pixel in enumerate(x.unbind(1)):
        logits.append(torch.mv(torch.sigmoid(a), V[d]))
        a = torch.addcmul(a, pixel[:, None], W[d])
    return F.binary_cross_entropy_with_logits(torch.stack(logits, 1) + p['b'], x, reduction='sum') / len(x), aux


def nll(logits, x):
    import jax
    return (jax.nn.softplus(logits) - x * logits).sum(1).mean()


def jax_loss(p, aux, b):
    import jax
    from jax import numpy as np
    x = b['x']
    heard = np.cumsum(x[:, :, None] * p['W'], 1)
    a = np.pad(heard[:, :-1], ((0, 0), (1, 0), (0, 0))) + p['c']
    logits = np.einsum('bdh,dh->bd', jax.nn.sigmoid(a), p['V']) + p['b']
    return nll(logits, x), aux


def jax_loss_scan(p, aux, b):
    import jax
    from jax import numpy as np
    x = b['x']

    def pixel(a, own):
        w, v, seen = own
        return a + seen[:, None] * w, jax.nn.sigmoid(a) @ v
    start = np.broadcast_to(p['c'], (len(x), len(p['c'])))
    logits = jax.lax.scan(pixel, start, (p['W'], p['V'], x.T))[1].T + p['b']
    return nll(logits, x), aux
