"""Follow the views and push new offers and dispatches to phones. Failures here never block commands."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from events.assignment import ACCEPTED, DISPATCHED, OFFERED
from events.team import ACTIVE
from projections import assignments
from projections.assignments import AssignmentRow
from projections.teams import TeamRow
from services.application.announcing import Announcements
from services.application.progress import ViewProgress
from services.base.clock import Clock
from services.push.port import PushStore, PushUnavailable, Subscription
from services.push.rules import Rules
from services.push.sealing import BadKeys, Browser, Signer, new_key, seal
from services.views.port import Change, RowUnreadable, Views, ViewsUnavailable

if TYPE_CHECKING:
    import httpx  # imported by a process that sends pushes

MAX_WAITING: Final = 2_000
"""Pushes; beyond this the oldest are dropped, as an offer delayed that long has expired."""
SENDERS: Final = 8
MAX_TRIES: Final = 5
MAX_RETRY_SECONDS: Final = 60.0
"""Longest Retry-After of a push service that is honoured."""
TIMEOUT_SECONDS: Final = 10.0
MAX_AGE: Final = timedelta(minutes=10)
"""Older events, such as paper records entered later, are not pushed."""
DISPATCH_TTL: Final = timedelta(hours=1)
"""How long a push service keeps a dispatch for a phone that is off. Offers are kept until they expire."""
CLAIM_TTL: Final = timedelta(days=1)
_VIEWS: Final = (assignments.VIEW.name,)
_BEFORE_DISPATCH: Final = (None, OFFERED, ACCEPTED)

log_of = logging.getLogger("muster.push")
logging.getLogger("httpx").setLevel(logging.WARNING)  # its log lines contain endpoints, which are secret


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one browser."""

    to: Subscription
    message: bytes
    topic: str
    """A later push with the same topic replaces one not yet delivered."""
    until: datetime
    tried: int = 0


class Pusher:
    """One per process; each push is sent by only one of the processes sharing a store."""

    def __init__(
        self,
        store: PushStore,
        rules: Rules,
        private_key: bytes,
        *,
        valid: Callable[[str], bool] = lambda token: True,
        client: "httpx.AsyncClient | None" = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`valid` tells whether an access token, by id, is still valid."""
        self._store, self.rules, self._valid, self.now = store, rules, valid, now
        import httpx

        self._failed = httpx.HTTPError
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._signer = Signer(private_key, rules.contact)
        self._queue: asyncio.Queue[Push] = asyncio.Queue()
        self._retries: set[asyncio.TimerHandle] = set()
        self._dirty: set[str] = set()
        self._advanced = asyncio.Event()
        self.given_up = 0
        """Pushes not sent because the queue was full or a push service kept failing."""

    @classmethod
    async def open(
        cls, store: PushStore, rules: Rules, *, valid: Callable[[str], bool] = lambda token: True, **how: Any
    ) -> "Pusher":
        """Open with the store's private key; takes ownership of the store. Raises PushUnavailable."""
        try:
            private_key = await store.private_key(new_key())
        except BaseException:
            await store.close()
            raise
        return cls(store, rules, private_key, valid=valid, **how)

    @property
    def key(self) -> str:
        """Public key that browsers subscribe with."""
        return self._signer.public

    async def subscribe(self, subscription: Subscription) -> None:
        """Store a subscription. Raises PushUnavailable."""
        await self._store.save(subscription)

    async def unsubscribe(self, endpoint: str, worker: tuple[str, str] | None = None) -> None:
        """Delete a subscription. Raises PushUnavailable."""
        await self._store.delete(endpoint, worker)

    def advanced(self, jurisdiction: str, position: int) -> None:
        """Note that a jurisdiction's views have advanced."""
        self._dirty.add(jurisdiction)
        self._advanced.set()

    async def run(
        self, views: Views, progress: ViewProgress, announcements: Announcements, clock: Clock
    ) -> None:
        """Follow the views and send pushes until cancelled."""
        seen = dict(progress.positions)
        announcements.on_advanced(self.advanced)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow(views, progress, clock, seen))
                for _ in range(SENDERS):
                    tasks.create_task(self._send_queued(clock))
        finally:
            for timer in self._retries:
                timer.cancel()
            await self._client.aclose()
            await self._store.close()

    # -- following the views --------------------------------------------------------------------------------

    async def _follow(self, views: Views, progress: ViewProgress, clock: Clock, seen: dict[str, int]) -> None:
        while True:
            await self._advanced.wait()
            self._advanced.clear()
            dirty, self._dirty = self._dirty, set()
            for jurisdiction in dirty:
                try:
                    await self._push_new(views, progress, clock.now(), jurisdiction, seen)
                except (PushUnavailable, ViewsUnavailable, RowUnreadable) as error:
                    log_of.warning("push notifications for %s skipped: %s", jurisdiction, error)
                except Exception:
                    log_of.exception("push notifications for %s skipped", jurisdiction)

    async def _push_new(
        self, views: Views, progress: ViewProgress, now: datetime, jurisdiction: str, seen: dict[str, int]
    ) -> None:
        upto = progress.positions.get(jurisdiction, 0)
        steps = await progress.steps(jurisdiction, seen.get(jurisdiction, 0), views=_VIEWS)
        seen[jurisdiction] = steps[-1].upto if steps else upto
        if seen[jurisdiction] < upto:  # one read returns a limited number of steps
            self.advanced(jurisdiction, upto)
        for step in steps or ():
            for row in new_assignments(step.changes, now):
                await self._notify(views, jurisdiction, row, now)

    async def _notify(self, views: Views, jurisdiction: str, row: AssignmentRow, now: datetime) -> None:
        workers = await _workers(views, jurisdiction, row)
        found = await self._store.of_workers(jurisdiction, workers) if workers else []
        if not found:
            return
        kind = "offer" if row.state == OFFERED else "dispatch"
        name = f"{jurisdiction}/{row.assignment}"
        real = self.now()
        if not await self._store.claim(f"{name}/{kind}", real, real + CLAIM_TTL):
            return
        topic = hashlib.sha256(name.encode()).hexdigest()[:32]
        until = row.expires_at if kind == "offer" and row.expires_at else now + DISPATCH_TTL
        message = msgspec.json.encode({"kind": kind, "assignment": row.assignment})
        for subscription in found:
            self._enqueue(Push(to=subscription, message=message, topic=topic, until=until))

    def _enqueue(self, push: Push) -> None:
        while self._queue.qsize() >= MAX_WAITING:
            self._queue.get_nowait()
            self._give_up("push queue full")
        self._queue.put_nowait(push)

    def _give_up(self, why: str) -> None:
        self.given_up += 1
        if self.given_up & (self.given_up - 1) == 0:  # at 1, 2, 4, 8 ... to limit log volume
            log_of.warning("%s; %d pushes dropped so far", why, self.given_up)

    # -- sending -------------------------------------------------------------------------------------------

    async def _send_queued(self, clock: Clock) -> None:
        while True:
            push = await self._queue.get()
            try:
                await self._send(push, clock)
            except PushUnavailable as error:
                log_of.warning("%s", error)
            except Exception as error:
                self._give_up(f"a push failed: {type(error).__name__}")

    async def _send(self, push: Push, clock: Clock) -> None:
        """Send unless the worker signed out, the push expired or the endpoint is no longer allowed."""
        endpoint, seconds = push.to.endpoint, int((push.until - clock.now()).total_seconds())
        if seconds <= 0:
            return
        if not self._valid(push.to.token) or not self.rules.allow(endpoint):
            return await self.unsubscribe(endpoint)
        try:
            browser = Browser.of(push.to.p256dh, push.to.auth)
        except BadKeys:
            return await self.unsubscribe(endpoint)
        headers = {
            "Authorization": self._signer.authorization(endpoint, self.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(seconds),
            "Topic": push.topic,
            "Urgency": "high",
        }
        body = seal(push.message, browser)
        try:
            answer = await self._client.post(endpoint, content=body, headers=headers)
        except self._failed as error:
            return self._retry(push, None, type(error).__name__)
        if answer.status_code in (404, 410):
            await self.unsubscribe(endpoint)
        elif answer.status_code == 429 or answer.status_code >= 500:
            self._retry(push, answer.headers.get("retry-after"), str(answer.status_code))
        elif not answer.is_success:
            self._give_up(f"a push service returned {answer.status_code}")

    def _retry(self, push: Push, after: str | None, why: str) -> None:
        """Retry after 1, 2, 4 ... seconds, or when the service asks."""
        tried = push.tried + 1
        if tried >= MAX_TRIES or len(self._retries) >= MAX_WAITING:
            return self._give_up(f"a push service failed: {why}")
        asked = float(after) if after and after.isascii() and after.isdigit() else 0.0
        wait = min(max(asked, 2.0**push.tried), MAX_RETRY_SECONDS)
        again = msgspec.structs.replace(push, tried=tried)
        loop = asyncio.get_running_loop()

        def due() -> None:
            self._retries.discard(timer)
            self._enqueue(again)

        timer = loop.call_later(wait, due)
        self._retries.add(timer)


def new_assignments(changes: Iterable[Change], now: datetime) -> list[AssignmentRow]:
    """Return assignments offered or dispatched just now."""
    found: list[AssignmentRow] = []
    for change in changes:
        row, before = change.row, change.before
        if not isinstance(row, AssignmentRow):
            continue
        state = before.state if isinstance(before, AssignmentRow) else None
        offered = row.state == OFFERED and state != OFFERED
        dispatched = row.state == DISPATCHED and state in _BEFORE_DISPATCH
        at = row.offered_at if offered else row.dispatched_at
        if (offered or dispatched) and at and now - at < MAX_AGE:
            found.append(row)
    return found


async def _workers(views: Views, jurisdiction: str, row: AssignmentRow) -> Sequence[str]:
    """Return whom to notify: the worker, or the members of the active team."""
    if row.worker is not None:
        return [row.worker]
    if row.team is None:
        return []
    found = await views.load(jurisdiction, {"teams": [row.team]})
    team = found["teams"].get(row.team)
    return team.members if isinstance(team, TeamRow) and team.state == ACTIVE else []
