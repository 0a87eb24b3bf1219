"""The last known location of a worker: independent of delivery order, and only while on duty."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from services.locations.duty import MOST_AGE, ON_DUTY, expired, on_duty
from services.locations.latest import LatestFixes
from services.locations.port import Fix, newest

AT = datetime(2022, 3, 28, tzinfo=UTC)


def fix(worker: str, minute: int, lon: float) -> Fix:
    return Fix(worker=worker, at=AT + timedelta(minutes=minute), lon=lon, lat=47.7)


FIXES = st.lists(
    st.builds(fix, st.sampled_from(["W1", "W2"]), st.integers(0, 5), st.sampled_from([128.1, 128.2, 128.3]))
)


def fixes_of(latest: LatestFixes) -> dict[str, Fix]:
    return dict(latest.of("2307"))


@given(FIXES, st.data())
def test_any_order_ends_at_the_same_last_places(fixes: list[Fix], data: st.DataObject) -> None:
    latest = LatestFixes()
    for one in data.draw(st.permutations(fixes)):
        latest.update("2307", one)
    assert fixes_of(latest) == newest(fixes)


@given(FIXES, FIXES)
def test_a_log_whose_last_record_is_not_the_newest_is_repaired(own: list[Fix], others: list[Fix]) -> None:
    """If only each worker's last record is kept, it is the newest location."""
    latest = LatestFixes()
    log = [one for one in own if latest.update("2307", one)]
    log += others  # written by processes that did not know our latest
    for one in log:
        latest.observe("2307", one)
    log += [one for _, one in latest.overtaken()]

    kept = {one.worker: one for one in log}
    assert kept == newest([*own, *others]) == fixes_of(latest)
    assert latest.overtaken() == []


def test_what_is_dropped_is_neither_known_nor_written_again() -> None:
    latest = LatestFixes()
    latest.update("2307", fix("W1", 5, 128.1))
    latest.observe("2307", fix("W1", 4, 128.1))
    latest.forget("2307", "W1")
    latest.forget("2307", "W2")
    assert (fixes_of(latest), latest.overtaken(), latest.jurisdictions()) == ({}, [], [])


def test_nobody_is_on_duty_who_is_off_or_gone() -> None:
    assert all(on_duty(SimpleNamespace(presence=presence)) for presence in ON_DUTY)
    assert not on_duty(SimpleNamespace(presence="off_duty"))
    assert not on_duty(None)


def test_a_place_is_one_for_half_a_day() -> None:
    assert not expired(fix("W1", 0, 128.1), AT + MOST_AGE)
    assert expired(fix("W1", 0, 128.1), AT + MOST_AGE + timedelta(seconds=1))
