"""What hosts/serve.mjs does, for Python: python serve.py MODULE THREADS, one JSON message a line in and out.

MODULE names a file beside this one with `version` and `tasks`, a dictionary from a kind of work to a function of the
problem that returns (check, run): check() gives what is compared, run(n) does n units and returns how many it did. A third
value, a dictionary, is added to what is told of the system.
"""
import importlib
import json
import os
import sys
import time

from pack import pack, unpack


def main(module, threads):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    if threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ["OMP_NUM_THREADS"] = str(threads)
    system = run = unit_ms = None

    def timed(n):
        nonlocal unit_ms
        start = time.perf_counter()
        done = run(n)
        unit_ms = (time.perf_counter() - start) * 1000 / done
        return {"ms": unit_ms, "units": done}

    def prepare(argument):
        nonlocal system, run
        system = importlib.import_module(module)
        about = {"threads": threads, "details": {"version": system.version}}
        if argument["kind"] not in system.tasks:
            return {**about, "missing": True}
        with open(argument["problem"], "rb") as file:
            problem = unpack(file.read())
        check, run, *more = system.tasks[argument["kind"]](problem)
        about["details"].update(*more)
        with open(argument["outputs"], "wb") as file:
            file.write(pack(check()))
        return about

    def warm(argument):
        start, n = time.perf_counter(), 1
        while (time.perf_counter() - start) * 1000 < argument["ms"]:
            timed(n)
            if unit_ms * n < argument["ms"] / 20:
                n *= 2
        return {"ms": unit_ms}

    def sample(argument):
        return timed(max(1, round(argument["ms"] / unit_ms)))

    def startup(argument):
        start = time.perf_counter()
        answer = prepare(argument)
        return {**answer, "ms": (time.perf_counter() - start) * 1000}

    calls = {"prepare": prepare, "warm": warm, "sample": sample, "startup": startup}
    for line in sys.stdin:
        message = json.loads(line)
        try:
            answer = {"value": calls[message["call"]](message["argument"])}
        except Exception as error:  # any failure is the answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
