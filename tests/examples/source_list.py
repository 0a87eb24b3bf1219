"""A source list: its edition is withdrawn after its story in `entry`."""

from services.decisions.base import Command
from services.decisions.source_list.commands import Declare

STORY = [
    ("entry.strike", {"entry": "X1"}),
    ("source_list.withdraw", {"source_list": "L1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a list of this area."""
    return [Declare(source_list=name, kind="registry", title="Registry export", areas=(area,))]
