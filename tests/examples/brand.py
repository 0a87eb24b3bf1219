"""A brand with its whole life, and one in an area."""

import hashlib

from services.decisions.base import Command
from services.decisions.brand.commands import Register

STORY = [
    (
        "brand.register",
        {
            "brand": "BR1",
            "trade": "courier",
            "name": "Brand 1",
            "mark": "M4 12 L20 12 L12 20 Z",
            "colour": "#1d5fa8",
            "slogan": "Slogan 1",
        },
    ),
    ("brand.amend", {"brand": "BR1", "slogan": "Slogan 2"}),
    ("brand.retire", {"brand": "BR1", "reason": "Replaced"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a brand of a trade, mark and colour that no other example has."""
    own = hashlib.sha256(name.encode()).hexdigest()
    return [
        Register(
            brand=name,
            trade=f"trade-{own[:12]}",
            name="Brand",
            mark=f"M0 0 H{int(own[:6], 16)}",
            colour=f"#00{int(own[6:8], 16) // 3:02x}{int(own[8:10], 16) // 3:02x}",
            area=area,
        )
    ]
