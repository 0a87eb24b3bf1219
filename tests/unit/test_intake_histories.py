"""Generated ticket logs mean the same however they are imported, and importing them again changes nothing."""

import asyncio
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import given as cases
from hypothesis import strategies as st
from intaking import NOW, Recording, run, sums
from scale import LONG

from projections.instant import READ
from services.decisions.request.table import REQUESTS

MAPPING = """
name = "tickets"
timezone = "UTC"
[values.kind]
"0" = "empty"
"*" = "occupied"
[[source]]
name = "history"
key = ["Ticket"]
order_by = "{Updated}"
[[source.command]]
name = "request.open"
once_per = ["Ticket"]
at = { column = "Updated", pick = "min" }
data = { request = "{Ticket}", category = "ticket", area = "{jurisdiction}", slots = { null = true } }
[[source.command]]
name = "team.form"
once_per = ["Crew"]
when = [{ column = "Crew", filled = true }]
at = { column = "Updated", pick = "min" }
data = { team = "{Crew}", name = "{Crew}", kind = "crew", area = "{jurisdiction}", activate = true }
[[source.command]]
name = "request.reopen"
when = [
  { column = "Status", is = ["Reopened"], changed = true },
  { column = "previous.Ticket", filled = true },
]
at = "{Updated}"
data = { request = "{Ticket}" }
[[source.command]]
name = "request.amend"
when = [{ column = "People", changed = true }]
at = "{Updated}"
data = { request = "{Ticket}", category = { column = "People", map = "kind", default = "empty" } }
[[source.command]]
name = "assignment.release"
when = [{ column = "Crew", changed = true }, { column = "previous.Crew", filled = true }]
at = "{Updated}"
data = { assignment = "{Ticket}-{previous.Crew}", reason = "reassigned" }
[[source.command]]
name = "assignment.dispatch"
when = [{ column = "Crew", changed = true, filled = true }]
at = "{Updated}"
data = { assignment = "{Ticket}-{Crew}", request = "{Ticket}", team = "{Crew}" }
[[source.command]]
name = "request.complete"
when = [{ column = "Status", is = ["Resolved"], changed = true }]
at = "{Updated}"
data = { request = "{Ticket}" }
"""
HEAD = ("Ticket", "Updated", "Status", "Crew", "People")


class State(NamedTuple):
    """One row: a ticket's state from a minute on."""

    ticket: str
    minute: int
    status: str
    crew: str
    people: str


STATES = st.builds(
    State,
    st.sampled_from(["T1", "T2"]),
    st.integers(0, 5),
    st.sampled_from(["Active", "Resolved", "Reopened"]),
    st.sampled_from(["", "A", "B"]),
    st.sampled_from(["", "0", "3", "5"]),
)
HISTORIES = st.lists(STATES, min_size=1, max_size=9).map(
    lambda rows: sorted(rows, key=lambda row: row.minute)
)
"""In the order in which they happened; several rows of a ticket may have one minute."""


def table(rows: list[State], delimiter: str) -> str:
    cells = [(one.ticket, f"2024-01-01 10:{one.minute:02}", *one[2:]) for one in rows]
    return "".join(f"{delimiter.join(row)}\n" for row in (HEAD, *cells))


def shuffled(rows: list[State], random: Any) -> list[State]:
    """Return the rows in another order, in which those of one instant keep theirs."""
    minutes = [list(one) for _, one in groupby(rows, key=lambda row: row.minute)]
    random.shuffle(minutes)
    return [row for one in minutes for row in one]


async def told(rows: list[State], parts: list[int], random: Any, delimiter: str) -> Recording:
    """Import ever more of the rows, then all of them twice; the last time they are all known."""
    sink, done = Recording(), (0, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        for upto in (*parts, len(rows), len(rows)):
            text = table(shuffled(rows[:upto], random), delimiter)
            done = sums(await run(Path(folder), MAPPING, text, sink))
            assert done[3] == 0, (Path(folder) / "rejects.csv").read_text()
        assert done == (len(rows), 0, len(rows), 0)
    return sink


def meaning(sink: Recording) -> dict[str, Any]:
    """Return what the views show, which equals the board at this instant and the state of the decisions."""
    for view in READ:
        assert sink.live(view) == sink.at(view, NOW), view
    requests = sink.live("requests")
    state = sink.state[REQUESTS]
    assert {key: (row.category, row.live) for key, row in requests.items()} == {
        key: (row.category, row.live) for key, row in state.items()
    }
    return {
        "requests": {key: (row.state, row.category, row.reopened) for key, row in requests.items()},
        "busy": {unit: sorted(t.assignment for t in row.tasks) for unit, row in sink.live("busy").items()},
        "stints": {key: (row.team, row.state) for key, row in sink.live("assignments").items()},
    }


def expected(rows: list[State]) -> dict[str, Any]:
    """Return what the last row of each ticket says."""
    last = {row.ticket: row for row in rows}
    kinds = {"": "empty", "0": "empty"}
    return {key: kinds.get(row.people, "occupied") for key, row in last.items()}


@settings(
    max_examples=400 if LONG else 20,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
@cases(rows=HISTORIES, random=st.randoms(use_true_random=False), data=st.data())
def test_a_history_means_the_same_however_it_comes(
    rows: list[State], random: Any, data: st.DataObject
) -> None:
    """In parts, with its rows in another order, and with another delimiter."""
    delimiter = data.draw(st.sampled_from(";\t|"))
    parts = sorted(data.draw(st.lists(st.integers(1, len(rows)), max_size=3)))
    at_once = asyncio.run(told(rows, [], random, ","))
    in_parts = asyncio.run(told(rows, parts, random, delimiter))
    assert meaning(at_once) == meaning(in_parts)
    assert {key: one[1] for key, one in meaning(at_once)["requests"].items()} == expected(rows)
