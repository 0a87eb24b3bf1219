"""A joint chapter of one enterprise, in one area."""

from services.decisions.base import Command
from services.decisions.chapter.commands import Form
from services.decisions.enterprise.commands import Register
from services.decisions.leading.commands import LeadChapter
from services.decisions.post.commands import Create
from services.decisions.unit.commands import Establish

ASKED = {"route": "joint", "area": "230717", "reason": "asked"}
"""A chosen route: nothing is proposed for enterprises that are not in the ledger."""
ENDS = {"ends": "2199-01-01T00:00:00Z"}
STORY = [
    ("formation.set", {"members": 3, "enterprises": 2, "names": True, "purpose": "Training of members"}),
    ("enterprise.register", {"enterprise": "CE1", "name": "Firm 1", "area": "230717", "trade": "courier"}),
    ("enterprise.register", {"enterprise": "CE2", "name": "Firm 2", "area": "230717", "trade": "courier"}),
    ("chapter.form", {"chapter": "C1", "name": "Chapter 1", "enterprises": ["CE1"], **ASKED, **ENDS}),
    ("chapter.join", {"chapter": "C1", "enterprise": "CE2"}),
    ("chapter.leave", {"chapter": "C1", "enterprise": "CE2"}),
    ("chapter.renew", {"chapter": "C1", "ends": "2199-06-01T00:00:00Z"}),
    ("chapter.form", {"chapter": "C2", "name": "Chapter 2", "enterprises": ["CE1", "CE2"], **ASKED}),
    ("unit.establish", {"unit": "CHU1", "name": "Unit", "area": "230717"}),
    ("post.create", {"post": "CHP1", "name": "Secretary", "unit": "CHU1", "area": "230717"}),
    ("chapter.lead", {"chapter": "C1", "post": "CHP1"}),
    ("chapter.merge", {"chapter": "C1", "into": "C2"}),
    ("chapter.dissolve", {"chapter": "C2", "reason": "too_few"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a chapter with the enterprise that it needs, and a post that leads it."""
    firm, unit, post = f"{name}-firm", f"{area}-secretariat", f"{area}-secretary"
    return [
        Register(enterprise=firm, name="Firm", area=area, trade="courier"),
        Form(chapter=name, name="Chapter", route="joint", enterprises=(firm,), area=area, reason="asked"),
        Establish(unit=unit, name=unit, area=area),
        Create(post=post, name=post, unit=unit, area=area),
        LeadChapter(chapter=name, post=post),
    ]
