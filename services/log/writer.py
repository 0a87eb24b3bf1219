"""One writer per jurisdiction: takes waiting commands, decides them, appends one commit at a time."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Final
from uuid import uuid4

import msgspec

from events import catalog
from events.commit import Commit, Head, Recorded, decode, digest, encode
from services.clock import Clock
from services.decisions.base import Refused
from services.decisions.decide import apply, confirm, decide
from services.decisions.jurisdiction.commands import Fence
from services.decisions.state import COMMANDS, Known, State
from services.log.asked import Asked, Outcome, Waiting, ask
from services.log.kept import Kept, Misfit
from services.log.port import Log, LogDamaged, LogUnavailable, OutcomeUnknown, Stored
from services.log.privacy import ERASURES, Sealed, Vault, erased_by, erased_in, phone_of, seal_all
from services.snapshots.port import Snapshots
from services.vault.errors import VaultUnavailable
from services.views.port import ViewsUnavailable

LEAST_COMMANDS: Final = 32
MOST_COMMANDS: Final = 500
MOST_BYTES: Final = 512 * 1024
MOST_SECONDS: Final = 0.010
MOST_WAITING: Final = 20_000
KEEP_IDS: Final = 50_000
OWED_SECONDS: Final = 1.0
"""Between two attempts at what goes with the keys."""
LEAST: Final = 500
"""Events for which a last snapshot is worth its while."""

_LATER: Final = "Log or keys cannot be written now; send the same id again."

log_of = logging.getLogger("muster.writer")
Lookup = Callable[[Sequence[str], int], Awaitable[dict[str, Known]]]
"""Commands by id from the view, once it has reached a position. Raises ViewsUnavailable where it has not."""


class Parked(Exception):
    """The jurisdiction cannot be written now: its log holds what this program cannot read."""


class Overloaded(Exception):
    """Too many commands wait already."""


class Writer:
    """Decides and records the commands of one jurisdiction, in the order in which they came."""

    def __init__(
        self,
        jurisdiction: str,
        *,
        log: Log,
        vault: Vault,
        clock: Clock,
        timezone: str,
        lookup: Lookup,
        recorded: Callable[[str, Stored], None],
        erased: Callable[[str, int], None],
        snapshots: Snapshots | None = None,
        appending: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.jurisdiction = jurisdiction
        self.state = State(jurisdiction)
        self.parked: str | None = None
        self._jurisdiction, self._log, self._vault, self._clock = jurisdiction, log, vault, clock
        self._timezone, self._lookup, self._recorded = timezone, lookup, recorded
        self._erased, self._appending = erased, appending
        self._kept = Kept(jurisdiction, log, snapshots) if snapshots else None
        self._reading = asyncio.Lock()
        """Held while the state may hold what is not in the log yet."""
        self._queue: deque[Waiting] = deque()
        self._work = asyncio.Event()
        self._hydrated = asyncio.Event()
        self._forgotten = 0
        """Ids of commands up to this position may be looked up in the view only."""
        self._viewed = 0
        self._unknown: set[str] = set()
        self._group: list[Waiting] = []
        """Being recorded right now."""
        self._at_once = MOST_COMMANDS
        """So many are sealed together: few more than there is time to decide."""
        self._left = False
        """Idle for long, and about to be forgotten."""
        self._owed: list[str] = []
        """Subjects whose erasure is in the log, while their keys are not destroyed yet."""
        self._phones: dict[str, str | None] = {}
        """Phones that are in the log, but cannot be found by yet."""

    # -- for senders ---------------------------------------------------------------------------------------

    async def submit(self, group: Sequence[Asked]) -> list[Outcome]:
        """Record these in order. Raises Parked, Overloaded."""
        self._refuse_if_parked()
        if len(self._queue) + len(group) > MOST_WAITING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        waiting = [Waiting(asked, loop.create_future()) for asked in group]
        self._queue.extend(waiting)
        self._work.set()
        if len(waiting) == 1:
            return [await waiting[0].answer]
        return list(await asyncio.gather(*(w.answer for w in waiting)))

    async def status(self, command: str) -> Outcome:
        """recorded (accepted), not recorded (refused, code `not_recorded`) or pending, by a command's id."""
        self._refuse_if_parked()
        if any(w.asked.id == command for w in (*self._group, *self._queue)):
            return Outcome(command, "pending")
        if command in self._unknown and not await self._fenced():
            return Outcome(command, "pending")
        await self.ready()
        async with self._reading:
            await self._follow(await self._log.end(self._jurisdiction))
        known = self.state[COMMANDS].get(command)
        if known is None and self._forgotten:
            known = (await self._lookup([command], self._forgotten)).get(command)
        if known is None:
            return Outcome(command, "refused", code="not_recorded")
        return Outcome(command, "accepted", known.position)

    def viewed(self, position: int) -> None:
        """The `commands` view has reached this position: older ids need no memory."""
        self._viewed = position

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def ready(self) -> None:
        """Until the state is hydrated. Raises Parked."""
        await self._hydrated.wait()
        self._refuse_if_parked()

    def _refuse_if_parked(self) -> None:
        if self.parked:
            raise Parked(self.parked)

    async def _fenced(self) -> bool:
        """Make sure that no attempt of ours can still land; True once a commit of ours followed them, or one
        by which the jurisdiction moved."""
        fence = Asked(
            id=str(uuid4()),
            command=Fence(commands=tuple(sorted(self._unknown))),
            actor="service/writer",
            received=self._clock.now(),
        )
        outcome = (await self.submit([fence]))[0]
        return outcome.outcome == "accepted" or outcome.code == "jurisdiction.moved"

    # -- the loop ------------------------------------------------------------------------------------------

    async def run(self, idle: float | None = None) -> None:
        """Hydrate, then serve until cancelled, or for `idle` seconds without a command.

        A jurisdiction that cannot be read is parked, not fatal.
        """
        try:
            await self._hydrate()
            while not self._left:
                while await self._worked(idle):
                    await self._serve()
                await self._leave()
        except (LogDamaged, Misfit, catalog.UnknownEvent, catalog.BadEvent) as error:
            log_of.error("jurisdiction %s is parked: %s", self._jurisdiction, error)
            self.parked = str(error)
            self._hydrated.set()
            self._answer_all([*self._group, *self._take(MOST_WAITING)], "jurisdiction.parked", str(error))

    async def _hydrate(self) -> None:
        """From the snapshot, where there is one that fits, and the log; tries again until the log answers."""
        while not self._hydrated.is_set():
            try:
                await self._restore()
                await self._follow(await self._log.end(self._jurisdiction))
                await self._repeat_erasures()
                self._hydrated.set()
            except (LogUnavailable, VaultUnavailable) as error:
                log_of.error("%s cannot be read now: %s", self._jurisdiction, error)
                self._answer_all(self._take(MOST_WAITING), "log.unavailable", _LATER)
                await asyncio.sleep(0.5)

    async def _restore(self) -> None:
        """Begin with the snapshot, if the log goes on from it."""
        if self._kept is None or self.state.head.position:
            return
        self.state, self._forgotten = await self._kept.restore() or (self.state, self._forgotten)
        try:
            end = await self._log.end(self._jurisdiction)
            if end.position < self.state.head.position:
                raise Misfit(f"the snapshot of {self._jurisdiction} is beyond the log")
            await self._follow(end)
            if self.state.head.position == end.position and self.state.head != end:
                raise Misfit(f"the snapshot of {self._jurisdiction} is of another log")
        except Misfit as error:
            log_of.warning("%s; it is read from its beginning", error)
            await self._kept.drop()
            self.state, self._forgotten = State(self._jurisdiction), 0
        except LogUnavailable:  # begun anew, so that nothing of it goes unchecked
            self.state, self._forgotten = State(self._jurisdiction), 0
            raise

    async def _worked(self, idle: float | None) -> bool:
        """Until there is work; False after `idle` seconds without any."""
        try:
            async with asyncio.timeout(idle):
                await self._work.wait()
        except TimeoutError:
            return bool(self._queue)
        return True

    async def _leave(self) -> None:
        """A last snapshot, for whoever comes back; then gone, if nobody came meanwhile."""
        if self._kept:
            self._kept.offer(self.state, self._viewed, LEAST)
            await self._kept.done()
        self._left = not self._queue and not self._owing

    async def _serve(self) -> None:
        self._group = group = self._take(self._at_once)
        if not group and not self._owing:
            self._work.clear()
            return
        try:
            async with self._reading:
                await self._pay()
                left = await self._record(group) if group else []
        except (LogUnavailable, OutcomeUnknown, VaultUnavailable, ViewsUnavailable) as error:
            self.state.undo()
            if isinstance(error, OutcomeUnknown):
                self._unknown.update(w.asked.id for w in group)
            log_of.error("%s cannot be written: %s", self._jurisdiction, error)
            self._answer_all(group, "log.unavailable", _LATER)
            self._group = []
            await asyncio.sleep(0.05 if group else OWED_SECONDS)
            return
        self._queue.extendleft(reversed(left))
        self._at_once = _next_size(len(group), len(group) - len(left))
        self._group = []

    def _take(self, most: int) -> list[Waiting]:
        taken: list[Waiting] = []
        while self._queue and len(taken) < most:
            waiting = self._queue.popleft()
            if not waiting.answer.done():
                taken.append(waiting)
        return taken

    def _answer_all(self, group: Sequence[Waiting], code: str, detail: str) -> None:
        for waiting in group:
            answer = Outcome(waiting.asked.id, "pending", code=code, detail=detail)
            if not waiting.answer.done():
                waiting.answer.set_result(answer)

    async def _record(self, group: list[Waiting]) -> list[Waiting]:
        """Decide and append until accepted; answer. Gives back those for which there was no time."""
        sealed = await seal_all(self._vault, self._jurisdiction, [w.asked for w in group])
        while True:
            await self._follow(await self._log.turn(self._jurisdiction))
            known = await self._known(group)
            decided = _Decided(self.state, self._now(), self._timezone)
            for waiting, body in zip(group, sealed, strict=True):
                if decided.full:
                    break
                decided.one(waiting, body, known)
            if await (self._append(decided) if decided.events else self._is_end()):
                self._owe(decided.erased)
                self._phones |= decided.phones
                await self._pay()
                decided.answer()
                self._evict()
                if self._kept:
                    self._kept.offer(self.state, self._viewed)
                return group[decided.count :]
            self.state.undo()  # another process was first: every answer is decided again

    def _now(self) -> datetime:
        last: datetime | None = self.state.meta.get("recorded_at")
        now = self._clock.now()
        return max(now, last) if last else now

    async def _known(self, group: Sequence[Waiting]) -> dict[str, Known]:
        """Commands of the group that are recorded already, whether in memory or only in the view."""
        if not self._forgotten:
            return {}
        missing = [w.asked.id for w in group if w.asked.id not in self.state[COMMANDS]]
        return await self._lookup(missing, self._forgotten) if missing else {}

    async def _append(self, decided: "_Decided") -> bool:
        head = self.state.head
        commit = Commit(
            id=str(uuid4()),
            jurisdiction=self._jurisdiction,
            first=head.position + 1,
            prev=head.hash,
            recorded_at=decided.now,
            events=tuple(decided.events),
        )
        data = encode(commit)
        with self._appending():
            if not await self._log.append(self._jurisdiction, data):
                return False
        after = Head(head.position + len(commit.events), digest(data))
        confirm(self.state, commit, after)
        self._recorded(self._jurisdiction, Stored(data, after))
        self._unknown.clear()
        return True

    async def _is_end(self) -> bool:
        """Whether nothing is in the log beyond the state: asked after the commands arrived, so that nobody is
        turned away because of what was true before, or of a commit that lost."""
        return await self._log.end(self._jurisdiction) == self.state.head

    async def _follow(self, head: Head) -> None:
        """Read up to `head` at least; what was decided but not accepted is gone by then."""
        if head.position < self.state.head.position or head == self.state.head:
            return
        async for batch in self._log.read(self._jurisdiction, self.state.head.position):
            for stored in batch:
                commit = self._decoded(stored)
                if commit.prev != self.state.head.hash:
                    raise Misfit(f"the snapshot of {self._jurisdiction} is not of this log")
                apply(self.state, commit, stored.head)
                if self._hydrated.is_set():  # whoever recorded it may have died before the key
                    self._owe(_erasures(commit.events))
            self._evict()
            await asyncio.sleep(0)

    def _decoded(self, stored: Stored) -> Commit:
        try:
            return decode(stored.data)
        except msgspec.DecodeError as error:
            why = f"its commit cannot be read: {error}"
            raise LogDamaged(self._jurisdiction, self.state.head.position + 1, why) from error

    def _evict(self) -> None:
        """Forget ids that the `commands` view holds, once there are many."""
        commands = self.state[COMMANDS]
        if len(commands) <= KEEP_IDS:
            return
        for key in [k for k, known in commands.items() if known.position <= self._viewed]:
            del commands[key]
        self._forgotten = max(self._forgotten, self._viewed)

    def _owe(self, subjects: Sequence[str]) -> None:
        if subjects:
            self._owed += subjects
            self._work.set()

    @property
    def _owing(self) -> bool:
        return bool(self._owed or self._phones)

    async def _pay(self) -> None:
        """What goes with the keys follows what was accepted; what fails is tried again until it is done."""
        if self._phones:
            await self._vault.index_phones(self._jurisdiction, self._phones)
            self._phones = {}
        if self._owed:
            await self._vault.erase_all(self._jurisdiction, self._owed)
            self._owed = []
            self._erased(self._jurisdiction, self.state.head.position)

    async def _repeat_erasures(self) -> None:
        """The event came first, the key second: a crash or a restored backup may have left the key."""
        if subjects := erased_in(self.state):
            await self._vault.erase_all(self._jurisdiction, subjects)


class _Decided:
    """One group being decided on speculative state; answers leave only once it is confirmed."""

    def __init__(self, state: State, now: datetime, timezone: str) -> None:
        self.now, self.events, self.erased, self.count = now, list[Recorded](), list[str](), 0
        self.phones: dict[str, str | None] = {}
        self._state, self._timezone = state, timezone
        self._answers: list[tuple[Waiting, Outcome]] = []
        self._bytes, self._until = 0, time.perf_counter() + MOST_SECONDS

    @property
    def full(self) -> bool:
        return self._bytes >= MOST_BYTES or (self.count > 0 and time.perf_counter() > self._until)

    @property
    def _end(self) -> int:
        return self._state.head.position + len(self.events)

    def one(self, waiting: Waiting, sealed: Sealed, known: dict[str, Known]) -> None:
        """Decide one command and note its answer."""
        asked = waiting.asked
        before = self._state[COMMANDS].get(asked.id) or known.get(asked.id)
        answer = self._repeat(asked, sealed, before) if before else self._decide(asked, sealed)
        self._answers.append((waiting, answer))
        self.count += 1

    def _repeat(self, asked: Asked, sealed: Sealed, before: Known) -> Outcome:
        if sealed.erased or before.body == sealed.body:
            return Outcome(asked.id, "known", before.position)
        return Outcome(
            asked.id,
            "refused",
            code="id_reused",
            detail="This id was used before for another command; make a new one.",
        )

    def _decide(self, asked: Asked, sealed: Sealed) -> Outcome:
        if sealed.erased:
            return Outcome(
                asked.id, "refused", code="subject.erased", detail="This person was erased; use another id."
            )
        mark = self._state.mark()
        try:
            recorded = decide(
                self._state,
                sealed.command,
                ask(asked, self.now, self._timezone),
                self._end + 1,
                sealed.body,
            )
            size = sum(len(r.data) + 300 for r in recorded)
            if size > MOST_BYTES:
                raise Refused("too_large", f"This command would write {size} bytes; split it.")
        except Refused as refused:
            self._state.undo(mark)
            return Outcome(asked.id, "refused", code=refused.code, detail=refused.detail)
        except Exception:  # one command that a rule trips over must not stop everybody else's
            log_of.exception("command %s (%s) could not be decided", asked.id, asked.command.NAME)
            self._state.undo(mark)
            detail = "The service failed to decide this command; nothing was recorded. Its log says why."
            return Outcome(asked.id, "refused", code="internal", detail=detail)
        if not recorded:
            kind = "known" if asked.observed else "unchanged"
            return Outcome(asked.id, kind, self._end)
        self._bytes += size
        self.events += recorded
        self.erased += _erasures(recorded)
        self.phones |= phone_of(asked)
        return Outcome(asked.id, "accepted", self._end)

    def answer(self) -> None:
        """Tell every sender, now that it is confirmed."""
        for waiting, outcome in self._answers:
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)


def _next_size(taken: int, decided: int) -> int:
    """Commands to take next, where of so many taken there was time for these."""
    if decided == taken:
        return min(MOST_COMMANDS, max(LEAST_COMMANDS, 2 * taken))
    return max(LEAST_COMMANDS, decided + decided // 8)


def _erasures(events: Sequence[Recorded]) -> list[str]:
    """Subjects whose keys are to be destroyed."""
    named = [one for one in events if one.name in ERASURES]
    return [subject for one in named if (subject := erased_by(catalog.decode(one, 0)))]
