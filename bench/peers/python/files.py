"""What the harness writes: first values and batches, as flat records of arrays by path."""
from safetensors.numpy import load_file


def read(folder, name):
    return load_file(f'{folder}/{name}.safetensors')


def part(arrays, name):
    """The arrays below `name.`, by the rest of their paths."""
    return {k[len(name) + 1:]: v for k, v in arrays.items() if k.startswith(name + '.')}


def batches(folder):
    data = read(folder, 'data')
    count = len(next(iter(data.values())))
    return [{k: v[i] for k, v in data.items()} for i in range(count)]
