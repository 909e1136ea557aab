"""VQ-VAE with a codebook that follows running means; pictures are [B, 784], typegrad's kernels [H, W, I, O]."""
RATE = 1e-4
DECAY, EPSILON, BETA = 0.95, 1e-5, 0.25


def torch_prepare(tree):
    """Kernels as PyTorch wants them, in memory with channels last."""
    import torch
    return {k: v.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last) if v.ndim == 4 else v for k, v in tree.items()}


def codebook(np, aux, rows, members):
    """The codebook after a batch: the same text for both libraries."""
    counts = DECAY * aux['codebook.counts'] + (1 - DECAY) * members.sum(0)
    sums = DECAY * aux['codebook.sums'] + (1 - DECAY) * members.T @ rows
    n = counts.sum()
    size = ((counts + EPSILON) * (n / (n + len(counts) * EPSILON)))[:, None]
    used = size > 0
    entries = np.where(used, sums / np.where(used, size, np.ones_like(size)), aux['codebook.entries'])
    return {'codebook.entries': entries, 'codebook.counts': counts, 'codebook.sums': sums}


def blocks(p, at):
    return range(sum(k.startswith(f'{at}.blocks.') and k.endswith('.narrow.w') for k in p))


def losses(np, conv, up, relu, stop, one_hot, take, p, aux, x):
    """The objective from convolutions of stride 1 or 2 with typegrad's names."""
    def residuals(at, h):
        for i in blocks(p, at):
            h = h + conv(f'{at}.blocks.{i}.widen', relu(conv(f'{at}.blocks.{i}.narrow', relu(h), 1, 1)), 1, 0)
        return relu(h)
    h = relu(conv('encoder.down.0', x, 2, 1))
    h = relu(conv('encoder.down.1', h, 2, 1))
    h = residuals('encoder', conv('encoder.mix', h, 1, 1))
    z = conv('encoder.out', h, 1, 0)
    rows, back = take(z)
    e = aux['codebook.entries']
    codes = (stop(rows) @ e.T - 0.5 * (e * e).sum(1)).argmax(1)
    nearest = e[codes]
    quantised = rows + stop(nearest - rows)
    h = residuals('decoder', conv('decoder.mix', back(quantised), 1, 1))
    drawn = up('decoder.up.1', relu(up('decoder.up.0', h)))
    loss = ((drawn - x) ** 2).mean() + BETA * ((rows - nearest) ** 2).mean()
    return loss, codebook(np, aux, stop(rows), one_hot(codes, len(e)))


def torch_loss(p, aux, b):
    import torch
    from torch.nn import functional as F

    def conv(name, x, stride, padding):
        return F.conv2d(x, p[f'{name}.w'], p[f'{name}.b'], stride, padding)

    def up(name, x):
        return F.conv_transpose2d(x, p[f'{name}.w'], p[f'{name}.b'], 2, 1)

    def take(z):
        maps = z.permute(0, 2, 3, 1)
        return maps.reshape(-1, maps.shape[-1]), lambda rows: rows.view(maps.shape).permute(0, 3, 1, 2)

    def one_hot(codes, n):
        return F.one_hot(codes, n).float()
    x = b['x'].view(-1, 28, 28, 1).permute(0, 3, 1, 2)
    return losses(torch, conv, up, torch.relu, torch.Tensor.detach, one_hot, take, p, aux, x)


def jax_loss(p, aux, b):
    import jax
    from jax import numpy as np

    def conv(name, x, stride, padding):
        y = jax.lax.conv_general_dilated(x, p[f'{name}.w'], (stride, stride), [(padding, padding)] * 2,
                                         dimension_numbers=('NHWC', 'HWIO', 'NHWC'))
        return y + p[f'{name}.b']

    def up(name, x):
        # The gradient of a convolution: the image spread out by the stride, the kernel turned round.
        w = np.flip(p[f'{name}.w'], (0, 1))
        y = jax.lax.conv_general_dilated(x, w, (1, 1), [(2, 2)] * 2, lhs_dilation=(2, 2), dimension_numbers=('NHWC', 'HWOI', 'NHWC'))
        return y + p[f'{name}.b']

    def take(z):
        return z.reshape(-1, z.shape[-1]), lambda rows: rows.reshape(z.shape)
    x = b['x'].reshape(-1, 28, 28, 1)
    return losses(np, conv, up, jax.nn.relu, jax.lax.stop_gradient, jax.nn.one_hot, take, p, aux, x)
