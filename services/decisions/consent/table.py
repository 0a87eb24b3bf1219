"""Descriptor of consents."""

from typing import Final

from events.consent import ConsentFact, consents
from services.decisions.state import State
from services.decisions.table import Table

CONSENTS: Final = Table("consents", tuple[ConsentFact, ...])
"""Worker -> the changes of their consent, in order of their time."""
NAMED: Final = Table("named", tuple[str, ...])
"""Handle of a consent -> the published items that name somebody by it."""


def handle(state: State, worker: str) -> str | None:
    """Return the handle of somebody's consent; None if they do not consent now."""
    last = consents(state[CONSENTS].get(worker, ()))
    return last.consent if last and last.given else None
