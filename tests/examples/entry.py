"""An entry of a source list, which its story declares first."""

from services.decisions.base import Command
from services.decisions.source_list.commands import List
from tests.examples import source_list

STORY = [
    ("source_list.declare", {"source_list": "L1", "kind": "registry", "title": "Registry export"}),
    (
        "entry.list",
        {
            "entry": "X1",
            "source_list": "L1",
            "area": "230717",
            "name": "Courier 001 Ltd",
            "code": "91110000600037341L",
            "trade": "courier",
        },
    ),
]


def placed(area: str, name: str) -> list[Command]:
    """Return an entry of this area, in its list."""
    listed = f"list-{area}"  # each declares another edition of it
    entry = List(entry=name, source_list=listed, area=area, name="Courier 001 Ltd")
    return [*source_list.placed(area, listed), entry]
