"""What an import reads from cells: nothing rounded, no place that cannot be meant, and no row left out unseen."""
# ruff: noqa: E501  mapping files

from pathlib import Path

from intaking import Deciding, run, sums

from services.decisions.request.table import REQUESTS

HISTORY = """
name = "history"
timezone = "UTC"
[[source]]
name = "history"
key = ["Ticket"]
order_by = "{Updated}"
skip = [{ column = "Status", changed = false }, { column = "Priority", changed = false }]
[[source.command]]
name = "request.open"
once_per = ["Ticket"]
at = { column = "Updated", pick = "min" }
data = { request = "{Ticket}", category = "ticket", area = "{jurisdiction}" }
[[source.command]]
name = "request.complete"
when = [{ column = "Status", is = ["Resolved"] }, { column = "Status", changed = true }]
at = "{Updated}"
data = { request = "{Ticket}" }
"""
TICKET = """Ticket,Updated,Status,Priority
T1,2024-01-01 10:00,New,3
T1,2024-01-01 10:05,Resolved,3
T1,2024-01-01 10:06,Resolved,3
"""


async def test_a_row_is_skipped_if_all_conditions_of_skip_hold(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    first = await run(tmp_path, HISTORY, TICKET, sink)
    assert (sums(first), first.skipped) == ((3, 2, 0, 0), 1)
    assert sink.state[REQUESTS]["T1"].ended == "done"
    again = await run(tmp_path, HISTORY, TICKET, sink)
    assert (sums(again), again.skipped) == ((3, 0, 2, 0), 1)


ANY = """skip = [{ any_of = [
  { all_of = [{ column = "Status", changed = false }, { column = "Priority", changed = false }] },
  { column = "Status", is = ["heartbeat"] },
] }]"""


async def test_any_of_and_all_of_say_alternatives(tmp_path: Path) -> None:
    sink = Deciding("C1")
    await sink.establish()
    old = 'skip = [{ column = "Status", changed = false }, { column = "Priority", changed = false }]'
    table = f"{TICKET}T1,2024-01-01 10:07,heartbeat,4\n"
    done = await run(tmp_path, HISTORY.replace(old, ANY), table, sink)
    assert (sums(done), done.skipped) == ((4, 2, 0, 0), 2)
