"""What happened at the door: giving an assignment back, and proofs of what was done."""

from collections.abc import Iterable

from events.assignment import CODE_WORD, LIVE, AssignmentGivenBack, AssignmentProofAttached
from events.base import Event, EventEnvelope
from services.decisions import lookups
from services.decisions.assignment.commands import AttachProof, GiveBack
from services.decisions.assignment.rules import ids, never_begun
from services.decisions.assignment.table import ASSIGNMENTS, Assignment
from services.decisions.base import Context, Refused, decides, evolves
from services.decisions.state import State


@decides(GiveBack)
def _give_back(state: State, c: GiveBack, ctx: Context) -> Iterable[Event]:
    given = _of_request(state, c.assignment, c.request)
    if given.begun_at is None:
        never_begun(c.assignment, given, ctx)
    elif given.ended_at and ctx.late and ctx.at <= given.ended_at:
        ctx.note("assignment.ended")  # still worth knowing what happened there
    else:
        ctx.rule(given.state in LIVE, "assignment.ended", assignment=c.assignment, state=given.state)
    yield AssignmentGivenBack(**ids(state, c.assignment), reason=c.reason, note=c.note)


@decides(AttachProof)
def _attach_proof(state: State, c: AttachProof, ctx: Context) -> Iterable[Event]:
    given = _of_request(state, c.assignment, c.request)
    if (c.code is None) == (c.kind == CODE_WORD) or (c.file is None) != (c.kind == CODE_WORD):
        raise Refused("proof.incomplete", assignment=c.assignment)
    if given.begun_at is None:
        never_begun(c.assignment, given, ctx)
    yield AssignmentProofAttached(**ids(state, c.assignment), kind=c.kind, file=c.file, code=c.code)


def _of_request(state: State, key: str, request: str) -> Assignment:
    """Return the assignment, which must be of this request: its texts are sealed under that."""
    given = lookups.known(state, ASSIGNMENTS, key)
    if given.request != request:
        raise Refused("assignment.other_request", assignment=key, request=request)
    return given


@evolves(AssignmentProofAttached)
def _proof_attached(state: State, e: AssignmentProofAttached, envelope: EventEnvelope) -> None:
    """No rule depends on proofs."""
