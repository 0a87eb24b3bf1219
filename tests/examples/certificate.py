"""A certificate of what a worker served in March, in one area."""

from services.decisions.base import Command
from services.decisions.certificate.commands import Issue
from services.decisions.worker.commands import Register

MONTH = {"since": "2022-03-01T00:00:00Z", "until": "2022-03-20T00:00:00Z"}
STORY = [
    ("worker.register", {"worker": "CW1", "role": "courier", "home_area": "230717"}),
    ("certificate.issue", {"certificate": "CE-1", "worker": "CW1", **MONTH}),
    ("certificate.revoke", {"certificate": "CE-1", "reason": "error"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a certificate, and the worker whose it is."""
    worker = f"{name}-holder"
    issue = {"certificate": name, "worker": worker, **MONTH}
    return [Register(worker=worker, role="courier", home_area=area), Issue.model_validate(issue)]
