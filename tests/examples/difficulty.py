"""A difficulty of one area, with the post that owns it."""

from services.decisions.base import Command
from services.decisions.difficulty.commands import Register
from services.decisions.post.commands import ChargePost
from tests.examples import post

POSTS = [
    ("unit.establish", {"unit": "DU", "name": "Unit", "area": "230717"}),
    ("post.create", {"post": "DP1", "name": "Post", "unit": "DU", "area": "230717"}),
    ("post.charge", {"post": "DP1", "task": "answer", "area": "230717", "trade": "internet"}),
]
RAISED = {"category": "pay", "text": "Text", "area": "230717", "trade": "internet"}
STORY = [
    *POSTS,
    ("difficulty_waits.set", {"act": 10, "offer": 3, "confirm": 7}),
    *(("difficulty.register", {"difficulty": f"D{n}", **RAISED}) for n in range(1, 3)),
    ("difficulty.erase", {"difficulty": "D2"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a difficulty, and the post that answers for the area."""
    return [
        *post.placed(area, f"{area}-answers"),
        ChargePost(post=f"{area}-answers", task="answer", area=area),
        Register(difficulty=name, category="pay", area=area, text="sealed:text"),
    ]
