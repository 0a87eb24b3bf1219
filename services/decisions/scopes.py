"""What each scope may do: commands, as they are declared, and rights beside them; served to the pages."""

from typing import Final, Literal, get_args

import services.decisions.decide  # noqa: F401  # pyright: ignore[reportUnusedImport]  enters all commands
from services.decisions.base import FACT, Command, commands

ScopeName = Literal["viewer", "analyst", "dispatcher", "worker", "gateway", "admin"]
SCOPES: Final[tuple[ScopeName, ...]] = get_args(ScopeName)
PUBLIC: Final = {name: one for name, one in sorted(commands.items()) if one.BY != "service"}
"""Commands that somebody other than the service itself may send."""


def _may(scope: ScopeName, command: type[Command]) -> bool:
    match scope:
        case "admin":
            return True
        case "dispatcher":
            return command.BY == "dispatcher"
        case "worker":
            return command.IS_OWN
        case "gateway":
            return command.BY_GATEWAY
        case "viewer" | "analyst":
            return False


MAY: Final = {scope: frozenset(name for name, one in PUBLIC.items() if _may(scope, one)) for scope in SCOPES}
"""Scope -> commands that its tokens may send; areas and own facts are decided on the state."""
OBSERVE: Final = {
    **MAY,
    "worker": frozenset(name for name in MAY["worker"] if commands[name].KIND == FACT),
}
"""Scope -> commands that its tokens may send as observed elsewhere."""

Right = Literal[
    "all_imports",
    "establish",
    "exact_positions",
    "import_files",
    "issue_codes",
    "long_session",
    "read_log",
    "report_positions",
    "reveal",
]
"""What a token may do besides commands.

all_imports: see the imports of others. establish: send the first command to a new jurisdiction.
exact_positions: know exactly where workers are, a worker only of themselves. import_files: import tables.
issue_codes: make codes with which phones sign in. long_session: stay signed in for a month, on a phone or a
wall. read_log: read the log itself, which no area divides. report_positions: say where workers are, a worker
only of themselves. reveal: see personal data unmasked, and look people up.
"""
RIGHTS: Final[dict[Right, frozenset[ScopeName]]] = {
    "all_imports": frozenset(("admin",)),
    "establish": frozenset(("admin",)),
    "exact_positions": frozenset(("dispatcher", "worker", "gateway", "admin")),
    "import_files": frozenset(("dispatcher", "admin")),
    "issue_codes": frozenset(("dispatcher", "admin")),
    "long_session": frozenset(("viewer", "worker")),
    "read_log": frozenset(("analyst", "dispatcher", "admin")),
    "report_positions": frozenset(("dispatcher", "worker", "gateway", "admin")),
    "reveal": frozenset(("dispatcher", "admin")),
}
"""Right -> scopes that have it."""
WITHOUT_AREAS: Final[frozenset[Right]] = frozenset(("all_imports", "establish", "read_log"))
"""Rights over a whole jurisdiction: a token of some areas has none of them."""
