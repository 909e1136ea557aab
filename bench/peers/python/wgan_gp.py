"""The critic of WGAN-GP: its loss holds a gradient, so its gradient is a second derivative."""
RATE = 2e-5
BETAS = (0.0, 0.9)
WEIGHT = 10


def critic(np, p, x):
    layers = len(p) // 2
    for i in range(layers):
        x = x @ p[f'{i}.w'] + p[f'{i}.b']
        x = np.maximum(x, 0.2 * x) if i + 1 < layers else x
    return x[:, 0]


def objective(np, p, b, slope_at):
    between = b['share'] * b['real'] + (1 - b['share']) * b['fake']
    norm = np.sqrt((slope_at(between) ** 2).sum(1))
    return critic(np, p, b['fake']).mean() - critic(np, p, b['real']).mean() + WEIGHT * ((norm - 1) ** 2).mean()


def torch_loss(p, aux, b):
    import torch

    def slope_at(x):
        x = x.requires_grad_()
        return torch.autograd.grad(critic(torch, p, x).sum(), x, create_graph=True)[0]
    return objective(torch, p, b, slope_at), aux


def torch_grads(p, b):
    """Gradients without autograd's second pass, which torch.compile does not have: all of it is one traced function."""
    import torch
    from torch.func import grad, grad_and_value

    def loss(p):
        return objective(torch, p, b, grad(lambda x: critic(torch, p, x).sum()))
    return grad_and_value(loss)(p)


def jax_loss(p, aux, b):
    import jax
    from jax import numpy as np
    return objective(np, p, b, jax.grad(lambda x: critic(np, p, x).sum())), aux
