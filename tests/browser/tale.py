"""A city in which everything has happened once: the story of `tests/story.py`."""

from typing import Any

from serving import City
from story import STORY, upload_of


def tell(city: City) -> None:
    """Play the story into a city with the code 2307 that has nothing yet."""
    waiting: list[tuple[str, dict[str, Any]]] = []
    for name, body in STORY:
        more: dict[str, Any] = {}
        if upload := upload_of(name, body):
            city.batch(waiting)
            waiting.clear()
            more = city.http.post(f"/api/v1/{city.j}/files", **upload).json()
        waiting.append((name, body | more))
    city.batch(waiting)
