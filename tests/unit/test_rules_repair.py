"""The rule behind a resting head is frozen: vectors that every later version must judge alike.

A change that fails here would split the chain between readers of two versions. Add vectors; never alter one.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.catalog import encode
from events.commit import Head, Recorded, Verdict, digest, envelope
from events.jurisdiction import JurisdictionRepaired
from events.repair import SHOWN, SetAside, declaration, judge_behind
from services.decisions.worker.commands import Register
from services.log.chain import Chain as ReadChain
from tests.given import snapshot
from tests.make import BEGIN, Chain

GOLDEN = Path(__file__).parents[1] / "golden" / "repaired_chain.json"
CASES: list[dict[str, Any]] = msgspec.json.decode(GOLDEN.read_bytes())["cases"]
each = pytest.mark.parametrize("vector", CASES, ids=lambda one: one["name"])


@each
def test_judges_what_is_set_aside_as_ever(vector: dict[str, Any]) -> None:
    head, aside = Head(), None
    for record in vector["records"]:
        stored = record["stored"].encode()
        seen = envelope(stored)
        verdict, aside = judge_behind(head, aside, seen, stored)
        if verdict is Verdict.ACCEPTED:
            head = Head(head.position + len(seen.events), digest(stored))
        found = {"records": aside.records, "digest": aside.digest} if aside else None
        assert (verdict.value, str(head), found) == (record["verdict"], record["head"], record["aside"])


@each
def test_a_chain_that_is_read_judges_alike(vector: dict[str, Any]) -> None:
    chain = ReadChain("2307")
    for offset, record in enumerate(vector["records"]):
        verdict = chain.judge(offset, record["stored"].encode())
        assert (verdict.value, str(chain.head)) == (record["verdict"], record["head"])
        assert (chain.damage is not None) == (record["aside"] is not None)
        if chain.damaged:
            assert chain.damaged.digest == record["aside"]["digest"]


def test_the_vectors_are_all_there() -> None:
    verdicts = {record["verdict"] for one in CASES for record in one["records"]}
    assert verdicts == {"accepted", "stale", "gap"}
    assert len(CASES) == 12


@pytest.mark.parametrize(
    "event",
    [
        b"1",
        b'{"name":"jurisdiction.repaired"}',
        b'{"name":"jurisdiction.repaired","data":{"records":"1","digest":"x"}}',
        b'{"name":"jurisdiction.repaired","data":{"records":1}}',
        b'{"name":"worker.retired","data":{"records":1,"digest":"x"}}',
    ],
)
def test_what_is_no_declaration_declares_nothing(event: bytes) -> None:
    stored = b'{"jurisdiction":"2307","first":1,"prev":"","events":[' + event + b"]}"
    assert declaration(envelope(stored)) is None


def test_only_the_first_hashes_are_named_but_all_are_counted() -> None:
    aside = SetAside()
    for number in range(SHOWN + 5):
        aside.add(str(number).encode())
    assert (aside.records, len(aside.hashes)) == (SHOWN + 5, SHOWN)


def test_a_repair_changes_nothing_that_decisions_need() -> None:
    made = Chain()
    made.commit(Register(worker="W1", role="courier"))
    before = snapshot(made.state)
    said = JurisdictionRepaired(
        records=1, digest="0" * 64, hashes=(), consent="admin/desk-2", reason="a test"
    )
    recorded = Recorded(
        name=said.NAME,
        schema=said.SCHEMA,
        at=BEGIN,
        actor="admin/desk-1",
        command="c1",
        body="b",
        data=encode(said),
    )
    made.seal([recorded], BEGIN)
    after = snapshot(made.state)
    assert {name for name in before if before[name] != after[name]} <= {"head", "meta", "commands"}
