"""An undertaking of one area with its whole life, and the posts that lead it."""

from services.decisions.base import Command
from services.decisions.undertaking.commands import SetUp
from tests.examples import post

MAY = "2199-05-06T10:00:00+08:00"
JUNE = "2199-06-10T10:00:00+08:00"
OWN = {"undertaking": "T1"}
POSTS = [
    ("unit.establish", {"unit": "TU", "name": "Unit", "area": "230717"}),
    ("post.create", {"post": "TP1", "name": "Post", "unit": "TU", "area": "230717"}),
    ("post.appoint", {"post": "TP1", "holder": "TH1", "holder_name": "Person 001", "acts_as": "sender"}),
]
STORY = [
    *POSTS,
    ("undertaking_waits.set", {"remind": 3, "escalate": 3, "finding": 10}),
    (
        "undertaking.set_up",
        {
            **OWN,
            "title": "Charging points",
            "category": "campaign",
            "leader": "TP1",
            "goal": "Twenty points",
            "measures": ["Find places"],
            "due": JUNE,
            "steps": [{"step": "Places", "due": MAY}],
            "area": "230717",
        },
    ),
    ("undertaking.set_up", {"undertaking": "T2", "title": "Part", "leader": "TP1", "parent": "T1"}),
    ("undertaking.reword", {**OWN, "title": "Charging", "goal": "Thirty points"}),
    ("undertaking.evidence", {**OWN, "evidence": "Minutes", "digest": "0" * 64, "file": "b" * 64}),
    ("undertaking.erase", OWN),
]


def placed(area: str, name: str) -> list[Command]:
    """Return an undertaking, and its post."""
    return [
        *post.placed(area, f"{area}-leads"),
        SetUp(undertaking=name, title="Undertaking", leader=f"{area}-leads", area=area),
    ]
