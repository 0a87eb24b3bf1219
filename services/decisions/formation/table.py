"""The rules of formation that were set, with their dates."""

from datetime import datetime
from typing import Final

from events.formation import Dated, FormationRules, rules_at
from services.decisions.state import State
from services.decisions.table import Table

FORMATION: Final = Table("formation", Dated)
"""Position -> rules set there."""


def formation_at(state: State, instant: datetime) -> FormationRules:
    """Return the rules in force at an instant."""
    return rules_at(state[FORMATION].values(), instant)
