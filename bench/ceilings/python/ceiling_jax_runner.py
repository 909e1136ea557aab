"""JAX, op by op: XLA's compiler for CPUs. Each operation is one jitted function; its result takes the memory of the one before."""
import os

from jax_runner import limit
from names import function, read, sizes, write

held = {}


def version():
    import jax
    return f'jax {jax.__version__}'


def convolve(x, w, stride, groups):
    from jax import lax
    return lax.conv_general_dilated(x, w, (stride, stride), ((1, 1), (1, 1)), dimension_numbers=('NHWC', 'HWIO', 'NHWC'),
                                    feature_group_count=groups)


def into(f):
    """A function of its operands; the result of the call before is donated."""
    return lambda command, **options: lambda state, operands: {'y': f(command, **operands, **options)}


def input_gradient(command, w, y, stride, groups):
    import jax
    shape, _ = sizes(command)
    return jax.vjp(lambda x: convolve(x, w, stride, groups), jax.numpy.zeros(shape))[1](y)[0]


def kernel_gradient(command, x, y, stride, groups):
    import jax
    _, shape = sizes(command)
    return jax.vjp(lambda w: convolve(x, w, stride, groups), jax.numpy.zeros(shape))[1](y)[0]


def layer_norm(command, x, scale, bias):
    import jax
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * scale + bias


def batch_norm(command, x, scale, bias):
    import jax
    centred = x - x.mean((0, 1, 2))
    return centred * jax.lax.rsqrt((centred ** 2).mean((0, 1, 2)) + 1e-5) * scale + bias


def max_pool(command, x):
    import jax
    return jax.lax.reduce_window(x, -jax.numpy.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), 'VALID')


def max_pool_gradient(command, x, y):
    import jax
    return jax.vjp(lambda x: max_pool(command, x), x)[1](y)[0]


def embedding_gradient(command, at, y):
    import jax
    rows = int(command['workload'].split(' of ')[1].split('x')[0])
    return jax.numpy.zeros((rows, y.shape[1])).at[at].add(y)


def cross_entropy_gradient(command, x, at):
    import jax
    return jax.grad(lambda x: -jax.numpy.take_along_axis(jax.nn.log_softmax(x, -1), at[:, None], 1).mean())(x)


def gelu(command, x):
    import jax
    return jax.nn.gelu(x, approximate=False)


def softmax(command, x):
    import jax
    return jax.nn.softmax(x, -1)


def adam(command):
    import optax
    optimiser = optax.adam(1e-3)

    def step(state, operands):
        updates, moments = optimiser.update(operands['g'], state['moments'], state['params.p'])
        return {'params.p': state['params.p'] + updates, 'moments': moments}
    step.first = lambda state: {'params.p': state['params.p'], 'moments': optimiser.init(state['params.p'])}
    return step


def loop(command):
    import jax

    def step(state, operands):
        return {'h': jax.lax.scan(lambda h, x: (jax.numpy.tanh(h @ operands['w'] + x), None), state['h'], operands['x'])[0]}
    return step


def empty(command):
    return lambda state, operands: {'c': state['c'] + 1}


def sgemm(command, a, b):
    return (a.T if command['workload'].endswith(' tn') else a) @ b


TABLE = {
    'sgemm': into(sgemm),
    'attention scores': into(lambda command, q, k: q @ k.transpose(0, 2, 1)),
    'attention values': into(lambda command, a, v: a @ v),
    'conv': into(lambda command, x, w, stride, groups: convolve(x, w, stride, groups)),
    'conv input gradient': into(input_gradient),
    'conv kernel gradient': into(kernel_gradient),
    'Adam': adam,
    'softmax': into(softmax),
    'layer norm': into(layer_norm),
    'batch norm': into(batch_norm),
    'max pool': into(max_pool),
    'max pool gradient': into(max_pool_gradient),
    'embedding': into(lambda command, w, at: w[at]),
    'embedding gradient': into(embedding_gradient),
    'cross-entropy gradient': into(cross_entropy_gradient),
    'sort': into(lambda command, x: x.sort(1)),
    'sum over columns': into(lambda command, x: x.sum(0)),
    'gelu': into(gelu),
    'add': into(lambda command, x, y: x + y),
    'loop': loop,
    'empty': empty,
}


def start(command):
    if not held:
        limit(command['threads'])
        os.environ['JAX_PLATFORMS'] = 'cpu'
        held['limited'] = True
    import jax
    find, options = function(TABLE, command['workload'])
    step = find(command, **options)
    operands, state = read(command)
    operands, state = jax.device_put(operands), jax.device_put(state)
    state = getattr(step, 'first', lambda s: s)(state)
    compiled = jax.jit(step, donate_argnums=0, keep_unused=True).lower(state, operands).compile()
    latest = {'state': state}
    answers = 'empty' in command['workload']

    def calls(n):
        for _ in range(n):
            latest['state'] = compiled(latest['state'], operands)
            if answers:
                float(latest['state']['c'])
        jax.block_until_ready(latest['state'])
        return 0.0

    calls(3 if 'Adam' in command['workload'] else 1)
    write(command, 'jax', {k: v for k, v in latest['state'].items() if k != 'moments'})
    return calls
