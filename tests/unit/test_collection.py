"""Every process collects the same tests: ids depend on no clock, random number or hash seed.

`make test` would notice too: its two processes must collect the same. Here the seeds are known.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _collect(seed: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--ignore=tests/api/test_openapi.py",  # it makes examples while it is collected: ten seconds
    ]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _ids(output: str) -> list[str]:
    return [line for line in output.splitlines() if "::" in line]


@pytest.mark.long
def test_two_collections_a_second_apart_and_under_other_hash_seeds_are_the_same():
    first = _collect("1")
    time.sleep(1.1)
    second = _collect("2")
    outputs = [process.communicate(timeout=240)[0] for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0], outputs
    one, other = map(_ids, outputs)
    assert len(one) > 3000
    assert one == other
