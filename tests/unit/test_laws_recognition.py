"""The law of recognition: awards rest on nominations, names on consents, and brands differ."""

from typing import Any

import msgspec
import pytest

from projections import awards, brands, consents, nominations, publications
from projections.fold import fold
from services.verify.laws.recognition import LAW
from tests.given import Aggregate, J, area, given, t, worker

nomination, award, publication = Aggregate("nomination"), Aggregate("award"), Aggregate("publication")
brand = Aggregate("brand")
SQUARE, ROUND = "M4 4 H20 V20 H4 Z", "M12 2 A10 10 0 1 1 11.9 2 Z"


@pytest.fixture
def rows() -> dict[str, dict[str, Any]]:
    """Return the rows of an award, a named item, one that lost its name, and two brands."""
    city = given(
        area.define(area="230717", name="1"),
        worker.register(worker="W1", role="courier", home_area="230717"),
        nomination.make(nomination="N1", worker="W1", honour="good_person"),
        nomination.add_deed(nomination="N1", deed="claim", note="sealed:note"),
        nomination.review(nomination="N1", verdict="approve", reason="Seen"),
        award.grant(award="A1", nomination="N1", title="Good person"),
        worker.consent(worker="W1"),
        *(
            publication.publish(
                publication=key, topic="Topic", channel="board", worker="W1", name="sealed:name"
            )
            for key in ("P1", "P2")
        ),
        publication.erase(publication="P2"),
        brand.register(brand="B1", trade="courier", name="1", mark=SQUARE, colour="#1d5fa8"),
        brand.register(brand="B2", trade="internet", name="2", mark=ROUND, colour="#a02020"),
    )
    city.and_(brand.amend(brand="B2", slogan="Fast"), now=t("10:00"))
    views: tuple[Any, ...] = (awards.VIEW, brands.VIEW, consents.VIEW, nominations.VIEW, publications.VIEW)
    return {"anomalies": {}, **{view.name: dict(fold(view, city.log.commits)) for view in views}}


def broken(rows: dict[str, dict[str, Any]]) -> list[str]:
    return list(LAW.broken(J, rows))


def test_what_the_rules_let_happen_is_lawful(rows: dict[str, dict[str, Any]]):
    assert broken(rows) == []


@pytest.mark.parametrize(
    ("view", "key", "fields"),
    [
        ("nominations", "N1", {"shown": 3}),
        ("awards", "A1", {"state": "revoked"}),
        ("awards", "A1", {"nomination": "N9"}),
        ("awards", "A1", {"shown": 2}),
        ("consents", "W1", {"state": "withdrawn"}),
        ("publications", "P2", {"name": "sealed:name", "named": True}),
        ("publications", "P1", {"named": False}),
        ("brands", "B1", {"colour": "#000000"}),
    ],
)
def test_what_was_not_recorded_is_found(
    rows: dict[str, dict[str, Any]], view: str, key: str, fields: dict[str, Any]
):
    row = msgspec.structs.replace(rows[view][key], **fields)
    found = broken({**rows, view: {**rows[view], key: row}})
    assert found
    assert any(key in one or "A1" in one for one in found), found


def test_two_brands_that_look_alike_are_found(rows: dict[str, dict[str, Any]]):
    (first, *_) = rows["brands"]["B1"].history
    (other, *rest) = rows["brands"]["B2"].history
    alike = msgspec.structs.replace(other, details={**other.details, "mark": first.details["mark"]})
    row = msgspec.structs.replace(rows["brands"]["B2"], history=(alike, *rest), mark=first.details["mark"])
    found = broken({**rows, "brands": {**rows["brands"], "B2": row}})
    assert found == [
        f"brands B1 and B2 have the same mark at {when.isoformat()}" for when in (t("00:00"), t("10:00"))
    ]
