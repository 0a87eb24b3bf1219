"""What a certificate counts, and which ones a correction overtakes."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from events.base import Event
from events.certificate import CORRECTED, OF_ALL, OF_ONE, CertificateRevoked
from events.serving import name_of
from services.decisions.certificate.table import CERTIFICATES, VALID
from services.decisions.service.rules import at_hand, service_of
from services.decisions.state import State


class Content(msgspec.Struct, frozen=True):
    """What somebody served between two instants."""

    person_times: int
    seconds: int
    digest: str


def content(state: State, worker: str, since: datetime, until: datetime, now: datetime) -> Content:
    """Return what counts of somebody's service between two instants, as the state shows it."""
    lines: list[str] = []
    times, seconds = 0, 0.0
    for one in service_of(state, worker, now):
        cut = [(max(part.since, since), min(part.until, until)) for part in one.parts]
        kept = [(begin, end) for begin, end in cut if begin < end]
        times += bool(one.parts) and since <= one.parts[0].since < until
        seconds += sum((end - begin).total_seconds() for begin, end in kept)
        lines += [f"{name_of(one.stretch)} {begin.isoformat()} {end.isoformat()}" for begin, end in kept]
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    return Content(times, int(seconds), digest)


def overtaken(state: State, events: Iterable[Event], now: datetime) -> Iterator[CertificateRevoked]:
    """Yield the end of each certificate that no longer says what the log shows after these events."""
    if not state[VALID]:
        return
    workers: dict[str, None] = {}
    for event in events:
        if isinstance(event, OF_ALL):
            workers |= dict.fromkeys(state[VALID])
        elif isinstance(event, OF_ONE) and (worker := getattr(event, "worker", None)) in state[VALID]:
            workers[str(worker)] = None
    at_hand(state, workers)
    for worker in workers:
        for key in state[VALID].get(worker, ()):
            known = state[CERTIFICATES][key]
            if content(state, worker, known.since, known.until, now).digest != known.digest:
                yield CertificateRevoked(
                    certificate=key, worker=worker, area=known.area, reason=CORRECTED, automatic=True
                )
