"""Send spooled commands to the sink in order; retry those that are pending."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, Protocol

from services.decisions.base import AFTER, SAID
from services.decisions.jurisdiction.commands import Establish
from services.intake.cells.identity import command_id
from services.intake.errors import ImportFailed
from services.intake.sending.ordering import MOST_ITEMS, Item
from services.intake.sending.outcomes import Outcomes
from services.intake.sending.reading import Progress
from services.intake.sending.spool import Spool
from services.intake.sending.summary import Summary

ESTABLISHED: Final = "jurisdiction.established"
"""A sheet that names its jurisdiction leaves an established one, whatever its name, as it is."""
DIFFERS: Final = "sheet.differs"
"""The row contradicts what people decided; it changes nothing."""
TRIES: Final = 30
"""About a minute of retries."""


Accepted = Callable[[int], bool]
"""Whether a line's contradiction of the log is settled for the sheet."""

_STAGES: Final = ("assignment.progress", "assignment.done")
"""Commands that name the one before them in their row; it is not part of their ids."""


class Sink(Protocol):
    """Destination of commands: this process or a server."""

    @property
    def ahead(self) -> int:
        """Batches that may be under way: more than one only if they are decided in the order sent."""
        ...

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Submit at most 500 items {id, name, at, sent_at, observed, data}, in order.

        Return one answer each: {id, outcome: accepted | known | unchanged | refused | pending, code?,
        values?, anomalies?}.
        """
        ...


class Sender:
    """Sends the commands of tables."""

    def __init__(
        self,
        sink: Sink,
        jurisdiction: str,
        key: bytes,
        *,
        observed: bool,
        sheet: str,
        accepted: Accepted,
        run: str,
    ) -> None:
        """`sheet` is the source with a memory; `accepted` says in which rows it is right, not the log. `run`
        tells this import from others of the same file."""
        self._sink, self._jurisdiction, self._key, self._observed = sink, jurisdiction, key, observed
        self._sheet, self._accepted, self._run = sheet, accepted, run

    async def all(
        self, spool: Spool, total: int, file_hash: str, summary: Summary, progress: Progress | None
    ) -> None:
        """Send every spooled command of a file. Raise ImportFailed if the service does not answer in time."""
        sent, batches, under_way = 0, spool.ordered(), deque[_Asked]()
        try:
            while await self._fill(under_way, batches, file_hash):
                for batch, answers in await self._settled(under_way):
                    for one, answer in zip(batch, answers, strict=True):
                        _note(one, answer, spool.outcomes, summary)
                    sent += len(batch)
                    if progress:
                        progress(sent, total)
        finally:
            await _dropped(under_way)
        spool.outcomes.settle()

    async def _fill(self, under_way: "deque[_Asked]", batches: Iterator[list[Item]], file_hash: str) -> bool:
        """Send batches until as many as the sink takes are under way; False if none is left."""
        while len(under_way) < self._sink.ahead and (batch := await asyncio.to_thread(next, batches, None)):
            items = [self.item(one, file_hash) for one in batch]
            answers = asyncio.ensure_future(self._sink.submit(self._jurisdiction, items))
            under_way.append(_Asked(batch, items, answers))
            await asyncio.sleep(0)  # it is sent before the next one
        return bool(under_way)

    async def _settled(self, under_way: "deque[_Asked]") -> list[tuple[list[Item], list[dict[str, Any]]]]:
        """Return the oldest batch with its outcomes. If some are pending, so may be what they entail in those
        after it: then settle all that are under way together."""
        found = [under_way.popleft()]
        answers = list(await found[0].answers)
        if _unsettled(answers):
            while under_way:
                found.append(under_way.popleft())
                answers += await found[-1].answers
            items = [item for one in found for item in one.items]
            answers = await settled(self._sink, self._jurisdiction, items, answers)
        told = iter(answers)
        return [(one.batch, [next(told) for _ in one.batch]) for one in found]

    def item(self, one: Item, file_hash: str) -> dict[str, Any]:
        """Return what is submitted of a spooled command."""
        origin, data = file_hash, one.data
        if one.says:  # asked anew in each import, as what was recorded before is in the sheet's memory
            said = {"sheet": self._sheet, "accept": self._accepted(one.line)}
            origin, data = self._run, {**one.data, SAID: said}
        if one.after and one.name in _STAGES:
            data = {**data, AFTER: one.after}
        return {
            "id": command_id(self._key, self._jurisdiction, one.name, one.at, one.data, origin, one.nth),
            "name": one.name,
            "at": one.at,
            "sent_at": None,
            "observed": self._observed and one.observed,
            "data": data,
        }


async def establish(sink: Sink, jurisdiction: str, timezone: str, key: bytes) -> None:
    """Establish a jurisdiction in the mapping's time zone, before its first command does so in the service's.

    If somebody else was first, or may do it alone, it stays as it is.
    """
    data = {"name": jurisdiction, "timezone": timezone}
    name = Establish.NAME
    item = {
        "id": command_id(key, jurisdiction, name, None, data, ""),
        "name": name,
        "at": None,
        "sent_at": None,
        "observed": True,
        "data": data,
    }
    await settled(sink, jurisdiction, [item])


class _Asked(NamedTuple):
    """A batch that is under way."""

    batch: list[Item]
    items: list[dict[str, Any]]
    answers: "asyncio.Future[list[dict[str, Any]]]"


async def _dropped(under_way: Iterable[_Asked]) -> None:
    """Wait for nothing that is under way."""
    left = [one.answers for one in under_way]
    for one in left:
        one.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def settled(
    sink: Sink,
    jurisdiction: str,
    items: list[dict[str, Any]],
    answers: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Submit items and return their outcomes in order. Raise ImportFailed if some are not recorded in time.

    What is not recorded is sent again, from the first pending command on. `answers` are those to items that
    were submitted before.
    """
    answers = await sink.submit(jurisdiction, items) if answers is None else answers
    for attempt in range(TRIES):
        waiting = _unsettled(answers)
        if not waiting:
            return answers
        await asyncio.sleep(min(2.0, 0.05 * 2**attempt))
        again: list[dict[str, Any]] = []
        for begin in range(0, len(waiting), MOST_ITEMS):
            some = [items[i] for i in waiting[begin : begin + MOST_ITEMS]]
            again += await sink.submit(jurisdiction, some)
        for i, answer in zip(waiting, again, strict=True):
            answers[i] = _as_first(answers[i], answer)
    raise ImportFailed("import.failed", variant="not_recorded")


def _unsettled(answers: list[dict[str, Any]]) -> list[int]:
    """Return the indexes to resend. A refusal after a pending command may be caused by its absence."""
    first = next((i for i, one in enumerate(answers) if one["outcome"] == "pending"), len(answers))
    return [i for i, one in enumerate(answers) if i >= first and one["outcome"] in ("pending", "refused")]


def _as_first(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return the outcome of a resent command: if it was pending and is now known, this import recorded it."""
    if before["outcome"] == "pending" and now["outcome"] == "known":
        return {**now, "outcome": "accepted"}
    return now


def _note(one: Item, answer: dict[str, Any], outcomes: Outcomes, summary: Summary) -> None:
    outcome, code = answer["outcome"], answer.get("code")
    if code == ESTABLISHED and one.gid is not None and one.gid < 0:
        outcome, code = "known", None
    summary.count(one.name, outcome, code)
    if outcome == "accepted":
        outcomes.applied(one)
        for noted in answer.get("anomalies") or ():
            outcomes.noted.add(noted, outcomes.line_of(one))
    elif outcome == "refused" and code == DIFFERS:
        outcomes.differs(one, answer.get("values") or {})
    elif outcome == "refused":
        outcomes.refused(one, code or "internal", answer.get("values") or {})
