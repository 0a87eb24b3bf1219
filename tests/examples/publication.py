"""A published item that lost its name and was taken back, and one in an area."""

from services.decisions.base import Command
from services.decisions.publication.commands import Publish

STORY = [
    ("worker.register", {"worker": "PW1", "role": "courier", "home_area": "230717", "name": "Courier W1"}),
    ("worker.consent", {"worker": "PW1"}),
    (
        "publication.publish",
        {
            "publication": "PB1",
            "topic": "Medicine through the snow",
            "channel": "newspaper",
            "outlet": "Daily 1",
            "honour": "good_person",
            "trade": "courier",
            "worker": "PW1",
            "name": "Courier W1",
            "text": "Person 8 brings medicine",
            "link": "https://daily.example/8",
            "area": "230717",
        },
    ),
    ("publication.erase", {"publication": "PB1"}),
    ("publication.retract", {"publication": "PB1", "reason": "Entered twice"}),
]


def placed(area: str, name: str) -> list[Command]:
    """Return a published item that names nobody."""
    return [Publish(publication=name, topic="Topic", channel="board", area=area)]
