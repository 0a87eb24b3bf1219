"""A recorded service of a worker, in one area."""

from services.decisions.base import Command
from services.decisions.service.commands import Confirm, Record
from services.decisions.worker.commands import Register, Report

TIMES = {"since": "2022-03-01T01:00:00Z", "until": "2022-03-01T03:00:00Z"}
PLANNED = {"since": "2199-01-01T01:00:00Z", "until": "2199-01-01T03:00:00Z"}
LATER = {"until": "2022-03-01T04:00:00Z", "reason": "time"}
ASKED = {"since": "2022-03-02T01:00:00Z", "until": "2022-03-02T23:00:00Z"}
WHO = {"worker": "SW1", "area": "230717"}
STORY = [
    ("worker.register", {"worker": "SW1", "role": "courier", "home_area": "230717"}),
    ("service_limits.set", {"longest_hours": 12}),
    ("worker.report", WHO),
    ("service.plan", {"service": "S1", "what": "Patrol", **WHO, **PLANNED}),
    ("service.withdraw", {"service": "S1", "reason": "ill"}),
    ("service.record", {"service": "S2", "what": "Meals for the elderly", **WHO, **TIMES}),
    ("service.correct", {"service": "S2", **LATER}),
    ("service.record", {"service": "S3", **WHO, **ASKED}),
    ("worker.confirm_service", {"worker": "SW1", "source": "activity", "shown_by": "S3", **ASKED}),
    ("worker.leave_home", {"worker": "SW1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a long service that was confirmed, and the worker who served and has reported home."""
    worker = f"{name}-server"
    record = {"service": name, "worker": worker, "area": area, **ASKED}
    confirm = {"worker": worker, "source": "activity", "shown_by": name, **ASKED}
    return [
        Register(worker=worker, role="courier", home_area=area),
        Report(worker=worker, area=area),
        Record.model_validate(record),
        Confirm.model_validate(confirm),
    ]
