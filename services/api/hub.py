"""Fan-out of steps to streams: read once, filtered, encoded and compressed once per group of equal clients.

Each client receives a consistent prefix: patches that continue each other without a gap, or a reset. They
are written to the sockets from here, one after another, without waking a task for each. Only for a client
whose socket is full a task waits, and the next ones are queued.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from events.disclosure import Shown
from projections.base import View
from services.access import ASKING, opens_in
from services.api.frames import Frame
from services.api.rows import Opener
from services.api.sharing import Shared
from services.api.sight import RULES
from services.application.announcing import Announcements
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.vault import Vault, VaultUnavailable
from services.views.match import matches
from services.views.port import Change, OutboxStep, Query, ViewsUnavailable

LEAST_PAUSE: Final = 0.05
MOST_PAUSE: Final = 0.4
"""Longest pause between two patches, in seconds."""
SHARE: Final = 20
"""A pause lasts this many times as long as making and sending the patches before it, which thus get 1/20 of
the loop as long as it is not the longest."""
IN_A_ROW: Final = 50
"""Clients that are sent to before others get their turn on the loop."""
MOST_STREAMS: Final = 5_000
"""Open streams of a process."""
QUEUE: Final = 64
"""Patches a slow client may fall behind before it is reset."""
LARGE: Final = 16 * 1024
"""Patches of more bytes are compressed on a thread."""

log_of = logging.getLogger("muster.api")
Wanted = dict[str, tuple[View[Any], Query]]


class Sight(NamedTuple):
    """What a group sees."""

    shown: Shown
    areas: tuple[str, ...] = ()
    """That its tokens are limited to."""
    lean: bool = False
    """Without the fields that only a single row needs."""


UNTOLD: Final = Sight(ASKING)
Snapshot = tuple[Frame, int, Shown]
"""A snapshot, its position, and what its reader sees as of it."""


def pause_after(seconds: float) -> float:
    """Return the pause after patches that took `seconds`: at most 20 patches a second, 2 under load."""
    return min(MOST_PAUSE, max(LEAST_PAUSE, SHARE * seconds))


def visible(wanted: Wanted, change: Change) -> tuple[str, str] | None:
    """Return "row" or "gone" with the change's key; None if the client neither saw nor sees the row."""
    if change.view not in wanted:
        return None
    view, query = wanted[change.view]
    if change.row is not None and matches(view, query, change.row):
        return "row", change.key
    if change.before is not None and matches(view, query, change.before):
        return "gone", change.key
    return None


def rules_changed(change: Change) -> bool:
    """Whether the rules of disclosure have changed."""
    if change.view != RULES or change.before is None:
        return False
    before: Any = change.before
    return before.disclosure != getattr(change.row, "disclosure", None)


def patch(steps: Sequence[OutboxStep], wanted: Wanted, opener: Opener, now: datetime) -> dict[str, Any]:
    """Merge steps into one patch. The last row of each key wins; rows that left the filter are removals."""
    rows: dict[tuple[str, str], Any] = {}
    for step in steps:
        for change in step.changes:
            seen = visible(wanted, change)
            if seen is None:
                continue
            shown = (
                opener.row(change.view, change.key, change.row) if seen[0] == "row" and change.row else None
            )
            rows[change.view, change.key] = {"view": change.view, "key": change.key, "row": shown}
    return {"after": steps[0].after, "upto": steps[-1].upto, "now": now, "rows": list(rows.values())}


Write = Callable[[Frame], Awaitable[None] | None]
"""Write a frame to the socket. What is returned awaits that there is room for it; None = it was written."""


class Client:
    """One open stream. A frame is written at once if nothing waits before it, else it is queued with the
    position it leads to. `None` means start over with a reset."""

    def __init__(self, position: int, *, packed: bool = False, write: Write | None = None) -> None:
        """`write`: None = all frames are queued."""
        self.position = self.sent = position
        """The position up to which frames were queued, and up to which they were taken for sending."""
        self.packed = packed
        """Whether the client accepts gzip."""
        self.frames: asyncio.Queue[tuple[int, Frame | Awaitable[None]] | None] = asyncio.Queue(QUEUE)
        self.lost = False
        self._write, self._idle = write, False

    def send(self, upto: int, frame: Frame) -> None:
        self.position = upto
        if self.lost:
            return
        if self.frames.full():
            self.reset()
        elif self._write is None or not self._idle or not self.frames.empty():
            self.frames.put_nowait((upto, frame))
        else:
            self._write_now(self._write, upto, frame)

    def _write_now(self, write: Write, upto: int, frame: Frame) -> None:
        try:
            rest = write(frame)
        except OSError:  # it is gone, which its own task will notice
            return self.reset()
        if rest is None:
            self.sent = upto
        else:
            self.frames.put_nowait((upto, rest))

    async def next(self) -> Frame | None:
        """Return the next frame that is still to be sent. Meanwhile others are written at once."""
        while True:
            self._idle = True
            try:
                found = await self.frames.get()
            finally:
                self._idle = False
            if found is None:
                return None
            upto, frame = found
            if isinstance(frame, Frame):
                self.sent = upto
                return frame
            await frame
            self.sent = upto

    def reset(self) -> None:
        """Drop waiting frames: the client must fetch again."""
        self.lost = True
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(None)


Beyond = Callable[[str, Iterable[str], Sequence[str]], Awaitable[frozenset[str]]]
"""Jurisdiction, views, areas -> posts that readers of these areas do not know of."""


async def _nothing(jurisdiction: str, views: Iterable[str], areas: Sequence[str]) -> frozenset[str]:
    return frozenset()


class Group:
    """Clients with the same jurisdiction, views, filters and rights to see."""

    def __init__(
        self,
        progress: ViewProgress,
        vault: Vault,
        clock: Clock,
        jurisdiction: str,
        wanted: Wanted,
        sight: Sight = UNTOLD,
        beyond: Beyond = _nothing,
    ) -> None:
        self._beyond = beyond
        self.jurisdiction, self.wanted, self.clients = jurisdiction, wanted, set[Client]()
        self._sight = sight
        self._steps, self._vault, self._clock = progress.steps, vault, clock

    async def flush(self) -> None:
        """Send the changes since the oldest client's position."""
        if not self.clients:
            return
        oldest = min(client.position for client in self.clients)
        steps = await self._steps(self.jurisdiction, oldest)
        if steps is None:
            return self.reset()
        if steps:
            changes = [change for step in steps for change in step.changes]
            if any(rules_changed(change) for change in changes):
                return self.reset()  # rows already sent may have to be masked, or can be shown now
            seen, areas, lean = self._sight
            beyond = await self._beyond(self.jurisdiction, self.wanted, areas)
            opener = Opener(
                self._vault,
                self.jurisdiction,
                seen,
                opens=opens_in(areas),
                areas=areas,
                lean=lean,
                beyond=beyond,
            )
            await opener.warm(
                **{view: [c.row for c in changes if c.view == view and c.row] for view in self.wanted}
            )
            await self._send(steps, opener)

    async def _send(self, steps: list[OutboxStep], opener: Opener) -> None:
        upto = steps[-1].upto
        frames: dict[int, Frame] = {}
        for position in {client.position for client in self.clients if client.position < upto}:
            rest = [step for step in steps if step.after >= position]
            if rest and rest[0].after == position:
                frames[position] = await self._frame(rest, opener)
        for number, client in enumerate(list(self.clients)):
            if number % IN_A_ROW == IN_A_ROW - 1:
                await asyncio.sleep(0)
            if client.position in frames:
                client.send(upto, frames[client.position])
            elif client.position < upto and not client.lost and self._lacks(client.position, steps):
                client.reset()

    @staticmethod
    def _lacks(position: int, steps: list[OutboxStep]) -> bool:
        """Return whether no step continues from `position`. A client may also have joined during encoding."""
        return all(step.after != position for step in steps)

    async def _frame(self, steps: list[OutboxStep], opener: Opener) -> Frame:
        upto = steps[-1].upto
        made = Frame("patch", patch(steps, self.wanted, opener, self._clock.now()), upto)
        if len(made.plain) > LARGE and any(client.packed for client in self.clients):
            await asyncio.to_thread(getattr, made, "packed")
        return made

    def reset(self) -> None:
        for client in list(self.clients):
            client.reset()


class Hub:
    """All groups of one process, and the loop that flushes them."""

    def __init__(
        self,
        progress: ViewProgress,
        announcements: Announcements,
        vault: Vault,
        clock: Clock,
        beyond: Beyond = _nothing,
    ) -> None:
        """`beyond`: the posts that readers of some areas do not know of."""
        self._beyond = beyond
        self._progress, self._vault, self._clock = progress, vault, clock
        self._groups: dict[object, Group] = {}
        self._dirty: set[str] = set()
        self._work = asyncio.Event()
        self.snapshots = Shared[Snapshot]()
        self.most = MOST_STREAMS
        self.stopping = False
        announcements.on_advanced(self._advanced)
        announcements.on_reset(self.reset)

    def _advanced(self, jurisdiction: str, position: int) -> None:
        self._dirty.add(jurisdiction)
        self._work.set()

    @property
    def clients(self) -> int:
        return sum(len(group.clients) for group in self._groups.values())

    def sent(self, jurisdiction: str) -> int | None:
        """Return the position up to which all streams of a jurisdiction were sent; None = no streams."""
        groups = (group for group in self._groups.values() if group.jurisdiction == jurisdiction)
        return min((c.sent for group in groups for c in group.clients if not c.lost), default=None)

    def join(
        self,
        key: object,
        jurisdiction: str,
        wanted: Wanted,
        position: int,
        *,
        sight: Sight = UNTOLD,
        packed: bool = False,
        write: Write | None = None,
    ) -> tuple[Group, Client]:
        """Add a client that has everything up to `position`."""
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(
                self._progress, self._vault, self._clock, jurisdiction, wanted, sight, self._beyond
            )
        client = Client(position, packed=packed, write=write)
        group.clients.add(client)
        self._advanced(jurisdiction, position)
        return group, client

    def leave(self, key: object, client: Client) -> None:
        client.lost = True
        group = self._groups.get(key)
        if group is None:
            return
        group.clients.discard(client)
        if not group.clients:
            del self._groups[key]

    def reset(self, jurisdiction: str) -> None:
        """Reset every client of a jurisdiction, after rows were rebuilt or erased."""
        self.snapshots.drop()
        for group in list(self._groups.values()):
            if group.jurisdiction == jurisdiction:
                group.reset()

    def stop(self) -> None:
        """End all streams to let the server drain."""
        self.stopping = True
        for group in list(self._groups.values()):
            group.reset()

    async def run(self) -> None:
        """Flush until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            began = time.perf_counter()
            dirty, self._dirty = self._dirty, set()
            for group in [g for g in self._groups.values() if g.jurisdiction in dirty]:
                try:
                    await group.flush()
                except (ViewsUnavailable, VaultUnavailable) as error:
                    log_of.warning("streams of %s waiting: %s", group.jurisdiction, error)
                    self._advanced(group.jurisdiction, 0)
                except Exception:  # a step written by another program may be unreadable; fetched rows are not
                    log_of.exception("streams of %s reset", group.jurisdiction)
                    group.reset()
            await asyncio.sleep(pause_after(time.perf_counter() - began))
