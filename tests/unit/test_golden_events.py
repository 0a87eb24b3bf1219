"""Stored events stay readable: one golden sample of each (event, schema)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from each import each

from events import catalog
from events.amendment import Amendment
from events.base import Event, event, registered, upcast, upcasters
from events.commit import Recorded
from events.incident import IncidentAmended, IncidentDeclared
from tests.golden.make_events import FOLDER, path_of, sample

OLDER = sorted(upcasters)
"""(name, schema) that only older versions wrote."""
EVENTS = [pytest.param(cls, id=f"{name}.{schema}") for (name, schema), cls in sorted(registered.items())]


def recorded(name: str, schema: int, data: bytes) -> Recorded:
    """Return the event as stored in a commit."""
    at = datetime(2022, 3, 28, tzinfo=UTC)
    return Recorded(
        name=name, schema=schema, at=at, actor="test", command="c1", body="b", data=msgspec.Raw(data)
    )


def stored(cls: type[Event]) -> bytes:
    return path_of(cls).read_bytes()


@each("cls", EVENTS)
def test_every_event_has_a_sample(cls: type[Event]):
    assert path_of(cls).exists(), "run: python -m tests.golden.make_events"


def test_every_sample_is_of_an_event_that_can_still_be_read():
    names = {f"{name}.{schema}.json" for name, schema in (*registered, *upcasters)}
    assert {path.name for path in FOLDER.iterdir()} <= names


@each("cls", EVENTS)
def test_a_sample_is_read_and_written_alike(cls: type[Event]):
    read = catalog.decode(recorded(cls.NAME, cls.SCHEMA, stored(cls)), 1)
    assert type(read) is catalog.newest[cls.NAME]
    assert msgspec.json.decode(catalog.encode(read)) == msgspec.json.decode(stored(cls))


@each("cls", EVENTS)
def test_every_field_of_a_sample_arrives(cls: type[Event]):
    read = catalog.decode(recorded(cls.NAME, cls.SCHEMA, stored(cls)), 1)
    said = msgspec.json.decode(stored(cls))
    made = sample(cls)
    for name in said:
        assert getattr(read, name) == getattr(made, name), name


@each("cls", EVENTS)
def test_fields_that_were_added_since_have_defaults(cls: type[Event]):
    said = msgspec.json.decode(stored(cls))
    for field in msgspec.structs.fields(cls):
        assert field.name in said or not field.required, f"{field.name} needs a new schema and an upcaster"


@pytest.mark.parametrize(("name", "schema"), OLDER)
def test_a_sample_of_an_older_schema_is_read_as_the_newest(name: str, schema: int):
    old = (FOLDER / f"{name}.{schema}.json").read_bytes()
    read, said = catalog.decode(recorded(name, schema, old), 1), msgspec.json.decode(old)
    assert type(read) is catalog.newest[name]
    assert schema < read.SCHEMA
    made = sample(type(read))
    for field in said.keys() & set(read.__struct_fields__):
        assert getattr(read, field) == getattr(made, field), field


def test_an_incident_of_schema_1_is_not_expected_to_last_any_time():
    old = {name: (FOLDER / f"incident.{name}.1.json").read_bytes() for name in ("declared", "amended")}
    declared = catalog.decode(recorded("incident.declared", 1, old["declared"]), 1)
    amended = catalog.decode(recorded("incident.amended", 1, old["amended"]), 1)
    assert isinstance(declared, IncidentDeclared)
    assert isinstance(amended, IncidentAmended)
    assert (declared.expected_days, amended.expected_days) == (None, msgspec.UNSET)


@pytest.mark.parametrize("name", ["incident.declared", "incident.amended"])
def test_a_program_that_knows_no_expected_days_parks_before_them(name: str):
    """Under schema 1 it would have read on and lost them."""
    assert catalog.newest[name].SCHEMA >= 2
    written = (FOLDER / f"{name}.2.json").read_bytes()
    assert msgspec.json.decode(written)["expected_days"] == 2


@pytest.mark.parametrize(
    "cls", [cls for cls in catalog.newest.values() if issubclass(cls, Amendment) and cls.SCHEMA > 1]
)
def test_a_program_that_does_not_know_what_is_superseded_parks_before_it(cls: type[Amendment]):
    """Under the schema before, the last one recorded counted: nothing in it was superseded."""
    older = (cls.NAME, cls.SCHEMA - 1)
    assert older in OLDER
    read = catalog.decode(recorded(*older, (FOLDER / f"{older[0]}.{older[1]}.json").read_bytes()), 1)
    assert isinstance(read, cls)
    assert read.superseded == ()


def test_data_that_does_not_fit_is_named_by_its_position():
    with pytest.raises(catalog.BadEvent, match=r"worker\.retired at position 7"):
        catalog.decode(recorded("worker.retired", 1, b'{"worker": 5}'), 7)


def test_an_event_from_a_newer_program_is_never_ignored():
    with pytest.raises(catalog.UnknownEvent, match=r"worker\.retired schema 9 at position 7") as caught:
        catalog.decode(recorded("worker.retired", 9, b"{}"), 7)
    assert (caught.value.name, caught.value.schema) == ("worker.retired", 9)


@pytest.fixture
def renamed() -> Iterator[None]:
    """Define a test event in its third schema: `who` became `worker`, then `count` was added."""

    @event("test.counted", schema=3)
    class Counted(Event, frozen=True):
        worker: str
        count: int

    @upcast("test.counted", 1)
    def _worker(data: dict[str, object]) -> dict[str, object]:
        return {"worker": data.pop("who"), **data}

    @upcast("test.counted", 2)
    def _count(data: dict[str, object]) -> dict[str, object]:
        return {**data, "count": 1}

    assert {_worker, _count} <= set(upcasters.values())
    catalog.newest["test.counted"] = Counted
    yield
    del registered["test.counted", 3], catalog.newest["test.counted"]
    del upcasters["test.counted", 1], upcasters["test.counted", 2]


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize(("schema", "data"), [(1, b'{"who": "W1"}'), (2, b'{"worker": "W1"}')])
def test_old_schemas_are_brought_up_to_date_when_read(schema: int, data: bytes):
    read = catalog.decode(recorded("test.counted", schema, data), 1)
    assert msgspec.to_builtins(read) == {"worker": "W1", "count": 1}


@pytest.mark.usefixtures("renamed")
def test_an_upcaster_that_leaves_something_out_is_found_by_position():
    with pytest.raises(catalog.BadEvent, match="position 3"):
        catalog.decode(recorded("test.counted", 2, b"{}"), 3)


@pytest.mark.usefixtures("renamed")
def test_names_and_schemas_are_entered_once():
    with pytest.raises(ValueError, match=r"test\.counted schema 3 is declared twice"):
        event("test.counted", schema=3)(type("Again", (Event,), {}))
    with pytest.raises(ValueError, match=r"upcaster of test\.counted schema 1 is declared twice"):
        upcast("test.counted", 1)(lambda data: data)
