"""Which rows commands name, of tables of which some may be put away."""

from collections.abc import Iterable

from services.decisions.base import Command
from services.decisions.references import mentions
from services.decisions.state import State
from services.decisions.table import kinds


def named(state: State, asked: Iterable[tuple[Command, str]]) -> list[str]:
    """Return the keys that commands (with their ids) name and that may be put away, each once."""
    found: dict[str, None] = {}
    for command, id_ in asked:
        for mention in mentions(type(command)):
            table = kinds[mention.kind]
            if table.idle:
                found |= dict.fromkeys(state.unknown(table, mention.touched(command, id_)))
    return list(found)
