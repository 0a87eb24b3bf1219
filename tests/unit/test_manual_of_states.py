"""The manual has a page for each state of a cluster. tests/cluster/test_states.py types its commands."""

from tests.manual import commands, section

PART = "States of the cluster"
HEADINGS = [line.removeprefix("## ") for line in section(PART).splitlines() if line.startswith("## ")]


def test_every_state_says_what_is_seen_what_it_means_and_what_to_type() -> None:
    for heading in HEADINGS:
        page = section(heading)
        if "](#repair-of-one-jurisdiction)" in page or heading == "Before all of this":
            continue
        for part in ("**What you see.**", "**What it means.**", "**What to do.**"):
            assert part in page, heading
        assert commands(heading), heading
