"""The contract of push stores: a file in a data folder, and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pg_server import database

from services.adapters.postgres.phones import PgPushStore
from services.adapters.postgres.pool import Pool
from services.adapters.sqlite.phones import SqlitePushStore
from services.push import PushStore, PushUnavailable, Subscription
from services.push.port import MAX_PHONES

NOW = datetime(2022, 3, 28, tzinfo=UTC)
DAY = timedelta(days=1)


class Home:
    """The place of a store, which may be opened several times."""

    def __init__(self, folder: Path, dsn: str | None) -> None:
        self.folder, self.dsn = folder, dsn

    async def open(self) -> PushStore:
        if self.dsn:
            return PgPushStore(await Pool.open(self.dsn))
        return await SqlitePushStore.open(self.folder / "push.sqlite")


@pytest.fixture(params=["file", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    return Home(tmp_path, database() if request.param == "postgres" else None)


@pytest.fixture
async def store(home: Home) -> AsyncIterator[PushStore]:
    opened = await home.open()
    yield opened
    await opened.close()


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


async def test_the_senders_key_is_made_once_for_all(store: PushStore, home: Home) -> None:
    other = await home.open()

    assert await store.private_key(b"first") == b"first"
    assert await other.private_key(b"second") == b"first"
    await other.close()


async def test_what_was_put_is_there_also_for_others(store: PushStore, home: Home) -> None:
    for one in (phone(1), phone(2, "W2"), phone(3, "W1", "2308")):
        await store.save(one)
    other = await home.open()

    assert await other.of_workers("2307", ["W1", "W2", "W3"]) == [phone(1), phone(2, "W2")]
    assert await other.of_workers("2307", []) == []
    await other.close()


async def test_a_phone_that_changes_hands_is_the_last_ones(store: PushStore) -> None:
    await store.save(phone(1))
    await store.save(phone(1, "W2"))

    assert await store.of_workers("2307", ["W1"]) == []
    assert await store.of_workers("2307", ["W2"]) == [phone(1, "W2")]


async def test_a_worker_has_so_many_phones_at_most(store: PushStore) -> None:
    for n in range(MAX_PHONES + 2):
        await store.save(phone(n))
    await store.save(phone(2))
    await store.save(phone(99))

    assert [one.endpoint[-2:] for one in await store.of_workers("2307", ["W1"])] == [
        "/4",
        "/5",
        "/6",
        "/2",
        "99",
    ]


async def test_one_is_dropped_by_its_worker_or_by_who_found_it_gone(store: PushStore) -> None:
    await store.save(phone(1))
    await store.save(phone(2))
    await store.delete(phone(1).endpoint, ("2307", "W2"))
    await store.delete(phone(1).endpoint, ("2308", "W1"))
    assert len(await store.of_workers("2307", ["W1"])) == 2
    await store.delete(phone(1).endpoint, ("2307", "W1"))
    await store.delete(phone(2).endpoint)
    await store.delete("https://push.example/unknown")

    assert await store.of_workers("2307", ["W1"]) == []


async def test_of_all_who_would_send_a_push_one_gets_it(store: PushStore, home: Home) -> None:
    some = [await home.open() for _ in range(4)]
    for n in range(5):
        claims = await asyncio.gather(*(one.claim(f"2307/A{n}/offer", NOW, NOW + DAY) for one in some))
        assert claims.count(True) == 1
    for one in some:
        await one.close()


async def test_a_claim_is_forgotten_in_time(store: PushStore) -> None:
    assert await store.claim("x", NOW, NOW + DAY)
    assert not await store.claim("x", NOW + DAY / 2, NOW + DAY * 2)

    assert await store.claim("x", NOW + DAY, NOW + DAY * 2)


async def test_a_closed_store_says_that_it_is(home: Home) -> None:
    store = await home.open()
    await store.close()
    with pytest.raises(PushUnavailable):
        await store.of_workers("2307", ["W1"])


async def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    await (await SqlitePushStore.open(tmp_path / "push.sqlite")).close()

    assert (tmp_path / "push.sqlite").stat().st_mode & 0o777 == 0o600
