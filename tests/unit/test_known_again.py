"""An observed command that names what is known is taken for it only if it says nothing else.

Each command that makes something is sent again, as from another list, with one field changed at a time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from each import each
from pydantic import ValidationError

from services.decisions.base import SAID, Command
from services.decisions.references import NEW
from tests.examples import placed
from tests.given import Given, area, given, t, worker

OTHERWISE: Final = {
    "chapter.form": {"reason"},
    "incident.declare": {"starts_at"},
    "post.appoint": {"holder_name"},
    "team.form": {"activate"},
    "worker.raise_sos": {"area", "place"},
    "worker.register": {"name", "phone"},
}
"""What may differ: a call for help is never refused; names and phones are sealed, and belong to the id; a log
in several files begins an incident with the first row of each; the reason is no part of a chapter; not
to activate a team says nothing of an active one."""
VALUES: Final = ("x1", "230718", "W2", "other", "R9", 7, 2.5, t("05:00"), True, ("W2",), ("230718",), ("x1",))


def _makes(command: Command) -> set[str]:
    """Return the fields with the id of what a command makes."""
    fields = type(command).model_fields.items()
    marked = {name for name, one in fields if NEW in one.metadata or _within(one.annotation)}
    return marked - {"call_sign"}


def _within(annotation: Any) -> bool:
    return any(NEW in getattr(part, "__metadata__", ()) for part in get_args(annotation))


def _others(value: Any) -> Iterator[Any]:
    if isinstance(value, datetime):
        yield value + timedelta(hours=1)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value}x"
    yield from VALUES


def _changed(command: Command, field: str) -> Command | None:
    """Return the command with another value in a field; None if no other fits there alone."""
    for value in _others(getattr(command, field)):
        try:
            other = type(command).model_validate({**command.model_dump(exclude_unset=True), field: value})
        except ValidationError:
            continue
        if getattr(other, field) != getattr(command, field):
            return other
    return None


def _examples() -> dict[str, tuple[list[Command], Command]]:
    """Return, by name, each command that makes something, and what comes before it."""
    there = [area.define(area=code, name=f"County {code}") for code in ("230717", "230718")]
    there += [worker.register(worker=f"W{n}", role="courier") for n in (1, 2)]
    found: dict[str, tuple[list[Command], Command]] = {}
    for make in placed.values():
        steps = make("230717", "X1")
        for number, one in enumerate(steps):
            if _makes(one) and one not in there:
                found.setdefault(one.NAME, ([*there, *steps[:number]], one))
    return found


def test_the_examples_make_things() -> None:
    assert len(_examples()) > 25


@each("name", lambda: sorted(_examples()))
def test_no_news_is_lost_under_a_known_id(name: str) -> None:
    before, command = _examples()[name]
    silent: set[str] = set()
    for field in type(command).model_fields.keys() - _makes(command) - {SAID}:
        other = _changed(command, field)
        if other is not None and not _told(given(*before, command), other):
            silent.add(field)
    assert silent <= OTHERWISE.get(name, set())


def _told(known: Given, command: Command) -> bool:
    """Whether a command is refused or recorded, rather than taken for what is known."""
    answer = known.when(command, observed=True)
    return answer.refusal is not None or answer.events != []
