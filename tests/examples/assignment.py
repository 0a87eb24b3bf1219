"""A worker dispatched to a request, both in the area."""

from services.decisions.assignment.commands import Dispatch
from services.decisions.base import Command
from tests.examples import request, worker


def placed(area: str, name: str) -> list[Command]:
    """Return a dispatch of `worker-NAME` to `request-NAME`."""
    who, what = f"worker-{name}", f"request-{name}"
    send = Dispatch(assignment=name, request=what, worker=who)
    return [*worker.placed(area, who), *request.placed(area, what), send]
