"""The lag of a stream: the time since the log first passed what it was sent."""

from services.api.lag import MOST, PATIENCE_SECONDS, Ends


def ends(*seen: tuple[float, int]) -> Ends:
    """Return ends of a log as seen at these (time, position) pairs."""
    found = Ends(0.0)
    for moment, position in seen:
        found.add(moment, position)
        found.looked = moment
    return found


def test_at_the_end_it_is_not_behind() -> None:
    assert ends((1, 10), (2, 10)).behind(10, now=2.5) == 0


def test_it_counts_from_the_first_look_that_saw_more() -> None:
    found = ends((1, 10), (2, 11), (3, 12))
    assert found.behind(10, now=3.5) == 1.5
    assert found.behind(11, now=3.5) == 0.5


def test_where_the_log_goes_on_and_the_screen_follows_it_stays_small() -> None:
    busy = ends(*((float(n), n * 500) for n in range(1, 100)))
    assert busy.behind(98 * 500 + 499, now=99.1) < 0.2


def test_where_the_screen_stands_still_it_grows_however_many_looks_there_were() -> None:
    found = ends(*((float(n), 10 + n) for n in range(1, 5 * MOST)))
    assert len(found.seen) <= MOST
    assert found.behind(10, now=5.0 * MOST) == 5 * MOST - 1


def test_where_the_end_of_the_log_cannot_be_seen_it_grows_too() -> None:
    found = ends((1, 10))
    assert found.behind(10, now=1 + PATIENCE_SECONDS) == 0
    assert found.behind(10, now=61) == 60


def test_what_everybody_has_is_forgotten() -> None:
    found = ends((1, 10), (2, 11))
    found.forget(10)
    assert len(found.seen) == 1
    assert found.behind(10, now=2) == 0
