"""A program of the benchmarks in a process of its own, so that it does not share the measured loop."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def beside(token: str, ready: str, module: str, *words: object) -> Iterator["subprocess.Popen[str]"]:
    """Run a module, the token in BENCH_TOKEN, until the block ends. Wait until it has printed `ready`."""
    command = [sys.executable, "-m", module, *map(str, words)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"BENCH_TOKEN": token},
    ) as child:
        try:
            assert child.stdout
            assert child.stdout.readline() == f"{ready}\n", f"{module} ended early"
            yield child
        finally:
            child.kill()
