"""Decisions about published items."""

from collections.abc import Iterable
from typing import Final

from events.base import Event
from events.consent import consents
from events.publication import PublicationErased, PublicationRetracted, Published
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides, sealed_words
from services.decisions.consent.table import CONSENTS
from services.decisions.publication.commands import EraseName, Publish, Retract
from services.decisions.publication.table import PUBLICATIONS, Publication
from services.decisions.state import State
from services.decisions.worker.table import WORKERS

_PLAIN: Final = ("topic", "channel", "outlet", "honour", "trade")


@decides(Publish)
def _publish(state: State, c: Publish, ctx: Context) -> Iterable[Event]:
    key, area = c.publication or ctx.id, c.area or state.jurisdiction
    known = state[PUBLICATIONS].get(key)
    same = known and ctx.observed and _same(state, known, c, area, ctx)
    if same and not (sealed_words(c) or c.link):
        return
    lookups.fresh(known, "publication.exists", publication=key)
    lookups.open_area(state, area, ctx)
    if c.name and not c.worker:
        raise Refused("publication.nobody", publication=key)
    yield Published(
        publication=key,
        area=area,
        consent=_consent(state, c.worker, ctx) if c.worker else None,
        name=c.name,
        text=c.text,
        link=c.link,
        **{name: getattr(c, name) for name in _PLAIN},
    )


def _same(state: State, known: Publication, c: Publish, area: str, ctx: Context) -> bool:
    """Whether an observed command says again what is known. A name that was taken out stays out."""
    plain = all(getattr(known, name) == getattr(c, name) for name in _PLAIN)
    theirs = [one.consent for one in state[CONSENTS].get(c.worker or "", ())]
    named = known.erased or (known.consent in theirs if c.worker else known.consent is None)
    return plain and named and (known.area, known.published_at) == (area, ctx.at)


def _consent(state: State, worker: str, ctx: Context) -> str:
    """Return the handle of the consent by which somebody is named. It was given before, and stands now.

    Without it, nothing may be recorded, not even what was observed.
    """
    lookups.known(state, WORKERS, worker)
    facts = state[CONSENTS].get(worker, ())
    now, then = consents(facts), consents(facts, ctx.at)
    if now is None or not now.given or then != now:
        raise Refused("publication.no_consent", worker=worker)
    return now.consent


@decides(EraseName)
def _erase(state: State, c: EraseName, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, PUBLICATIONS, c.publication)
    if not row.erased:
        yield PublicationErased(publication=c.publication, area=row.area, reason="by_hand")


@decides(Retract)
def _retract(state: State, c: Retract, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, PUBLICATIONS, c.publication)
    if row.retracted:
        return
    since = row.published_at
    ctx.rule(since <= ctx.at, "publication.not_yet", publication=c.publication, since=since)
    yield PublicationRetracted(publication=c.publication, area=row.area, reason=c.reason)
