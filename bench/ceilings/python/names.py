"""An operation's function by the operation's name, and the files that both sides read and write."""
import re

import numpy
from safetensors.numpy import load_file, save_file


def function(table, name):
    """The function whose key the name starts with, the longest first, and the stride and groups of a convolution."""
    key = max((k for k in table if name.startswith(k)), key=len)
    window = re.search(r'(\d+)\] k(\d)s(\d)', name)
    if not window:
        return table[key], {}
    return table[key], {'stride': int(window.group(3)), 'groups': int(window.group(1)) if name.endswith(' depthwise') else 1}


def read(command):
    data = load_file(f"{command['folder']}/data.safetensors")
    below = lambda part: {k[len(part) + 1:]: v for k, v in data.items() if k.startswith(part + '.')}
    return below('operands'), below('state')


def write(command, name, results):
    save_file({k: numpy.ascontiguousarray(v) for k, v in results.items()}, f"{command['folder']}/{name}.safetensors")


def sizes(command):
    """The shapes of images and kernel of a convolution, from its name: [64,14,14,64] k4s2 -> 64."""
    found = re.search(r'\[(\d+),(\d+),(\d+),(\d+)\] k(\d)s\d -> (\d+)', command['workload'])
    b, h, w, c, k, to = map(int, found.groups())
    return (b, h, w, c), (k, k, 1 if command['workload'].endswith(' depthwise') else c, to)
