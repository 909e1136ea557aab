"""JAX: the whole step is one jitted function whose state is donated.

A workload's module has `jax_loss(p, aux, batch) -> (loss, aux)` and `RATE`. Or it has `jax_step(p, batch) -> (p, number)`; or, with a
`figure` of answers that are fetched every step, `jax_step(p, batch, constants)`.
"""
import os
import time

import work


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


def stepping(compiled, state, batches):
    """Steps of a compiled function of (*state, batch) that gives (*state, number)."""
    import jax

    def step(b):
        nonlocal state
        *state, found = compiled(*state, b)
        return found

    def answer(found):
        jax.block_until_ready(state)
        return float(found)

    return work.loop(step, batches, answer)


def without_gradients(command, workload):
    import jax
    import numpy
    p, _, constants, batches = work.given(command, jax.device_put)
    if not hasattr(workload, 'figure'):
        return stepping(jax.jit(workload.jax_step, donate_argnums=0).lower(p, batches[0]).compile(), [p], batches)
    answers = jax.jit(lambda p, b, constants: workload.jax_step(p, b, constants)[1])
    return work.loop(lambda b: [numpy.asarray(x) for x in answers(p, b, constants)], batches, lambda found: workload.figure(*found))


def start(command):
    limit(command['threads'])
    os.environ['JAX_PLATFORMS'] = 'cpu' if command['device'] == 'cpu' else 'cuda'
    import jax
    import optax
    workload = work.module(command)
    if hasattr(workload, 'jax_step'):
        return without_gradients(command, workload)
    loss_of = getattr(workload, f"jax_loss_{command['variant']}", None) or workload.jax_loss
    p, aux, constants, batches = work.given(command, jax.device_put)
    b1, b2 = getattr(workload, 'BETAS', (0.9, 0.999))
    adam = optax.adam(workload.RATE, b1=b1, b2=b2)

    def step(p, aux, moments, b):
        (loss, aux), grads = jax.value_and_grad(lambda p: loss_of(p, {**aux, **constants}, b), has_aux=True)(p)
        updates, moments = adam.update(grads, moments, p)
        return optax.apply_updates(p, updates), {k: v for k, v in aux.items() if k not in constants}, moments, loss

    state = [p, aux, adam.init(p)]
    began = time.perf_counter()
    compiled = jax.jit(step, donate_argnums=(0, 1, 2)).lower(*state, batches[0]).compile()
    run = stepping(compiled, state, batches)
    run.compile = time.perf_counter() - began
    return run
