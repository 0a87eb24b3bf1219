"""Start `python -m services.cli` as a fork of a process that has imported it: imports are most of a start.
So is the same program as tests of the browser alter it.

What runs is Muster's command line in a process of its own, a child of the test's, with the environment,
folder and output that the test gives: it may be killed, frozen or waited for. What Muster starts by itself,
and everything in `make long`, is the real command.
"""

import ctypes
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

from scale import LONG

ALTERED: Final = Path(__file__).parent / "browser" / "altered.py"
PROGRAMS: Final = {
    "": [sys.executable, "-m", "services.cli"],
    str(ALTERED): [sys.executable, str(ALTERED)],
}
"""What is forked, by the script that the fork then runs, if any."""
IMPORTED: Final = {
    "projector": ("services.cli.clustering", "services.wiring.projecting", "services.projector.main"),
    "": (
        "services.cli.serving",
        "services.wiring.adapters",
        "services.adapters.kafka.log",
        "services.adapters.postgres.views",
        "services.adapters.sqlite.views",
    ),
}
"""What a process imports before it forks: for projectors, for all other commands."""
POSSIBLE: Final = sys.platform == "linux" and sys.version_info < (3, 14) and not LONG
"""`Popen` below relies on a private method of Python's, which is the same from 3.11 to 3.13."""
_SUBREAPER: Final = 36
_DEATH_SIGNAL: Final = 1
_plain: Final = subprocess.Popen


def _control(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


class Parent:
    """A process that has imported Muster, and forks."""

    def __init__(self, kind: str) -> None:
        self._line, theirs = socket.socketpair()
        self._lock = threading.Lock()
        argv = [sys.executable, __file__, kind, str(theirs.fileno())]
        self._process = _plain(argv, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()

    def fork(self, asked: Mapping[str, Any], files: list[int]) -> int:
        """Return the id of a new child of this process: its own parent ends at once."""
        message = json.dumps(asked).encode()
        with self._lock:
            _control(_SUBREAPER, 1)
            try:
                socket.send_fds(self._line, [len(message).to_bytes(4, "big")], files)
                self._line.sendall(message)
                told = self._line.recv(4)
            finally:
                _control(_SUBREAPER, 0)  # else orphans of tests would stay here as zombies
        assert told, f"the process that forks ended: {self._process.wait(10)}"
        return int.from_bytes(told, "big")

    def close(self) -> None:
        """End the process; those that it forked stay."""
        self._line.close()
        self._process.wait(10)


class Popen(_plain[Any]):
    """`subprocess.Popen` that forks Muster's command line, and is Python's own for anything else."""

    parents: Final[dict[str, Parent]] = {}

    def __new__(cls, args: Any, *more: Any, **options: Any) -> Any:
        """Return a fork if it can be."""
        return super().__new__(cls) if not more and _may_fork(args, options) else _plain(args, **options)

    def _execute_child(self, args: Any, *more: Any) -> None:
        """Fork. The order of parameters is that of Python's own method of this name."""
        cwd, env, session = *more[4:6], more[20]
        program, args = _found(args) or ("", args)
        streams = p2cread, _, _, c2pwrite, _, errwrite = more[9:15]
        asked = {
            "program": program,
            "args": args,
            "env": dict(os.environ if env is None else env),
            "cwd": os.fspath(cwd or os.getcwd()),
            "session": bool(session),
            "hangs_up": signal.getsignal(signal.SIGHUP) != signal.SIG_IGN,
            "parent": os.getpid(),
        }
        kind = args[0] if args[0] in IMPORTED else ""
        files = [own if given == -1 else given for own, given in enumerate((p2cread, c2pwrite, errwrite))]
        self.pid = _parent(kind).fork(asked, files)
        self._child_created = True
        self._close_pipe_fds(*streams)  # type: ignore[attr-defined]  # pyright: ignore


def _may_fork(args: Any, options: Mapping[str, Any]) -> bool:
    """Whether a command is Muster's, runs as this user, and would import the modules of this process."""
    if not isinstance(args, list) or _found(cast(list[str], args)) is None:
        return False
    env, cwd = options.get("env") or os.environ, options.get("cwd")
    here = cwd is None or os.path.samefile(cwd, os.getcwd())
    ours = env.get("PYTHONPATH") == os.environ.get("PYTHONPATH")
    return here and ours and not options.get("pass_fds") and options.get("user") is None


def _found(args: list[str]) -> tuple[str, list[str]] | None:
    """Return the script and the arguments of a command that can be forked."""
    for program, prefix in PROGRAMS.items():
        if args[: len(prefix)] == prefix and len(args) > len(prefix):
            return program, args[len(prefix) :]
    return None


_gate: Final = threading.Lock()


def _parent(kind: str) -> Parent:
    with _gate:
        if kind not in Popen.parents:
            Popen.parents[kind] = Parent(kind)
        return Popen.parents[kind]


def begin() -> None:
    """Have Muster's command line forked from now on."""
    if POSSIBLE:
        subprocess.Popen = Popen


def end() -> None:
    """Start it as usual again."""
    subprocess.Popen = _plain
    while Popen.parents:
        Popen.parents.popitem()[1].close()


# -- in the process that forks -------------------------------------------------------------------------


def _born(line: socket.socket) -> dict[str, Any]:
    """Fork for each request; return only in the new process, with what it was asked to be."""
    while True:
        size, files, _, _ = socket.recv_fds(line, 4, 3)
        if not size:
            os._exit(0)
        message = b""
        while len(message) < int.from_bytes(size, "big"):
            message += line.recv(2**20)
        asked, (reads, writes) = json.loads(message), os.pipe()
        between = os.fork()
        if between:
            os.close(writes)
            line.sendall(os.read(reads, 4) if os.waitpid(between, 0) else b"")
            for file in (*files, reads):
                os.close(file)
            continue
        child = os.fork()
        if child:
            os.write(writes, child.to_bytes(4, "big"))
            os._exit(0)
        _become(asked, files)
        os.closerange(3, max(writes, line.fileno(), *files) + 1)
        line.detach()
        return asked


def _become(asked: Mapping[str, Any], files: list[int]) -> None:
    """Take over what the command was given."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    if asked["session"]:
        os.setsid()
    if asked["hangs_up"]:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    while os.getppid() != asked["parent"]:
        os.sched_yield()
    _control(_DEATH_SIGNAL, signal.SIGTERM)  # with the test's process
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    if os.environ.get("PYTHONUNBUFFERED"):
        for stream in (sys.stdout, sys.stderr):
            cast(Any, stream).reconfigure(write_through=True)
    sys.argv = [str(Path(sys.path[0]) / "services" / "cli" / "__main__.py"), *asked["args"]]


def _main() -> None:
    import gc

    kind, number = sys.argv[1:]
    sys.path[0] = os.getcwd()  # as `python -m` does
    from services.cli import main

    for name in IMPORTED[kind]:
        import_module(name)
    gc.collect()
    gc.freeze()
    try:
        asked = _born(socket.socket(fileno=int(number)))
    except KeyboardInterrupt:
        return
    if asked["program"]:
        runpy.run_path(asked["program"], run_name="__main__")
    else:
        main()


if __name__ == "__main__":
    _main()
