"""The commands of a section of docs/cluster.md, so that tests type what the manual says."""

import re
import shlex
from pathlib import Path
from typing import Final

MANUAL: Final = Path(__file__).parents[1] / "docs" / "cluster.md"
_FENCE: Final = re.compile(r"^```\n(.*?)^```", re.M | re.S)


def section(heading: str) -> str:
    """Return the text under a heading, up to the next one of the same or a higher level."""
    text = MANUAL.read_text()
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.M)
    assert found, f"docs/cluster.md has no heading {heading}"
    rest = text[found.end() :]
    following = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.M)
    return rest[: following.start()] if following else rest


def commands(heading: str, **values: object) -> list[list[str]]:
    """Return the commands typed there, split into words, with placeholders in capitals filled in."""
    lines = "".join(_FENCE.findall(section(heading))).replace("\\\n", " ").splitlines()
    return [[filled(word, values) for word in shlex.split(line, comments=True)] for line in lines if line]


def filled(word: str, values: dict[str, object]) -> str:
    """Fill in a placeholder, alone or after `NAME=`."""
    name, equals, value = word.rpartition("=")
    return f"{name}{equals}{values.get(value, value)}"
