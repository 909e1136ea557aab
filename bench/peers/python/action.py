"""An action of a policy and its log-probability, answers on the host."""
import math


def figure(action, nats):
    p = math.exp(nats[0])
    return p if action[0] == 1 else 1 - p


def logits(tanh, p, x):
    layers = len(p) // 2
    for i in range(layers):
        x = x @ p[f'{i}.w'] + p[f'{i}.b']
        x = tanh(x) if i + 1 < layers else x
    return x


def torch_step(p, b, constants):
    import torch
    odds = torch.log_softmax(logits(torch.tanh, p, b['observation']), -1)
    # the largest of log-odds with Gumbel noise, -log of an exponential number
    drawn = (odds - torch.empty_like(odds).exponential_().log()).argmax(-1)
    return p, (drawn, odds.gather(-1, drawn[:, None])[:, 0])


def jax_step(p, b, constants):
    import jax
    odds = jax.nn.log_softmax(logits(jax.numpy.tanh, p, b['observation']))
    drawn = jax.random.categorical(jax.random.fold_in(jax.random.key(2), b['at']), odds)
    return p, (drawn, jax.numpy.take_along_axis(odds, drawn[:, None], -1)[:, 0])
