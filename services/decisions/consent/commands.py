"""Commands about consent; also the HTTP bodies and OpenAPI schemas."""

from services.decisions.base import Command, command
from services.decisions.fields import WorkerId


@command("worker.consent", fact=True, own=True)
class Consent(Command):
    """Somebody agrees to be named in what is published."""

    worker: WorkerId


@command("worker.withdraw_consent", fact=True, own=True)
class WithdrawConsent(Command):
    """They no longer agree. Whatever named them loses the name in the same step, and still counts."""

    worker: WorkerId
