"""The command line, run in this process: to start another takes longer than most commands."""

import io
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest.mock import patch

from services.cli import main


class Done(NamedTuple):
    """The exit code and output of the command line."""

    returncode: int
    stdout: str
    stderr: str


def muster(*arguments: object, env: Mapping[str, str] | None = None) -> Done:
    """Run the command line in this process, to save its start, but on another thread."""
    with ThreadPoolExecutor(1) as thread:  # this thread may have a running event loop
        return thread.submit(_run, [str(one) for one in arguments], dict(env or {})).result()


def _run(arguments: list[str], env: dict[str, str]) -> Done:
    said, told, status = _stream(), _stream(), 0
    with (
        patch.dict(os.environ, env),
        patch.object(sys, "argv", ["muster", *arguments]),
        redirect_stdout(said),
        redirect_stderr(told),
    ):
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Done(status, _text(said), _text(told))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()
