"""`python -m bench.remains`: what the state keeps in memory of a history, and of one ten times as long.

Commands are decided in this process alone, without a log; as a service does, idle rows are put away every so
many events. Figures are resident memory, so they hardly depend on what else the machine does.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any, Final

import psutil

from bench.past import say
from events.commit import Commit, Head
from services.base.memory import give_back
from services.decisions.base import Command, Context, commands
from services.decisions.decide import confirm, decide
from services.decisions.snapshot import TABLES, freeze, load
from services.decisions.snapshot import encode as dump
from services.decisions.state import COMMANDS, Away, State

J: Final = "B1"
EVERY: Final = 50_000
"""Events between two times at which rows are put away."""
MIB: Final = 2**20
BEGIN: Final = datetime(2025, 1, 1, tzinfo=UTC)


def history(workers: int, rounds: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield commands: everybody registers, then per round a duty each, and a task for each fourth."""
    for n in range(workers):
        yield "worker.register", {"worker": f"W{n}", "role": "courier"}
    for turn in range(rounds):
        for n in range(workers):
            yield "worker.check_in", {"worker": f"W{n}", "area": J}
        for n in range(0, workers, 4):
            task = f"{turn}-{n}"
            yield "request.open", {"request": f"R{task}", "category": "food", "area": J}
            yield "assignment.dispatch", {"assignment": f"A{task}", "request": f"R{task}", "worker": f"W{n}"}
            yield "assignment.done", {"assignment": f"A{task}"}
        for n in range(workers):
            yield "worker.check_out", {"worker": f"W{n}"}


def made(workers: int, rounds: int, *, put_away: bool) -> State:
    """Return the state after a history."""
    state, since = State(J), 0
    for number, (name, data) in enumerate(history(workers, rounds)):
        one(state, commands[name].model_validate(data), number)
        if state.head.position - since >= EVERY:
            since = state.head.position
            tidy(state, put_away=put_away)
    tidy(state, put_away=put_away)
    return state


def one(state: State, command: Command, number: int) -> None:
    """Record a command."""
    now = BEGIN + timedelta(seconds=number)
    ctx = Context(id=f"{number:032x}", actor="desk/1", now=now, at=now, anomalies=[])
    first = state.head.position + 1
    while True:
        try:
            events = tuple(decide(state, command, ctx, first, "body"))
            break
        except Away as away:  # nothing here names what is put away: it looks whether a new id is free
            state.undo()
            state.take_back(away.keys, ())
    commit = Commit(id="c", jurisdiction=J, first=first, prev="", recorded_at=now, events=events)
    confirm(state, commit, Head(first + len(events) - 1, ""))


def tidy(state: State, *, put_away: bool) -> None:
    """Forget command ids, as views have them, and let go of idle rows."""
    state[COMMANDS].clear()
    if put_away:
        state.put_away(freeze(state, put_away=True).idle)


def dumped(workers: int, rounds: int, put_away: bool) -> tuple[int, bytes]:
    """Return the events of a history, and the dump of the state after it."""
    state = made(workers, rounds, put_away=put_away)
    return state.head.position, dump(freeze(state))


def loaded(dump: bytes) -> tuple[float, dict[str, int]]:
    """Return the MiB that a start takes for the state, and its rows by table."""
    give_back()
    before = psutil.Process().memory_info().rss
    state = load(dump).state
    give_back()
    grown = (psutil.Process().memory_info().rss - before) / MIB
    return grown, {name: len(state[table]) for name, table in TABLES.items() if len(state[table])}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.remains", description=__doc__)
    parser.add_argument("--workers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=4)
    asked = parser.parse_args()
    for put_away in (False, True):
        for rounds in (asked.rounds, 10 * asked.rounds):
            with get_context("spawn").Pool(1, maxtasksperchild=1) as alone:  # each has a process of its own
                events, content = alone.apply(dumped, (asked.workers, rounds, put_away))
                grown, rows = alone.apply(loaded, (content,))
            say(f"{events:,} events, {'idle rows put away' if put_away else 'all rows'}", f"{grown:.1f} MiB")
            print("   ", ", ".join(f"{count:,} {name}" for name, count in rows.items()))


if __name__ == "__main__":
    main()
