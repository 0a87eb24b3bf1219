"""Personal values as one reader sees them: in clear, masked, or an address cut to the community."""

from typing import Final

from events.disclosure import CLEAR, MASKED, ON_DEMAND, Shown
from services.vault.community import community
from services.vault.mask import mask

_CLASSES: Final = {
    "name": "name",
    "contact_name": "name",
    "holder_name": "name",
    "text": "need",
    "note": "need",
    "heard": "need",
    "link": "need",
    "phone": "phone",
    "contact_phone": "phone",
}
"""Field -> class. All other fields, addresses among them, are treated as a whole address."""
_ALWAYS_ASKED: Final = {("handovers", "text"), ("members", "name")}
"""What is never in clear unasked: notes between shifts tell about many people at once, and membership is
sensitive."""
ADDRESS: Final = "address"


def class_of(field: str) -> str:
    """Return the class of a personal field."""
    return _CLASSES.get(field, ADDRESS)


def shown(view: str, field: str, plain: str, sight: Shown, *, revealed: bool) -> str:
    """Return a value as a reader with this sight sees it. `revealed`: on demand, which was recorded."""
    given = getattr(sight, class_of(field))
    if given == CLEAR and (view, field) in _ALWAYS_ASKED:
        given = ON_DEMAND
    if _open(given, revealed=revealed):
        return plain
    if field == ADDRESS and _open(sight.community, revealed=revealed):
        return community(plain) or mask(field, plain)
    return mask(field, plain)


def _open(sight: str, *, revealed: bool) -> bool:
    return sight == CLEAR or (revealed and sight != MASKED)
