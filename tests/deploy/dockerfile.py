"""Execution of a Dockerfile without a container engine: its paths are mapped into a folder."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
KEPT = re.compile(
    "(?:PIP|UV)_.*|(?i:(?:https?|no)_proxy)|HOME|LANG|XDG_CACHE_HOME|SSL_CERT_FILE|REQUESTS_CA_BUNDLE"
)
"""Variables of this machine that a package installer may need to reach its index and its cache."""
UV = Path(sys.executable).with_name("uv")


class Instruction(NamedTuple):
    """One logical line."""

    stage: int
    word: str
    rest: str


def parsed(path: Path) -> list[Instruction]:
    """Parse a Dockerfile without comments. Stage 0 is before the first FROM."""
    text = re.sub(r"\\\n", " ", "\n".join(_lines(path)))
    found, stage = [], 0
    for line in filter(None, map(str.strip, text.splitlines())):
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        found.append(Instruction(stage, word, " ".join(rest.split()) if word != "RUN" else rest.strip()))
    return found


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]


def sent(source: str) -> bool:
    """Return whether .dockerignore lets it into the build. The last matching pattern decides."""
    allowed = True
    for line in _lines(ROOT / ".dockerignore"):
        pattern = line.strip()
        bare = pattern.lstrip("!")
        if bare and (fnmatch(source, bare) or source.startswith(f"{bare}/")):
            allowed = pattern.startswith("!")
    return allowed


def open_to_all(path: Path) -> bool:
    """Return whether any user may run it."""
    real = path.resolve()
    return all(one.stat().st_mode & 0o001 for one in (real, *real.parents))


@cache
def interpreter() -> str:
    """Return a Python that the image's user may also run, if this machine has one."""
    for path in (f"{sys.base_prefix}/bin/python3", "/usr/local/bin/python3", "/usr/bin/python3"):
        if Path(path).exists() and open_to_all(Path(path)):
            code = "import sys, venv; sys.exit(sys.version_info < (3, 11))"
            if subprocess.run([path, "-c", code], stderr=subprocess.DEVNULL).returncode == 0:
                return path
    return sys.executable


def _index() -> dict[str, str]:
    """Return pip's index as a variable for uv, which reads none of pip's settings."""
    pip = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    url = (
        os.environ.get("PIP_INDEX_URL") or subprocess.run(pip, capture_output=True, text=True).stdout.strip()
    )
    return {"UV_DEFAULT_INDEX": url} if url else {}


class Machine:
    """A folder in place of the image's file system, and a Python with nothing but pip and uv.

    uv is there already, so that no run fetches it again. It takes packages from the cache that `make setup`
    filled.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.work = self.root
        self._base = folder / "base"
        self.open = open_to_all(Path(interpreter()))
        subprocess.run([interpreter(), "-m", "venv", "--without-pip", self._base], check=True)
        self.variables: dict[str, str] = {}
        self._index = {} if "UV_DEFAULT_INDEX" in os.environ else _index()
        installing = [UV, "pip", "install", "--quiet", "--python", self._base, "pip", f"uv=={version('uv')}"]
        subprocess.run(installing, env=os.environ | self._index, check=True)

    def path(self, inside: str) -> Path:
        """Map a path of the image to this machine."""
        return self.root / inside.lstrip("/") if inside.startswith("/") else self.work / inside

    def here(self, text: str) -> str:
        """Map the image's folders in a command or value to this machine."""
        return re.sub(r"(?<![\w.])/(src|opt|wheels|var)\b", lambda found: f"{self.root}{found[0]}", text)

    def environment(self) -> dict[str, str]:
        """Return a clean environment, without the project's own."""
        kept = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
        return kept | self._index | {"PATH": f"{self._base}/bin:/usr/bin:/bin"} | self.variables

    def do(self, instruction: Instruction) -> None:
        """Execute an instruction, if it has an effect. Fails with the command's output."""
        word, rest = instruction.word, instruction.rest
        if word == "WORKDIR":
            self.work = self.path(rest)
            self.work.mkdir(parents=True, exist_ok=True)
        elif word == "COPY" and "--from" not in rest:
            self._copy(*rest.split())
        elif word == "RUN":
            self._run(rest)
        elif word == "ENV":
            self._set(rest)

    def _copy(self, *names: str) -> None:
        *sources, target = names
        for source in sources:
            assert sent(source), f"{source} is not sent to the build: see .dockerignore"
            place = self.path(target)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, place / source if target.endswith("/") else place)

    def _run(self, command: str) -> None:
        self.root.joinpath("var/lib").mkdir(parents=True, exist_ok=True)
        mine = command if os.geteuid() == 0 else command.replace("10001", str(os.geteuid()))
        done = subprocess.run(
            ["/bin/sh", "-ec", self.here(mine)],
            cwd=self.work,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"RUN {command}\n{done.stdout}"

    def _set(self, text: str) -> None:
        for pair in shlex.split(text):
            name, _, value = pair.partition("=")
            self.variables[name] = self.here(value).replace("$PATH", "/usr/bin:/bin")


def words(text: str) -> list[str]:
    """Return the words of a CMD or ENTRYPOINT in exec form."""
    return json.loads(text)
