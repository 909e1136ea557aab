"""A hundred samples of MADE: the first layer is kept before its nonlinearity and hears one more pixel a step."""
COUNT = 100


def figure(x):
    return float(x.mean())


def torch_pixel(first, w, v, b):
    import torch
    odds = torch.addmv(b, torch.relu(first), v)
    x = (torch.rand_like(odds) < torch.sigmoid(odds)).float()
    return torch.addr(first, x, w), x


def torch_step(p, b, constants):
    """Compiled, the body of the loop is: unrolled, 784 pixels take an hour to compile."""
    import torch
    w, v = p['hidden.0.w'] * constants['hidden'], (p['out.w'] * constants['out']).t().contiguous()
    first, pixels = p['hidden.0.b'].expand(COUNT, -1), []
    body = torch_step.body
    for own in zip(w.unbind(0), v.unbind(0), p['out.b'].unbind(0)):
        first, x = body(first, *own)
        pixels.append(x)
    return p, (torch.stack(pixels, 1),)


def jax_step(p, b, constants):
    import jax
    from jax import numpy as np

    def pixel(first, own):
        w, v, bias, u = own
        x = (u < jax.nn.sigmoid(jax.nn.relu(first) @ v + bias)).astype(np.float32)
        return first + x[:, None] * w, x
    noise = jax.random.uniform(jax.random.fold_in(jax.random.key(3), b['at']), (784, COUNT))
    first = np.broadcast_to(p['hidden.0.b'], (COUNT, len(p['hidden.0.b'])))
    own = (p['hidden.0.w'] * constants['hidden'], (p['out.w'] * constants['out']).T, p['out.b'], noise)
    return p, (jax.lax.scan(pixel, first, own)[1].T,)
