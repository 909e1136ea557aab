"""A causal transformer in the manner of GPT-2, heads of 64 features, logits by the embedding itself."""
RATE = 1e-4
HEAD = 64


def layers(p):
    return sum(k.endswith('.qkv.w') for k in p)


def torch_loss(p, aux, b):
    from torch.nn import functional as F

    def through(name, x):
        return F.linear(x, p[f'{name}.w'].t(), p[f'{name}.b'])

    def norm(name, x):
        return F.layer_norm(x, x.shape[-1:], p[f'{name}.scale'], p[f'{name}.bias'])
    h = F.embedding(b['x'], p['tokens']) + p['places']
    n, t, d = h.shape
    for i in range(layers(p)):
        at = f'blocks.{i}'
        q, k, v = through(f'{at}.qkv', norm(f'{at}.before', h)).view(n, t, 3, d // HEAD, HEAD).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = h + through(f'{at}.out', mixed.transpose(1, 2).reshape(n, t, d))
        h = h + through(f'{at}.down', F.gelu(through(f'{at}.up', norm(f'{at}.between', h))))
    logits = F.linear(norm('last', h), p['tokens'])
    return F.cross_entropy(logits.view(n * t, -1), b['y'].reshape(-1)), aux


def jax_loss(p, aux, b):
    import jax
    from jax import numpy as np

    def through(name, x):
        return x @ p[f'{name}.w'] + p[f'{name}.b']

    def norm(name, x):
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5) * p[f'{name}.scale'] + p[f'{name}.bias']
    h = p['tokens'][b['x']] + p['places']
    n, t, d = h.shape
    for i in range(layers(p)):
        at = f'blocks.{i}'
        qkv = through(f'{at}.qkv', norm(f'{at}.before', h)).reshape(n, t, 3, d // HEAD, HEAD)
        mixed = jax.nn.dot_product_attention(qkv[:, :, 0], qkv[:, :, 1], qkv[:, :, 2], is_causal=True)
        h = h + through(f'{at}.out', mixed.reshape(n, t, d))
        h = h + through(f'{at}.down', jax.nn.gelu(through(f'{at}.up', norm(f'{at}.between', h)), approximate=False))
    logits = norm('last', h) @ p['tokens'].T
    picked = np.take_along_axis(jax.nn.log_softmax(logits), b['y'][..., None], -1)
    return -picked.mean(), aux
