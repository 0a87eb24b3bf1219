"""Apply events to named members."""

from msgspec.structs import replace

from events.base import EventEnvelope
from events.member import MemberErased, MemberLeft, MemberNamed
from services.decisions.base import evolves
from services.decisions.member.table import MEMBERS, Member
from services.decisions.state import State


@evolves(MemberNamed)
def _named(state: State, e: MemberNamed, envelope: EventEnvelope) -> None:
    state.put(state[MEMBERS], e.member, Member(e.chapter, e.enterprise, e.area))


@evolves(MemberLeft)
def _left(state: State, e: MemberLeft, envelope: EventEnvelope) -> None:
    state.put(state[MEMBERS], e.member, replace(state[MEMBERS][e.member], left_at=envelope.at))


@evolves(MemberErased)
def _erased(state: State, e: MemberErased, envelope: EventEnvelope) -> None:
    state.put(state[MEMBERS], e.member, replace(state[MEMBERS][e.member], erased=True))
