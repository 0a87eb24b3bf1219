"""A city in which everything has happened once: the story of `tests/story.py`."""

from collections.abc import Iterable
from typing import Any

from serving import City
from story import STORY, Step, upload_of


def tell(city: City, steps: Iterable[Step] = STORY) -> None:
    """Play the story, or its next steps, into a city with the code 2307 that had nothing before."""
    waiting: list[Step] = []
    for name, body in steps:
        more: dict[str, Any] = {}
        if upload := upload_of(name, body):
            if waiting:
                city.batch(waiting)
            waiting.clear()
            more = city.http.post(f"/api/v1/{city.j}/files", **upload).json()
        waiting.append((name, body | more))
    city.batch(waiting)
