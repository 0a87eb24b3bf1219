"""Rules about stations at the time that a command speaks of."""

from events.station_facts import Standing
from services.decisions import lookups
from services.decisions.base import Context
from services.decisions.state import State
from services.decisions.station.table import STATIONS, station_at


def known_at(state: State, key: str, ctx: Context) -> Standing:
    """Return a station as it stood at the command's time. Raises Refused if it was not known then."""
    now = lookups.known(state, STATIONS, key)
    then = station_at(state, key, ctx.at)
    if then is None:
        ctx.rule(False, "station.later", station=key, since=now.facts[0].at)
    return then or now


def active_at(state: State, key: str, ctx: Context) -> Standing:
    """Return a station that was not withdrawn at the command's time."""
    then = known_at(state, key, ctx)
    ctx.rule(then.state == "active", "station.withdrawn", station=key, since=then.withdrawn_at)
    return then
