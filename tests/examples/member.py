"""Named members of a chapter, in one area."""

from services.decisions.base import Command
from services.decisions.chapter.commands import Form
from services.decisions.enterprise.commands import Register
from services.decisions.formation.commands import Set
from services.decisions.member.commands import Name

STORY = [
    ("formation.set", {"names": True, "purpose": "Training of members"}),
    ("enterprise.register", {"enterprise": "ME1", "name": "Firm 1", "area": "230717", "trade": "courier"}),
    ("chapter.form", {"chapter": "MC1", "name": "Chapter 1", "route": "joint", "enterprises": ["ME1"]}),
    ("member.name", {"member": "M1", "chapter": "MC1", "enterprise": "ME1", "name": "Member 1"}),
    ("member.leave", {"member": "M1"}),
    ("member.erase", {"member": "M1"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a member, and the enterprise and chapter that it needs."""
    firm, chapter = f"{name}-member-firm", f"{name}-member-chapter"
    return [
        Set(names=True, purpose="Training of members"),
        Register(enterprise=firm, name="Firm", area=area, trade="courier"),
        Form(chapter=chapter, name="Chapter", route="joint", enterprises=(firm,), area=area),
        Name(member=name, chapter=chapter, enterprise=firm, name="sealed:name"),
    ]
