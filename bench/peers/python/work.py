"""What every runner shares: a workload's module, what the harness writes for it, and the loop over its batches."""
import importlib

from safetensors.numpy import load_file


def module(command):
    """The workload's module, which has the name of the workload."""
    return importlib.import_module(command['workload'].replace('-', '_'))


def part(arrays, name):
    """The arrays below `name.`, by the rest of their paths."""
    return {k[len(name) + 1:]: v for k, v in arrays.items() if k.startswith(name + '.')}


def given(command, convert):
    """Parameters, carried state and constants by path, and a list of batches, each record through `convert`."""
    start, data = (load_file(f"{command['folder']}/{name}.safetensors") for name in ('start', 'data'))
    count = len(next(iter(data.values())))
    batches = [convert({k: v[i] for k, v in data.items()}) for i in range(count)]
    return *(convert(part(start, name)) for name in ('params', 'aux', 'constants')), batches


def loop(step, batches, answer):
    """A function that takes n more steps over the batches in turn; it gives `answer` of what the last step gave."""
    done = 0

    def run(n):
        nonlocal done
        for _ in range(n):
            found = step(batches[done % len(batches)])
            done += 1
        return answer(found)

    return run
