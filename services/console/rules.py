"""The words that pages share with the service, as JavaScript modules. Each is defined once, elsewhere."""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from events import disclosure, team, terms, timers
from events.assignment import ACCEPTED, DECLINED, DISPATCHED, DONE, LIVE, OFFERED, RELEASED, UNENDED
from events.presence import ASSIGNED, AVAILABLE, BY_ENGAGEMENT, OFF_DUTY, ON_BREAK, PRESENCES
from events.request_state import ENDED, LIFE_SAFETY, PRIORITIES, STATES, UNFINISHED
from events.stages import STAGES
from projections import alerts
from services.decisions.scopes import MAY, SCOPES

NAME: Final = "lib/rules.js"
WORDS: Final[Mapping[str, Any]] = {
    "OFF_DUTY": OFF_DUTY,
    "AVAILABLE": AVAILABLE,
    "ON_BREAK": ON_BREAK,
    "ASSIGNED": ASSIGNED,
    "PRESENCES": PRESENCES,
    "ON_DUTY": BY_ENGAGEMENT,
    "UNFINISHED": UNFINISHED,
    "ENDED": ENDED,
    "LEDGER": STATES,
    "PRIORITIES": PRIORITIES,
    "LIFE_SAFETY": LIFE_SAFETY,
    "ALERT_KINDS": alerts.KINDS,
    "STAGES": STAGES,
    "OFFERED": OFFERED,
    "RELEASED": RELEASED,
    "ACCEPTED": ACCEPTED,
    "DISPATCHED": DISPATCHED,
    "DONE": DONE,
    "DECLINED": DECLINED,
    "LIVE": LIVE,
    "UNENDED": UNENDED,
    "FORMING": team.FORMING,
    "ACTIVE": team.ACTIVE,
    "STOOD_DOWN": team.STOOD_DOWN,
    "STANDING": team.STANDING,
    "TEAM_STATES": team.STATES,
    "ACTORS": (*(scope for scope in SCOPES if MAY[scope]), "service"),
}
"""Name in the module -> its value."""
SETTINGS_NAME: Final = "lib/settings_rules.js"
SETTINGS: Final[Mapping[str, Any]] = {
    "TERM_LISTS": terms.LISTS,
    "BUILT_IN": terms.BUILT_IN,
    "TIMERS": timers.DEFAULTS,
    "TIMER_KINDS": timers.KINDS,
    "DISCLOSURE": disclosure.DEFAULTS,
    "DISCLOSED": disclosure.CLASSES,
    "SIGHTS": disclosure.SIGHTS,
}
"""What a jurisdiction begins with. Apart, because the first view on a phone does not need it."""
REASONS_NAME: Final = "lib/reason_rules.js"
REASONS: Final[Mapping[str, Any]] = {
    "REASONS": {
        one: {code: term.names for code, term in terms.BUILT_IN[one].items()}
        for one in ("door", "decline", "leave")
    }
}
"""The built-in reasons that a phone asks for: list -> code -> names."""


def modules() -> dict[str, bytes]:
    """Return the modules by path, always the same bytes."""
    named = {NAME: WORDS, SETTINGS_NAME: SETTINGS, REASONS_NAME: REASONS}
    return {name: _module(values) for name, values in named.items()}


def _module(values: Mapping[str, Any]) -> bytes:
    lines = [f"export const {name} = {_literal(words)};" for name, words in values.items()]
    return "\n".join(["// From services/console/rules.py", *lines, ""]).encode()


def _literal(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value), separators=(",", ":"), ensure_ascii=False)
