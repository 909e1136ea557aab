"""JAX: the whole step is one jitted function whose state is donated.

A workload's module has `jax_loss(p, aux, batch) -> (loss, aux)` and `RATE`.
"""
import importlib
import os
import time

from files import batches, part, read


def version():
    import jax
    return f'jax {jax.__version__}'


def limit(threads):
    """XLA sizes its thread pools by the processors that the process may use, so that one thread means one processor."""
    allowed = sorted(os.sched_getaffinity(0))
    if threads < len(allowed):
        os.sched_setaffinity(0, allowed[-threads:])
    if threads == 1:
        os.environ['XLA_FLAGS'] = '--xla_cpu_multi_thread_eigen=false ' + os.environ.get('XLA_FLAGS', '')


def without_gradients(command, workload):
    """Steps of a state: `jax_step(p, batch) -> (p, number)`; with a `figure`, answers are fetched every step."""
    import jax
    import numpy
    values = read(command['folder'], 'start')
    p, constants = (jax.device_put(part(values, name)) for name in ('params', 'constants'))
    data = [jax.device_put(b) for b in batches(command['folder'])]
    figure = getattr(workload, 'figure', None)
    if figure is not None:
        answers = jax.jit(lambda p, b, constants: workload.jax_step(p, b, constants)[1])
    else:
        compiled = jax.jit(workload.jax_step, donate_argnums=0).lower(p, data[0]).compile()
    state = {'p': p, 'done': 0}

    def run(n):
        for _ in range(n):
            batch = data[state['done'] % len(data)]
            state['done'] += 1
            if figure is None:
                state['p'], found = compiled(state['p'], batch)
            else:
                found = [numpy.asarray(x) for x in answers(p, batch, constants)]
        if figure is not None:
            return figure(*found)
        jax.block_until_ready(state['p'])
        return float(found)

    return run


def start(command):
    limit(command['threads'])
    os.environ['JAX_PLATFORMS'] = 'cpu' if command['device'] == 'cpu' else 'cuda'
    import jax
    import optax
    workload = importlib.import_module(command['workload'].replace('-', '_'))
    if hasattr(workload, 'jax_start'):
        return workload.jax_start(command)
    if hasattr(workload, 'jax_step'):
        return without_gradients(command, workload)
    loss_of = getattr(workload, f"jax_loss_{command['variant']}", None) or workload.jax_loss
    values = read(command['folder'], 'start')
    p, aux, constants = (jax.device_put(part(values, name)) for name in ('params', 'aux', 'constants'))
    data = [jax.device_put(b) for b in batches(command['folder'])]
    b1, b2 = getattr(workload, 'BETAS', (0.9, 0.999))
    adam = optax.adam(workload.RATE, b1=b1, b2=b2)

    def step(p, aux, moments, b):
        (loss, aux), grads = jax.value_and_grad(lambda p: loss_of(p, {**aux, **constants}, b), has_aux=True)(p)
        updates, moments = adam.update(grads, moments, p)
        return optax.apply_updates(p, updates), {k: v for k, v in aux.items() if k not in constants}, moments, loss

    began = time.perf_counter()
    compiled = jax.jit(step, donate_argnums=(0, 1, 2)).lower(p, aux, adam.init(p), data[0]).compile()
    seconds = time.perf_counter() - began
    state = {'all': (p, aux, adam.init(p)), 'done': 0}

    def run(n):
        for _ in range(n):
            *state['all'], loss = compiled(*state['all'], data[state['done'] % len(data)])
            state['done'] += 1
        jax.block_until_ready(state['all'])
        return float(loss)

    run.compile = seconds
    return run
