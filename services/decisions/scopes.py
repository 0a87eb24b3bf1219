"""What each scope may do: declared commands, and further rights; also served to the web pages."""

from typing import Final, Literal, get_args

import services.decisions.decide  # noqa: F401  # pyright: ignore[reportUnusedImport]  enters all commands
from services.decisions.base import FACT, Command, commands

ScopeName = Literal["viewer", "analyst", "dispatcher", "worker", "gateway", "admin"]
SCOPES: Final[tuple[ScopeName, ...]] = get_args(ScopeName)
PUBLIC: Final = {name: one for name, one in sorted(commands.items()) if one.BY != "service"}
"""Commands that senders other than the service may send."""


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
"""Scope -> commands its tokens may send; areas and ownership are checked on the state."""
OBSERVE: Final = {
    **MAY,
    "worker": frozenset(name for name in MAY["worker"] if commands[name].KIND == FACT),
}
"""Scope -> commands its tokens may send as observed elsewhere."""

Right = Literal[
    "all_imports",
    "establish",
    "exact_positions",
    "import_files",
    "issue_codes",
    "long_session",
    "manage_tokens",
    "read_log",
    "read_metrics",
    "report_positions",
    "reveal",
]
"""What a token may do besides sending commands.

all_imports: see other users' imports. establish: send the first command to a new jurisdiction.
exact_positions: see exact worker positions (workers only their own). import_files: import tables.
issue_codes: create sign-in codes for phones. long_session: stay signed in for a month, on a phone or wall
display. manage_tokens: list, create, limit and revoke access tokens. read_log: read the log itself, which is
not divided by area. read_metrics: read metrics and the reasons for not being ready, of the token's
jurisdictions. report_positions: report worker positions (workers only their own). reveal: see personal
data unmasked, and search for people.
"""
RIGHTS: Final[dict[Right, frozenset[ScopeName]]] = {
    "all_imports": frozenset(("admin",)),
    "establish": frozenset(("admin",)),
    "exact_positions": frozenset(("dispatcher", "worker", "gateway", "admin")),
    "import_files": frozenset(("dispatcher", "admin")),
    "issue_codes": frozenset(("dispatcher", "admin")),
    "long_session": frozenset(("viewer", "worker")),
    "manage_tokens": frozenset(("admin",)),
    "read_log": frozenset(("analyst", "dispatcher", "admin")),
    "read_metrics": frozenset(("viewer", "analyst", "dispatcher", "gateway", "admin")),
    "report_positions": frozenset(("dispatcher", "worker", "gateway", "admin")),
    "reveal": frozenset(("dispatcher", "admin")),
}
"""Right -> scopes that have it."""
WITHOUT_AREAS: Final[frozenset[Right]] = frozenset(
    ("all_imports", "establish", "manage_tokens", "read_log", "read_metrics")
)
"""Rights over a whole jurisdiction; tokens limited to areas never have them."""
