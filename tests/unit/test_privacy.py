"""Every command declares whose personal data it holds, and every erasing event the keys it deletes."""

import pytest
from each import each

from events.base import Event
from events.catalog import ERASURES, newest
from events.handover import HandoverErased, HandoverResolved
from events.request import RequestErased
from events.worker import WorkerErased
from projections.base import personal_fields as sealed_fields
from services.decisions.base import Command, commands, personal_fields
from services.decisions.erasure import erased_by, erased_in
from services.decisions.handover.table import HANDOVERS, Handover
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State
from services.decisions.worker.table import WORKERS, Worker
from services.recorder.envelope import CommandEnvelope
from services.recorder.sealing import subject_of
from tests.given import DAY, handover, request, worker


def envelope(command: Command) -> CommandEnvelope:
    return CommandEnvelope(id="c1", command=command, actor="admin/a", received=DAY)


@pytest.mark.parametrize(
    ("command", "subject"),
    [
        (worker.register(worker="W1", role="rider", name="n"), "worker/W1"),
        (worker.register(role="rider", name="n"), "worker/c1"),
        (worker.register(worker="W1", role="rider"), None),
        (request.open(request="R1", category="grocery", area="2307", text="t"), "request/R1"),
        (handover.write(note="N1", text="t"), "handover/N1"),
        (handover.write(text="t"), "handover/c1"),
        (handover.resolve(note="N1"), None),
    ],
)
def test_whose_personal_data_a_command_holds(command: Command, subject: str | None):
    assert subject_of(envelope(command)) == subject


@each("name", sorted(commands))
def test_a_command_with_personal_fields_says_whose_they_are(name: str):
    one = commands[name]

    assert bool(personal_fields(one)) <= (one.SUBJECT is not None)
    assert one.SUBJECT is None or one.OWNER in one.model_fields


def test_each_kind_of_subject_can_be_erased_and_only_by_these_events():
    kinds = {one.SUBJECT for one in commands.values() if one.SUBJECT} | {
        "duty_item",
        "undertaking",
    }  # they have files

    assert {f"{kind}.erased" for kind in kinds} == set(ERASURES)
    assert {f"{kind}.erase" for kind in kinds} <= set(commands)


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (WorkerErased(worker="W1"), "worker/W1"),
        (RequestErased(request="R1"), "request/R1"),
        (HandoverErased(note="N1", area="2307"), "handover/N1"),
        (HandoverResolved(note="N1", area="2307"), None),
    ],
)
def test_an_erasure_names_its_subject(event: Event, subject: str | None):
    assert erased_by(event) == subject


def test_a_state_knows_all_that_was_erased():
    state = State("2307")
    state.put(state[WORKERS], "W1", Worker("rider", erased=True))
    state.put(state[WORKERS], "W2", Worker("rider"))
    state.put(state[REQUESTS], "R1", Request("x", 3, "2307", None, "2022-03-28", DAY, erased=True))
    state.put(state[HANDOVERS], "N1", Handover("2307", 3, erased=True))
    state.put(state[HANDOVERS], "N2", Handover("2307", 3))

    assert sorted(erased_in(state)) == ["handover/N1", "request/R1", "worker/W1"]


def test_events_and_commands_agree_on_what_is_personal():
    assert sealed_fields(newest["handover.written"]) == personal_fields(commands["handover.write"])
