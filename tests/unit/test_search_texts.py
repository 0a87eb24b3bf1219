"""Searching all texts at once finds what comparing them one by one finds, the best first."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.search.folding import folded, name_of, rank
from services.search.texts import LEVELS, Lines, Texts

NAMES = st.text(alphabet="aAbé王小 -1", min_size=1, max_size=5)
CHANGES = st.lists(
    st.tuples(st.sampled_from("pqrstu"), st.lists(NAMES, max_size=2), st.booleans()), max_size=20
)


def one_by_one(held: dict[str, list[str]], wanted: str) -> list[tuple[int, str]]:
    found = []
    for key, names in held.items():
        ranks = [good for name in names if (good := rank(wanted, name_of(name))) is not None]
        if ranks:
            found.append((min(ranks), key))
    return sorted(found)


def at_once(texts: Texts, wanted: str) -> list[tuple[int, str]]:
    seen: set[str] = set()
    found = []
    for level in LEVELS:
        for key in texts.matching(wanted, level):
            if key not in seen:
                seen.add(key)
                found.append((level, key))
    return found


@settings(max_examples=200, deadline=None)
@example(changes=[("p", ["1"], True), ("p", [], False)], wanted=" ")
@given(changes=CHANGES, wanted=NAMES)
def test_it_finds_what_comparing_one_by_one_finds(
    changes: list[tuple[str, list[str], bool]], wanted: str
) -> None:
    texts, held = Texts(), dict[str, list[str]]()
    for key, names, settle in changes:
        texts.put(key, map(name_of, names))
        held[key] = names
        if settle:
            texts.settle()
    assert at_once(texts, folded(wanted)) == one_by_one(held, folded(wanted))


def test_what_was_removed_is_gone_from_memory_once_it_is_settled() -> None:
    lines = Lines()
    lines.put("w1", ["zhang san"])
    lines.settle()
    lines.put("w1", [])
    assert list(lines.matching("zhang")) == []
    assert lines.stale == 1
    lines.settle()
    assert "zhang" not in lines.held
    assert lines.stale == 0
