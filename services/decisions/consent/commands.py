"""Commands about consent; also the HTTP bodies and OpenAPI schemas."""

from services.decisions.base import Command, command
from services.decisions.fields import WorkerId


@command("worker.consent", fact=True, own=True)
class Consent(Command):
    """Record that somebody consents to be named in published items."""

    worker: WorkerId


@command("worker.withdraw_consent", fact=True, own=True)
class WithdrawConsent(Command):
    """Withdraw the consent. Items lose the name in the same step, and still count."""

    worker: WorkerId
