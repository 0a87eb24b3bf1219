"""What each scope may do: the one list, made from how commands are declared, and served to the pages."""

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
