"""A worker sent on a request; both lie in the area."""

from services.decisions.assignment.commands import Dispatch
from services.decisions.base import Command
from tests.examples import request, worker


def placed(area: str, name: str) -> list[Command]:
    """Dispatched; of `worker-NAME` on `request-NAME`."""
    who, what = f"worker-{name}", f"request-{name}"
    send = Dispatch(assignment=name, request=what, worker=who)
    return [*worker.placed(area, who), *request.placed(area, what), send]
