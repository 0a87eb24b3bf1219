"""Parameters and answers that many operations of an OpenAPI document share, each told once.

The document is two fifths shorter then, and a page that draws it is ready sooner.
"""

from collections import Counter
from collections.abc import Iterator, MutableMapping, MutableSequence
from typing import Any, Final, NamedTuple

import msgspec

OFTEN: Final = 10
"""Operations that tell the same, from which on it is told once. Fewer would share names with many others."""


class _Place(NamedTuple):
    """Where an operation tells a parameter or an answer."""

    kind: str
    """parameters or responses; the components have the same names."""
    name: str
    """The parameter's name, or the answer's status."""
    holder: MutableMapping[str, Any] | MutableSequence[Any]
    key: Any

    @property
    def exact(self) -> tuple[str, bytes]:
        """What is told there. Equal texts are told once."""
        return self.kind, msgspec.json.encode(self.holder[self.key])


def told_once(paths: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Put references where operations tell the same; return the components that they lead to.

    A component is named after its parameter or status. The second of a name has a number.
    """
    places = [place for methods in paths.values() for one in methods.values() for place in _places(one)]
    counts = Counter(place.exact for place in places)
    components: dict[str, dict[str, Any]] = {"parameters": {}, "responses": {}}
    names: dict[tuple[str, bytes], str] = {}
    numbers: Counter[tuple[str, str]] = Counter()
    for place in places:
        exact = place.exact
        if counts[exact] < OFTEN:
            continue
        if exact not in names:
            numbers[place.kind, place.name] += 1
            number = numbers[place.kind, place.name]
            names[exact] = f"{place.name}-{number}" if number > 1 else place.name
            components[place.kind][names[exact]] = place.holder[place.key]
        place.holder[place.key] = {"$ref": f"#/components/{place.kind}/{names[exact]}"}
    return components


def _places(operation: dict[str, Any]) -> Iterator[_Place]:
    parameters = operation.get("parameters", [])
    for number, one in enumerate(parameters):
        yield _Place("parameters", one["name"], parameters, number)
    answers = operation["responses"]
    for status in answers:
        yield _Place("responses", status, answers, status)
