"""PyTorch: eager or compiled loss, fused Adam, denormals flushed.

A workload's module has `torch_loss(p, aux, batch) -> (loss, aux)` and `RATE`; `torch_prepare(tree)` may change layouts once. Or it has
`torch_step(p, batch) -> (p, number)`; or, with a `figure` of answers that are fetched every step, `torch_step(p, batch, constants)`.
"""
import numpy as np
import torch

import work

MODES = {'compile': None, 'autotune': 'max-autotune-no-cudagraphs'}


def version():
    return f'torch {torch.__version__}'


def without_gradients(command, workload, wrap, tensors):
    p, _, constants, batches = work.given(command, tensors)
    if hasattr(workload, 'torch_pixel'):
        workload.torch_step.body = wrap(workload.torch_pixel)
        compiled = workload.torch_step
    else:
        compiled = wrap(workload.torch_step)
    state = {'p': p}

    def step(b):
        state['p'], found = compiled(state['p'], b)
        return found

    def answers(b):
        return [x.cpu().numpy() for x in compiled(p, b, constants)[1]]

    if hasattr(workload, 'figure'):
        run = work.loop(answers, batches, lambda found: workload.figure(*found))
    else:
        run = work.loop(step, batches, float)
    return torch.inference_mode()(run)


def start(command):
    torch.set_num_threads(command['threads'])
    torch.set_flush_denormal(True)
    device, variant = command['device'], command['variant']
    workload = work.module(command)
    wrap = torch.compile(mode=MODES[variant]) if variant in MODES else lambda f: f

    def tensors(tree):
        return {k: torch.from_numpy(np.array(v)).to(device) for k, v in tree.items()}

    if hasattr(workload, 'torch_step'):
        return without_gradients(command, workload, wrap, tensors)
    prepare = getattr(workload, 'torch_prepare', lambda tree: tree)
    p, aux, constants, batches = work.given(command, lambda tree: prepare(tensors(tree)))
    p = {k: v.requires_grad_() for k, v in p.items()}
    batches = [{k: v.long() if v.dtype == torch.int32 else v for k, v in b.items()} for b in batches]
    optimiser = torch.optim.Adam(p.values(), lr=workload.RATE, betas=getattr(workload, 'BETAS', (0.9, 0.999)), fused=True)
    grads = getattr(workload, 'torch_grads', None) if variant in MODES else None
    state = {**aux, **constants}
    # Gradients of gradients are inside the compiled function where the workload says how; autograd finds the others.
    named = getattr(workload, f'torch_loss_{variant}', workload.torch_loss)
    compiled = wrap(named if grads is None else grads)

    def step(b):
        nonlocal state
        if grads is not None:
            found, loss = compiled({k: v.detach() for k, v in p.items()}, b)
            for k, v in p.items():
                v.grad = found[k]
        else:
            optimiser.zero_grad(set_to_none=True)
            loss, state = compiled(p, state, b)
            loss.backward()
        optimiser.step()
        return loss

    return work.loop(step, batches, lambda loss: float(loss.detach()))
