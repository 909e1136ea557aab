"""One peer in its own process: reads commands as lines of JSON, answers each with one.

init   {workload, variant, threads, folder, device} -> {version, seconds}
steps  {n} -> {seconds, loss}
peak   {} -> {peak, now}, bytes of resident memory
exit   {}
"""
import importlib
import json
import os
import sys
import time
import traceback


def memory():
    with open('/proc/self/status') as status:
        fields = dict(line.split(':', 1) for line in status)
    return {name: int(fields[field].split()[0]) * 1024 for name, field in (('peak', 'VmHWM'), ('now', 'VmRSS'))}


def main(framework):
    # Libraries print to stdout; answers go to a copy of it.
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    running = None
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command['do'] == 'init':
                began = time.perf_counter()
                runner = importlib.import_module(f'{framework}_runner')
                running = runner.start(command)
                answer = {'version': runner.version(), 'seconds': time.perf_counter() - began, 'compile': getattr(running, 'compile', 0)}
            elif command['do'] == 'steps':
                began = time.perf_counter()
                loss = running(command['n'])
                answer = {'seconds': time.perf_counter() - began, 'loss': loss}
            elif command['do'] == 'peak':
                answer = memory()
            else:
                return
        except Exception as error:
            traceback.print_exc()
            answer = {'error': f'{type(error).__name__}: {error}'.splitlines()[0]}
        answers.write(json.dumps(answer) + '\n')
        answers.flush()


if __name__ == '__main__':
    main(sys.argv[1])
