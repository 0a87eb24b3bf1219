"""Imports point one way, the core is pure and reads no clock, and public names have docstrings."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from each import each

ROOT = Path(__file__).parents[2]
OURS = ("events", "projections", "services")
FILES = sorted(path for name in OURS for path in (ROOT / name).rglob("*.py"))
PURE = {
    "events": {"events", "msgspec"},
    "projections": {"events", "projections", "msgspec"},
    "services.decisions": {"events", "services.decisions", "services", "msgspec", "pydantic"},
}
"""What each pure package may import besides the standard library."""
ROOMS = {
    "events": "Events, commits, and the rule by which a log accepts a commit",
    "projections": "Views, folded from events",
    "services.decisions": "Commands, their rules, and the state the rules need",
    "services.dispatch": "Workers and teams, ranked for a request",
    "services.matching": "Enterprises' names, and source lists compared with the ledger",
    "services.base": "Small helpers for every room: clocks, private files",
    "services.refusals": "Refusal texts in each language",
    "services.console": "The browser pages",
    "services.log": "Append commits in order and read them back",
    "services.vault": "Seal, open and erase personal data",
    "services.access": "Tokens, sessions, and what they permit",
    "services.snapshots": "Snapshots of decision state, so that a start need not read the whole log",
    "services.views": "Store, query and follow view rows",
    "services.locations": "The last position of each phone on duty",
    "services.stations": "Opening hours, and the nearest stations",
    "services.files": "Pictures sealed under their subject's key, beside the log",
    "services.recorder": "The write path: queue, seal, decide, append and answer commands",
    "services.metrics": "Prometheus metrics",
    "services.application": "One process put together: writers, projector, ticker",
    "services.search": "Search by text: ids, signs and names, people's sealed names in memory only",
    "services.push": "Web Push for offers and dispatches",
    "services.adapters": "Implementations of the ports, one folder per store",
    "services.history": "The past: views as of a position, boards at an instant",
    "services.verify": "Verification of the log and the views",
    "services.reports": "Reports after the incident, from the log alone",
    "services.projector": "Cluster processes that fold the log into the views",
    "services.intake": "Import: turn files into commands",
    "services.transfer": "A jurisdiction's commits and keys as files, for moves and backups",
    "services.demo": "Scenarios, and a terminal table that shows one being played",
    "services.api": "The HTTP server: commands, views, streams",
    "services.docs": "Generator of docs/catalogue",
    "services.wiring": "Settings, and the adapters they select",
    "services.sandbox": "A whole cluster on one machine, from packages alone",
    "services.cli": "The command line",
}
"""From bottom to top: a room imports itself and those before it. The docs describe each of them too."""
INTAKE = ("errors", "mapping", "tables", "cells", "rows", "sending", "boundaries", "running")
"""The rooms within `services.intake`, from bottom to top."""
WORLD = {
    "asyncio",
    "http",
    "io",
    "os",
    "pathlib",
    "queue",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
}
"""Standard modules that a pure package must not import."""
CLOCK = {"now", "utcnow", "today", "uuid1", "uuid4", "urandom"}
ONLY = {
    "faust": ("services/projector/",),
    "aiokafka": ("services/adapters/kafka/", "services/projector/"),
    "asyncpg": ("services/adapters/postgres/",),
    "phonenumbers": ("services/vault/",),
    "services.adapters.kafka": ("services/wiring/", "services/adapters/kafka/", "services/projector/"),
    "services.adapters.postgres": ("services/wiring/", "services/adapters/postgres/"),
    "services.adapters.folder": ("services/wiring/", "services/adapters/folder/"),
    "services.adapters.sqlite": (
        "services/wiring/",
        "services/adapters/sqlite/",
        "services/adapters/memory/",
    ),
    "services.wiring.settings": ("services/wiring/",),
}
"""Module -> the only files or folders that may import it. Views in memory use SQLite too."""


def name_of(path: Path) -> str:
    """Return a path's module name, such as `services.log.port`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(path: Path) -> ast.Module:
    """Parse a file, once."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> set[str]:
    """Return every module that a file may import: `from a import b` gives `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room_of(module: str) -> str:
    """Return `services.log` for `services.log.port`. events and projections are rooms as a whole."""
    top, _, rest = module.partition(".")
    return f"{top}.{rest.partition('.')[0]}" if top == "services" and rest else top


def arcs() -> Iterator[tuple[str, str, Path]]:
    """Yield (room, imported room, file)."""
    for path in FILES:
        room = room_of(name_of(path))
        for other in {room_of(module) for module in imports(path)} & ROOMS.keys():
            if room != other:
                yield room, other, path


def pure() -> Iterator[tuple[Path, set[str]]]:
    """Yield the files of the pure core, each with its permitted imports."""
    for path in FILES:
        for package, allowed in PURE.items():
            if f"{name_of(path)}.".startswith(f"{package}."):
                yield path, allowed


CORE = [pytest.param(path, allowed, id=name_of(path)) for path, allowed in pure()]


def test_there_is_a_core_to_look_at():
    assert len(CORE) > 30


@each(("path", "allowed"), CORE)
def test_the_core_imports_only_the_core(path: Path, allowed: set[str]):
    for module in imports(path):
        top = module.partition(".")[0]
        if top in sys.stdlib_module_names:
            assert top not in WORLD, module
        elif top == "services":
            assert module == "services" or f"{module}.".startswith("services.decisions."), module
            assert "services" in allowed, module
        else:
            assert top in allowed, module


@each(("path", "allowed"), CORE)
def test_the_core_reads_no_clock_and_opens_nothing(path: Path, allowed: set[str]):
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Attribute):
            assert called.attr not in CLOCK, f"{path}:{node.lineno} calls {called.attr}"
        elif isinstance(called, ast.Name):
            assert called.id not in {"open", "print", "input", "exec", "eval"}, f"{path}:{node.lineno}"


@pytest.mark.parametrize("module", ONLY)
def test_adapters_are_known_in_one_place(module: str):
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if any(one == module or one.startswith(f"{module}.") for one in imports(path))
    }
    assert not {path for path in importing if not path.startswith(ONLY[module])}


def test_every_module_lives_in_a_room():
    assert {room_of(name_of(path)) for path in FILES} - {"services"} == ROOMS.keys()
    assert [path.name for path in (ROOT / "services").glob("*.py")] == ["__init__.py"]


def test_imports_go_to_the_same_room_or_a_lower_one():
    floor = {room: number for number, room in enumerate(ROOMS)}
    assert {(room, other): path for room, other, path in arcs() if floor[other] > floor[room]} == {}


def inner_room(module: str) -> str:
    """Return `services.intake.tables` for `services.intake.tables.header`."""
    return ".".join(module.split(".")[:3])


INSIDE = [name_of(path) for path in FILES if name_of(path).startswith("services.intake.")]


def test_every_module_of_the_import_lives_in_an_inner_room():
    assert {inner_room(module) for module in INSIDE} == {f"services.intake.{room}" for room in INTAKE}


def test_imports_within_the_import_go_to_the_same_room_or_a_lower_one():
    rooms = [*(f"services.intake.{room}" for room in INTAKE), "services.intake"]
    floor = {room: number for number, room in enumerate(rooms)}
    for path in FILES:
        here = inner_room(name_of(path))
        if here in floor:
            others = {inner_room(module) for module in imports(path)} & floor.keys()
            assert {other for other in others if floor[other] > floor[here]} == set(), path


@pytest.mark.parametrize("page", ["services/README.md", "docs/architecture.md"])
def test_the_docs_tell_the_rooms_in_their_order(page: str):
    told = re.findall(r"^\| `([a-z/]+)/` \| (.+) \|$", (ROOT / page).read_text(), re.M)
    assert [(room.replace("/", "."), purpose) for room, purpose in told] == list(ROOMS.items())


def test_the_api_and_faust_never_share_a_process():
    for path in (ROOT / "services" / "api").rglob("*.py"):
        assert not any(one.startswith("services.projector") for one in imports(path)), path


@pytest.mark.parametrize("name", OURS)
def test_the_packages_belong_to_muster_alone(name: str):
    assert set(packages_distributions().get(name, ["muster"])) == {"muster"}


EXEMPT = {"keys", "evolve"}
"""Methods of views, documented once in projections.base."""


def undocumented(path: Path) -> Iterator[str]:
    """Yield public names without a docstring: of a module, its public classes, and the module itself."""
    module = tree(path)
    if not ast.get_docstring(module):
        yield "the module"
    yield from _undocumented(module, "")


def _undocumented(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    for child in node.body:
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if child.name.startswith("_") or child.name in EXEMPT or _plain(child, prefix):
            continue
        if not ast.get_docstring(child):
            yield prefix + child.name
        if isinstance(child, ast.ClassDef):
            yield from _undocumented(child, f"{child.name}.")


def _plain(child: ast.stmt, prefix: str) -> bool:
    """Return whether a method needs no docstring: it is short, or its port documents it."""
    assert child.end_lineno is not None
    name = getattr(child, "name", "")
    return bool(prefix) and (child.end_lineno - child.lineno < 8 or name in ported())


@cache
def ported() -> frozenset[str]:
    """Return the names of the methods of all protocols."""
    return frozenset(methods_of_protocols())


def methods_of_protocols() -> Iterator[str]:
    for path in (path for path in FILES if "(Protocol" in path.read_text()):
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and any(getattr(b, "id", "") == "Protocol" for b in node.bases):
                yield from (one.name for one in node.body if isinstance(one, ast.AsyncFunctionDef))


@each("path", FILES, ids=name_of)
def test_modules_and_public_names_say_what_they_mean(path: Path):
    assert list(undocumented(path)) == []
