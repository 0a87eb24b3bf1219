"""Write missing golden samples of events: `python -m tests.golden.make_events`. Never overwrites.

A sample is an event as stored in a log. It stays permanently, as later versions must still read it.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from events.base import Event, Move, Personal, PersonalPhone, RequestMove, RequestStanding, WorkerStanding
from events.catalog import encode, newest

FOLDER = Path(__file__).parent / "events"
AT = datetime(2022, 3, 28, 0, 15, 30, 250000, tzinfo=UTC)
SEALED = "sealed:1:worker/W1:c1:name:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
PLAIN: dict[Any, Any] = {str: "", int: 2, float: 128.25, bool: True, datetime: AT}
SHARED: dict[str, Any] = {
    "moved": (
        Move(
            "W1",
            WorkerStanding("2307", "courier", "off_duty"),
            WorkerStanding("230717", "courier", "assigned", "T1"),
        ),
        Move("W2", None, WorkerStanding("230717", "rider", "available")),
    ),
    "requests_moved": (
        RequestMove(
            "R1",
            RequestStanding("230717", None, "2022-03-28", "open", 3),
            RequestStanding("230717", "I1", "2022-03-28", "assigned", 1),
        ),
    ),
    "anomalies": ("capacity.exceeded",),
}


def path_of(cls: type[Event]) -> Path:
    """Return the path of an event class's sample."""
    return FOLDER / f"{cls.NAME}.{cls.SCHEMA}.json"


def sample(cls: type[Event]) -> Event:
    """Return an event with a value in every field."""
    return cls(**_fields(cls), **SHARED)


def _fields(cls: type[msgspec.Struct]) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    return {
        f.name: _value(f.name, hints[f.name]) for f in msgspec.structs.fields(cls) if f.name not in SHARED
    }


def _value(name: str, hint: Any) -> Any:
    kind, parts = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return f"{name} 1" if hint is str else PLAIN[hint]
    if kind is Annotated:
        return SEALED if hint in (Personal, PersonalPhone, PersonalPhone) else _value(name, parts[0])
    if kind is Literal:
        return parts[0]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint(**_fields(hint))
    if kind is tuple:
        return tuple(_value(name, part) for part in parts if part is not Ellipsis)
    return _value(name, next(one for one in parts if one not in (type(None), msgspec.UnsetType)))


def pretty(event: Event) -> str:
    """Return the event's stored data, formatted for people."""
    return msgspec.json.format(encode(event), indent=2).decode() + "\n"


def main() -> None:
    """Write missing samples and print their paths."""
    FOLDER.mkdir(exist_ok=True)
    for cls in newest.values():
        if not path_of(cls).exists():
            path_of(cls).write_text(pretty(sample(cls)))
            print(path_of(cls).name)


if __name__ == "__main__":
    main()
