"""PyTorch: eager or compiled loss, fused Adam, denormals flushed.

A workload's module has `torch_loss(p, aux, batch) -> (loss, aux)` and `RATE`; `torch_prepare(tree)` may change layouts once.
"""
import importlib

import numpy as np
import torch

from files import batches, part, read

# `cold` compiles without what earlier runs left on disk.
MODES = {'compile': None, 'autotune': 'max-autotune-no-cudagraphs', 'cold': None}


def version():
    return f'torch {torch.__version__}'


def tensors(tree, device):
    return {k: torch.from_numpy(np.array(v)).to(device) for k, v in tree.items()}


def without_gradients(command, workload, wrap):
    """Steps of a state: `torch_step(p, batch) -> (p, number)`; with a `figure`, answers are fetched every step."""
    device = command['device']
    data = [tensors(b, device) for b in batches(command['folder'])]
    values = read(command['folder'], 'start')
    state = {'p': tensors(part(values, 'params'), device), 'done': 0}
    constants = tensors(part(values, 'constants'), device)
    figure = getattr(workload, 'figure', None)
    if hasattr(workload, 'torch_pixel'):
        workload.torch_step.body = wrap(workload.torch_pixel)
        compiled = workload.torch_step
    else:
        compiled = wrap(workload.torch_step)

    @torch.inference_mode()
    def run(n):
        for _ in range(n):
            batch = data[state['done'] % len(data)]
            state['done'] += 1
            if figure is None:
                state['p'], found = compiled(state['p'], batch)
            else:
                found = [x.cpu().numpy() for x in compiled(state['p'], batch, constants)[1]]
        return float(found) if figure is None else figure(*found)

    return run


def start(command):
    torch.set_num_threads(command['threads'])
    torch.set_flush_denormal(True)
    device, variant = command['device'], command['variant']
    if variant == 'cold':
        from torch._inductor import config
        config.force_disable_caches = True
    workload = importlib.import_module(command['workload'].replace('-', '_'))
    if hasattr(workload, 'torch_start'):
        return workload.torch_start(command)
    wrap = torch.compile(mode=MODES[variant]) if variant in MODES else lambda f: f
    if hasattr(workload, 'torch_step'):
        return without_gradients(command, workload, wrap)
    values = read(command['folder'], 'start')
    prepare = getattr(workload, 'torch_prepare', lambda tree: tree)
    p, aux, constants = (prepare(tensors(part(values, name), device)) for name in ('params', 'aux', 'constants'))
    p = {k: v.requires_grad_() for k, v in p.items()}
    data = [{k: v.long() if v.dtype == torch.int32 else v for k, v in prepare(tensors(b, device)).items()}
            for b in batches(command['folder'])]
    optimiser = torch.optim.Adam(p.values(), lr=workload.RATE, betas=getattr(workload, 'BETAS', (0.9, 0.999)), fused=True)
    grads = getattr(workload, 'torch_grads', None) if variant in MODES else None
    state = {'done': 0, 'aux': {**aux, **constants}}
    # Gradients of gradients are inside the compiled function where the workload says how; autograd finds the others.
    named = getattr(workload, f'torch_loss_{variant}', workload.torch_loss)
    compiled = wrap(named if grads is None else grads)

    def step(b):
        if grads is not None:
            found, loss = compiled({k: v.detach() for k, v in p.items()}, b)
            for k, v in p.items():
                v.grad = found[k]
        else:
            optimiser.zero_grad(set_to_none=True)
            loss, state['aux'] = compiled(p, state['aux'], b)
            loss.backward()
        optimiser.step()
        return loss

    def run(n):
        for _ in range(n):
            loss = step(data[state['done'] % len(data)])
            state['done'] += 1
        return float(loss.detach())

    return run
