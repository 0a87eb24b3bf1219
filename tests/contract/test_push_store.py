"""Phones to be woken, on both stores alike: a file of one data folder, and PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pg_server import database

from services.push import PushStore, PushUnavailable, Subscription
from services.push.port import MOST_PHONES
from services.push.postgres import PgPushStore
from services.push.store import SqlitePushStore

NOW = datetime(2022, 3, 28, tzinfo=UTC)
DAY = timedelta(days=1)


class Home:
    """Where they are kept; it may be opened several times."""

    def __init__(self, folder: Path, dsn: str | None) -> None:
        self.folder, self.dsn = folder, dsn

    def open(self) -> PushStore:
        return PgPushStore(self.dsn) if self.dsn else SqlitePushStore(self.folder / "push.sqlite")


@pytest.fixture(params=["file", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    return Home(tmp_path, database() if request.param == "postgres" else None)


@pytest.fixture
def store(home: Home) -> Iterator[PushStore]:
    opened = home.open()
    yield opened
    opened.close()


def phone(n: int, worker: str = "W1", jurisdiction: str = "2307") -> Subscription:
    return Subscription(
        endpoint=f"https://push.example/{n}",
        p256dh="p",
        auth="a",
        jurisdiction=jurisdiction,
        worker=worker,
        token="t1",
        created_at=NOW,
    )


def test_the_senders_key_is_made_once_for_all(store: PushStore, home: Home) -> None:
    other = home.open()

    assert store.key(b"first") == b"first"
    assert other.key(b"second") == b"first"
    other.close()


def test_what_was_put_is_there_also_for_others(store: PushStore, home: Home) -> None:
    for one in (phone(1), phone(2, "W2"), phone(3, "W1", "2308")):
        store.put(one)
    other = home.open()

    assert other.of("2307", ["W1", "W2", "W3"]) == [phone(1), phone(2, "W2")]
    assert other.of("2307", []) == []
    other.close()


def test_a_phone_that_changes_hands_is_the_last_ones(store: PushStore) -> None:
    store.put(phone(1))
    store.put(phone(1, "W2"))

    assert store.of("2307", ["W1"]) == []
    assert store.of("2307", ["W2"]) == [phone(1, "W2")]


def test_a_worker_has_so_many_phones_at_most(store: PushStore) -> None:
    for n in range(MOST_PHONES + 2):
        store.put(phone(n))
    store.put(phone(2))
    store.put(phone(99))

    assert [one.endpoint[-2:] for one in store.of("2307", ["W1"])] == ["/4", "/5", "/6", "/2", "99"]


def test_one_is_dropped_by_its_worker_or_by_who_found_it_gone(store: PushStore) -> None:
    store.put(phone(1))
    store.put(phone(2))
    store.drop(phone(1).endpoint, ("2307", "W2"))
    store.drop(phone(1).endpoint, ("2308", "W1"))
    assert len(store.of("2307", ["W1"])) == 2
    store.drop(phone(1).endpoint, ("2307", "W1"))
    store.drop(phone(2).endpoint)
    store.drop("https://push.example/unknown")

    assert store.of("2307", ["W1"]) == []


def test_of_all_who_would_send_a_push_one_gets_it(store: PushStore, home: Home) -> None:
    some = [home.open() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        for n in range(5):
            claims = list(threads.map(lambda one, n=n: one.claim(f"2307/A{n}/offer", NOW, NOW + DAY), some))
            assert claims.count(True) == 1
    for one in some:
        one.close()


def test_a_claim_is_forgotten_in_time(store: PushStore) -> None:
    assert store.claim("x", NOW, NOW + DAY)
    assert not store.claim("x", NOW + DAY / 2, NOW + DAY * 2)

    assert store.claim("x", NOW + DAY, NOW + DAY * 2)


def test_a_closed_store_says_that_it_is(home: Home) -> None:
    store = home.open()
    store.close()
    with pytest.raises(PushUnavailable):
        store.of("2307", ["W1"])


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    SqlitePushStore(tmp_path / "push.sqlite").close()

    assert (tmp_path / "push.sqlite").stat().st_mode & 0o777 == 0o600
