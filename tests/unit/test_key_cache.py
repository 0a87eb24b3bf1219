"""Keys in memory: those that were made and not asked for again give way to newer ones first."""

import time

from services.vault.keyring import KeyCache
from tests.given import J


def cache(size: int = 10, made: int = 3) -> KeyCache:
    return KeyCache(size, made, lambda: (0.0, time.monotonic()))


def make(keys: KeyCache, *subjects: str, least: int = 0) -> None:
    keys.keep(J, [(one, bytes(32)) for one in subjects], time.monotonic(), least, made=True)


def held(keys: KeyCache, *subjects: str) -> list[str]:
    return [one for one in subjects if keys.get(J, one)]


def test_of_keys_that_were_made_the_last_ones_stay():
    keys = cache()
    for n in range(100):
        make(keys, f"request/R{n}")
    assert len(keys) == 3
    assert held(keys, "request/R96", "request/R97", "request/R98", "request/R99") == [
        "request/R97",
        "request/R98",
        "request/R99",
    ]


def test_one_that_is_asked_for_again_stays():
    keys = cache()
    make(keys, "worker/W1")
    assert keys.ask(J, "worker/W1")
    for n in range(100):
        make(keys, f"request/R{n}")
    assert held(keys, "worker/W1") == ["worker/W1"]
    assert len(keys) == 4


def test_one_that_was_read_stays_when_it_is_made_once_more():
    keys = cache()
    keys.keep(J, [("worker/W1", bytes(32))], time.monotonic())
    make(keys, "worker/W1", "request/R1", "request/R2", "request/R3")
    assert held(keys, "worker/W1") == ["worker/W1"]
    assert len(keys) == 4


def test_all_that_are_made_together_are_there_together():
    keys, many = cache(), [f"worker/W{n}" for n in range(50)]
    make(keys, *many, least=len(many))
    assert held(keys, *many) == many


def test_one_that_is_erased_stays_erased_though_it_is_made_meanwhile():
    keys = cache()
    make(keys, "worker/W1")
    keys.erase(J, "worker/W1")
    make(keys, "worker/W1")
    assert keys.erased(J, "worker/W1")
    assert held(keys, "worker/W1") == []
    assert len(keys) == 1
