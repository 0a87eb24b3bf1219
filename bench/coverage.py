"""`python -m bench.coverage`: coverage by county at any date among 100,000 enterprises, beside its limit.

Rows are made, not recorded: the index takes them as it takes those of the views. CPU seconds, so that a busy
machine tells the same.
"""

import argparse
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from events.chapter_history import ChapterFact
from events.enterprise_facts import EnterpriseFact
from events.formation import ROUTES, Thresholds
from projections.chapters import ChapterRow
from projections.coverage_index import CoverageIndex

ROOT: Final = "23"
BEGIN: Final = datetime(2022, 1, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=730)
COUNTIES: Final = 128
ENTERPRISES: Final = 100_000
LIMIT_MS: Final = 50.0
"""Coverage by county at any date, 99th percentile."""
_STAGES: Final = ("screen", "verify", "check_city", "check_county")


class Firm(NamedTuple):
    """As much of a row of the view `enterprises` as coverage reads."""

    history: tuple[EnterpriseFact, ...]


def build(enterprises: int, seed: int = 1) -> CoverageIndex:
    """Return an index of a province: one chapter for ten enterprises."""
    rng = random.Random(seed)
    index = CoverageIndex(ROOT)
    for n in range(enterprises):
        index.enterprise(f"E{n}", _firm(rng))
    for n in range(enterprises // 10):
        index.chapter(f"C{n}", _chapter(rng, n, enterprises))
    index.settle()
    return index


def _firm(rng: random.Random) -> Firm:
    county = rng.randrange(COUNTIES)
    details = {
        "name": "Firm",
        "area": f"{ROOT}-{county}-{rng.randrange(20)}",
        "trade": f"t{rng.randrange(20)}",
        "size": rng.choice(("large", "medium", "small", "micro")),
        "members": rng.randrange(6),
    }
    at = BEGIN + rng.random() * SPAN
    facts = [
        EnterpriseFact(at, 1, "enterprise.registered", "bench", details=details),
        EnterpriseFact(at, 2, "review.opened", "bench"),
    ]
    for stage in _STAGES:
        at += timedelta(hours=rng.randrange(1, 100))
        facts.append(EnterpriseFact(at, 3, "review.judged", "bench", stage=stage, verdict="approve"))
    if rng.random() < 0.1:
        facts.append(EnterpriseFact(at + rng.random() * SPAN, 4, "enterprise.closed", "bench"))
    return Firm(tuple(facts))


def _chapter(rng: random.Random, number: int, enterprises: int) -> ChapterRow:
    some = tuple(f"E{rng.randrange(enterprises)}" for _ in range(rng.randrange(1, 12)))
    facts = [ChapterFact(BEGIN + rng.random() * SPAN, 1, "formed", enterprises=some)]
    if rng.random() < 0.1:
        facts.append(ChapterFact(facts[0].at + rng.random() * SPAN, 2, "dissolved"))
    return ChapterRow(chapter=f"C{number}", area=ROOT, route=rng.choice(ROUTES), history=tuple(facts))


def reads(index: CoverageIndex, count: int, seed: int = 2) -> list[float]:
    """Return the milliseconds of reads at random dates, in order of size."""
    rng = random.Random(seed)
    found: list[float] = []
    for _ in range(count):
        when = BEGIN + rng.random() * 2 * SPAN
        begun = time.thread_time()
        assert len(index.curves().by("area", when)) <= COUNTIES
        found.append(1000 * (time.thread_time() - begun))
    return sorted(found)


def p99(ordered: list[float]) -> float:
    """Return the 99th percentile."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES)
    given = parser.parse_args()
    begun = time.thread_time()
    index = build(given.enterprises)
    print(f"{given.enterprises:,} enterprises taken up in {time.thread_time() - begun:.1f} s")
    read = p99(reads(index, 5_000))
    print(f"coverage by county at any date: p99 {read:.2f} ms (limit {LIMIT_MS:.0f} ms)")
    rng, changes = random.Random(3), list[float]()
    for n in range(1_000):
        begun = time.thread_time()
        index.enterprise(f"E{n}", _firm(rng))
        index.curves().by("area", BEGIN + SPAN)
        changes.append(1000 * (time.thread_time() - begun))
    print(f"a row that changes, and a read after it: p99 {p99(sorted(changes)):.2f} ms")
    begun = time.thread_time()
    groups = index.gaps(BEGIN + SPAN, Thresholds())
    print(f"what would raise it most: {1000 * (time.thread_time() - begun):.0f} ms, {len(groups):,} groups")


if __name__ == "__main__":
    main()
