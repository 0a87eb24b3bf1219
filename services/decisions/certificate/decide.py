"""Decisions about certificates."""

from collections.abc import Iterable

from events.base import Event
from events.certificate import CertificateIssued, CertificateRevoked
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.certificate.commands import Issue, Revoke
from services.decisions.certificate.rules import content
from services.decisions.certificate.table import CERTIFICATES
from services.decisions.state import State
from services.decisions.worker.facts import home_at
from services.decisions.worker.table import WORKERS


@decides(Issue)
def _issue(state: State, c: Issue, ctx: Context) -> Iterable[Event]:
    key = c.certificate or ctx.id
    known = state[CERTIFICATES].get(key)
    if known and (known.worker, known.since, known.until) == (c.worker, c.since, c.until):
        return
    lookups.fresh(known, "certificate.exists", certificate=key)
    worker = lookups.known(state, WORKERS, c.worker)
    if c.until <= c.since or c.until > ctx.now:
        raise Refused("certificate.period", since=c.since, until=c.until)
    found = content(state, c.worker, c.since, c.until, ctx.now)
    yield CertificateIssued(
        certificate=key,
        worker=c.worker,
        area=home_at(state, c.worker, c.until) or worker.home_area or state.jurisdiction,
        since=c.since,
        until=c.until,
        person_times=found.person_times,
        seconds=found.seconds,
        digest=found.digest,
    )


@decides(Revoke)
def _revoke(state: State, c: Revoke, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, CERTIFICATES, c.certificate)
    if not known.revoked:
        yield CertificateRevoked(
            certificate=c.certificate, worker=known.worker, area=known.area, reason=c.reason
        )
