"""PyTorch, op by op: every operation is one of its own kernels, into memory that stays where there is a form of it that takes it."""
import time

import numpy
import torch
from torch.nn import functional as F

from names import function, read, sizes, write

LAYOUTS = torch.channels_last, torch.contiguous_format


def version():
    return f'torch {torch.__version__}'


def images(x, layout):
    return torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=layout)


def weights(w, layout):
    return torch.from_numpy(w).permute(3, 2, 0, 1).contiguous(memory_format=layout)


def quickest(start):
    """The quicker of both layouts of images, by the second to fourth call of each."""
    def choose(command, operands, state, **window):
        def seconds(run):
            run()
            began = time.perf_counter()
            for _ in range(3):
                run()
            return time.perf_counter() - began
        return min((start(command, operands, layout=layout, **window) for layout in LAYOUTS), key=lambda both: seconds(both[0]))
    return choose


def tensors(arrays):
    return {k: torch.from_numpy(v) for k, v in arrays.items()}


def into(f, operands, state):
    given, y = tensors(operands), torch.empty_like(torch.from_numpy(state['y']))
    return lambda: f(**given, out=y), lambda: {'y': y}


def made(f):
    def start(command, operands, state):
        given, held = tensors(operands), {}

        def run():
            held['y'] = f(**given)
        return run, lambda: held
    return start


def written(f):
    return lambda command, operands, state: into(f, operands, state)


def sgemm(command, operands, state):
    turned = command['workload'].endswith(' tn')
    return into(lambda a, b, out: torch.mm(a.t() if turned else a, b, out=out), operands, state)


def conv(command, operands, stride, groups, layout):
    x, w, held = images(operands['x'], layout), weights(operands['w'], layout), {}

    def run():
        held['y'] = F.conv2d(x, w, stride=stride, padding=1, groups=groups)
    return run, lambda: {'y': held['y'].permute(0, 2, 3, 1)}


def gradient(which):
    def start(command, operands, stride, groups, layout):
        # The array that the gradient is in counts by its shape and layout only.
        of_x, of_w = (numpy.zeros(shape, numpy.float32) for shape in sizes(command))
        x, w = images(operands.get('x', of_x), layout), weights(operands.get('w', of_w), layout)
        y, held = images(operands['y'], layout), {}

        def run():
            held['y'] = torch.ops.aten.convolution_backward(
                y, x, w, None, [stride] * 2, [1, 1], [1, 1], False, [0, 0], groups, [which == 0, which == 1, False])[which]
        return run, lambda: {'y': held['y'].permute(*((0, 2, 3, 1) if which == 0 else (2, 3, 1, 0)))}
    return start


def batch_norm(command, operands, layout):
    x, held = images(operands['x'], layout), {}
    scale, bias = (torch.from_numpy(operands[k]) for k in ('scale', 'bias'))

    def run():
        held['y'] = F.batch_norm(x, None, None, scale, bias, training=True)
    return run, lambda: {'y': held['y'].permute(0, 2, 3, 1)}


def max_pool(command, operands, layout):
    x, held = images(operands['x'], layout), {}

    def run():
        held['y'] = F.max_pool2d(x, 2)
    return run, lambda: {'y': held['y'].permute(0, 2, 3, 1)}


def max_pool_gradient(command, operands, layout):
    x, y, held = images(operands['x'], layout), images(operands['y'], layout), {}

    def run():
        # The positions are the forward pass's: it is part of the gradient here, as in the other columns.
        _, at = torch.ops.aten.max_pool2d_with_indices(x, [2, 2], [2, 2])
        held['y'] = torch.ops.aten.max_pool2d_with_indices_backward(y, x, [2, 2], [2, 2], [0, 0], [1, 1], False, at)
    return run, lambda: {'y': held['y'].permute(0, 2, 3, 1)}


def cross_entropy_gradient(x, at):
    y = torch.softmax(x, -1)
    y[torch.arange(len(at)), at.long()] -= 1
    return y.div_(len(at))


def embedding_gradient(command, operands, state):
    at, y, into = torch.from_numpy(operands['at']), torch.from_numpy(operands['y']), torch.from_numpy(state['y'])
    return lambda: into.zero_().index_add_(0, at, y), lambda: {'y': into}


def adam(command, operands, state):
    p = torch.from_numpy(state['params.p']).requires_grad_()
    p.grad = torch.from_numpy(operands['g'])
    optimiser = torch.optim.Adam([p], lr=1e-3, fused=True)
    return optimiser.step, lambda: {'params.p': p.detach()}


def loop(command, operands, state):
    w, x, held = torch.from_numpy(operands['w']), torch.from_numpy(operands['x']), {}
    first = torch.from_numpy(state['h'])

    def run():
        h = held.get('h', first)
        for now in x.unbind():
            h = torch.addmm(now, h, w).tanh_()
        held['h'] = h
    return run, lambda: held


def empty(command, operands, state):
    c = torch.from_numpy(state['c'])
    return lambda: c.add_(1).item(), lambda: {'c': c}


TABLE = {
    'sgemm': sgemm,
    'attention scores': written(lambda q, k, out: torch.bmm(q, k.transpose(1, 2), out=out)),
    'attention values': written(lambda a, v, out: torch.bmm(a, v, out=out)),
    'conv': quickest(conv),
    'conv input gradient': quickest(gradient(0)),
    'conv kernel gradient': quickest(gradient(1)),
    'Adam': adam,
    'softmax': written(lambda x, out: torch.softmax(x, -1, out=out)),
    'layer norm': made(lambda x, scale, bias: F.layer_norm(x, scale.shape, scale, bias)),
    'batch norm': quickest(batch_norm),
    'max pool': quickest(max_pool),
    'max pool gradient': quickest(max_pool_gradient),
    'embedding': written(lambda w, at, out: torch.index_select(w, 0, at, out=out)),
    'embedding gradient': embedding_gradient,
    'cross-entropy gradient': made(cross_entropy_gradient),
    'sort': made(lambda x: torch.sort(x, 1).values),
    'sum over columns': written(lambda x, out: torch.sum(x, 0, out=out)),
    'gelu': written(lambda x, out: torch._C._nn.gelu(x, out=out)),
    'add': written(lambda x, y, out: torch.add(x, y, out=out)),
    'loop': loop,
    'empty': empty,
}


def start(command):
    torch.set_num_threads(command['threads'])
    torch.set_flush_denormal(True)
    find, options = function(TABLE, command['workload'])
    operands, state = read(command)
    run, results = find(command, operands, state, **options)

    @torch.inference_mode()
    def calls(n):
        for _ in range(n):
            run()
        return 0.0

    calls(3 if 'Adam' in command['workload'] else 1)
    write(command, 'torch', {k: v.numpy() for k, v in results().items()})
    return calls
