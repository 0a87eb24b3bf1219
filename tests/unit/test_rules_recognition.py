"""Recognition: deeds that the log shows, review, award, consent to be named, published items, brands."""

from typing import Any

import pytest

from events.award import AwardGranted, AwardRevoked
from events.brand import BrandAmended, BrandRegistered, BrandRetired, contrast
from events.consent import ConsentGiven, ConsentWithdrawn
from events.nomination import (
    DeedAdded,
    Evidence,
    NominationErased,
    NominationMade,
    NominationReviewed,
    NominationWithdrawn,
)
from events.publication import PublicationErased, PublicationRetracted, Published
from projections import activity as activity_view
from projections import awards, brands, consents, nominations, publications
from projections.fold import fold
from services.decisions.base import Command, Scope
from tests.given import Aggregate, Given, area, assignment, given, request, t, worker

nomination, award, publication = Aggregate("nomination"), Aggregate("award"), Aggregate("publication")
brand, service, visit, activity = (
    Aggregate("brand"),
    Aggregate("service"),
    Aggregate("visit"),
    Aggregate("activity"),
)
unit, post = Aggregate("unit"), Aggregate("post")
HOME = "230717"
OFFICE, STREET, CLERK = "dispatcher/office", "dispatcher/street", "dispatcher/clerk"
SQUARE, ROUND = "M4 4 H20 V20 H4 Z", "M12 2 A10 10 0 1 1 11.9 2 Z"


def hours(key: str, since: str, until: str) -> Command:
    return nomination.add_deed(
        nomination=key, deed="hours", since=t(since).isoformat(), until=t(until).isoformat()
    )


def nominate(key: str, who: str = "W1", **more: Any) -> Command:
    return nomination.make(nomination=key, worker=who, honour="good_person", **more)


@pytest.fixture
def city() -> Given:
    """Return a city in which W1 served for three hours, did a task and came to an activity."""
    city = given(
        area.define(area=HOME, name="County 1"),
        unit.establish(unit="U1", name="U1", area="2307"),
        *(
            step
            for key in ("office", "street")
            for step in (
                post.create(post=key, name=key, unit="U1", area="2307"),
                post.appoint(post=key, holder=f"H-{key}", holder_name=f"sealed:{key}", acts_as=key),
            )
        ),
        *(worker.register(worker=f"W{n}", role="courier", home_area=HOME) for n in (1, 2)),
        worker.report(worker="W1", area=HOME),
        request.open(request="R1", category="grocery", area=HOME),
        actor=CLERK,
    )
    times = {"begins": t("00:10").isoformat(), "ends": t("00:20").isoformat()}
    city.and_(activity.announce(activity="A1", title="Clean-up", area=HOME, **times), now=t("00:05"))
    city.and_(worker.check_in(worker="W1", area=HOME), now=t("01:00"))
    city.and_(assignment.dispatch(assignment="G1", request="R1", worker="W1"))
    city.and_(assignment.done(assignment="G1"), now=t("02:00"))
    city.and_(worker.check_out(worker="W1"), now=t("04:00"), id="out")
    city.and_(activity.attend(activity="A1", worker="W1"), at=t("00:15"))
    city.and_(visit.record(visit="V1", group="Riders", area=HOME))
    return city.and_(nominate("N1", post="office", text="sealed:text"), now=t("08:00"), actor=OFFICE)


def approved(city: Given, key: str = "N1") -> Given:
    city.and_(hours(key, "00:00", "06:00"), actor=OFFICE)
    return city.and_(nomination.review(nomination=key, verdict="approve"), actor=STREET)


def granted(city: Given) -> Given:
    return approved(city).and_(
        award.grant(award="A", nomination="N1", title="Volunteer 2022"), now=t("09:00")
    )


def rows(view: Any, after: Given) -> dict[str, Any]:
    return dict(fold(view.VIEW, after.log.commits))


# -- nominations -------------------------------------------------------------------------------------------


def test_a_nomination_lies_in_the_home_area_and_is_made_once(city: Given):
    city.when(nominate("N2", "W2")).then(NominationMade, area=HOME, honour="good_person")
    city.when(nominate("N2", "W2"), observed=True).unchanged()
    city.when(nominate("N2", "W2")).refused("nomination.exists", "N2")
    city.when(nominate("N3", "W9")).refused("worker.unknown", "W9")


def test_the_log_says_what_it_shows_of_a_deed(city: Given):
    def deed(kind: str, **link: Any) -> Any:
        return city.when(nomination.add_deed(nomination="N1", deed=kind, **link))

    city.when(hours("N1", "00:00", "06:00")).then(DeedAdded, evidence=Evidence(1, "shown", 1, 10800))
    city.when(hours("N1", "05:00", "06:00")).then(DeedAdded, evidence=Evidence(2, "claim"))
    deed("task", assignment="G1").then(DeedAdded, evidence=Evidence(3, "shown"))
    deed("activity", activity="A1").then(DeedAdded, evidence=Evidence(4, "shown"))
    deed("visit", visit="V1").then(DeedAdded, evidence=Evidence(5, "part"))
    deed("claim", note="sealed:note").then(DeedAdded, evidence=Evidence(6, "claim"))
    city.when(hours("N1", "00:00", "06:00")).unchanged()
    row = rows(nominations, city)["N1"]
    assert (row.deed_count, row.shown, row.claims) == (6, 3, 2)
    assert (row.person_times, row.seconds, row.hours) == (1, 10800, 3.0)


def test_an_activity_to_which_they_did_not_come_shows_only_that_it_took_place(city: Given):
    city.and_(nominate("N2", "W2"))
    link = nomination.add_deed(nomination="N2", deed="activity", activity="A1")
    city.when(link).then(DeedAdded, evidence=Evidence(1, "part"))


def test_a_deed_has_what_its_kind_needs(city: Given):
    for kind, field in (("task", "assignment"), ("hours", "since"), ("claim", "note")):
        city.when(nomination.add_deed(nomination="N1", deed=kind)).refused("nomination.no_link", field)
    city.when(hours("N1", "06:00", "05:00")).refused("nomination.period")
    city.when(hours("N1", "06:00", "09:00")).refused("nomination.period")
    unknown = nomination.add_deed(nomination="N1", deed="visit", visit="V9")
    city.when(unknown).refused("visit.unknown", "V9")


def test_nobody_is_honoured_for_the_task_of_another_one(city: Given):
    city.and_(nominate("N2", "W2"))
    theirs = nomination.add_deed(nomination="N2", deed="task", assignment="G1")
    city.when(theirs).refused("nomination.not_theirs", "G1", "W2")


def test_a_nomination_has_at_most_fifty_deeds(city: Given):
    claim = nomination.add_deed(nomination="N1", deed="claim", note="sealed:note")
    city.and_(*[claim] * 50)
    city.when(claim).refused("nomination.too_many", "50")


def test_a_review_needs_deeds_and_a_reason_where_the_log_shows_nothing(city: Given):
    approve = nomination.review(nomination="N1", verdict="approve")
    city.when(approve, actor=STREET).refused("nomination.no_deeds")
    city.and_(nomination.add_deed(nomination="N1", deed="claim", note="sealed:note"), actor=OFFICE)
    city.when(approve, actor=STREET).refused("nomination.no_reason", "approve")
    reject = nomination.review(nomination="N1", verdict="reject")
    city.when(reject, actor=STREET).refused("nomination.no_reason", "reject")
    known = nomination.review(nomination="N1", verdict="approve", reason="Seen by the street")
    city.when(known, actor=STREET).then(NominationReviewed, evidence=(Evidence(1, "claim"),))


def test_whoever_nominated_does_not_review(city: Given):
    city.and_(hours("N1", "00:00", "06:00"), actor=CLERK)
    approve = nomination.review(nomination="N1", verdict="approve")
    for part in (OFFICE, CLERK):
        city.when(approve, actor=part).refused("nomination.own_review", "office")
    city.when(approve, actor=OFFICE, observed=True).anomaly("nomination.own_review")


def test_deeds_come_before_the_review_and_nothing_before_the_nomination(city: Given):
    deed, early = hours("N1", "00:00", "05:00"), {"at": t("07:00"), "actor": OFFICE}
    city.when(deed, **early).refused("nomination.not_yet")
    city.when(deed, observed=True, **early).anomaly("nomination.not_yet")
    approved(city)
    city.when(deed).refused("nomination.reviewed", "approved")
    city.when(deed, observed=True).anomaly("nomination.reviewed")


def test_a_nomination_is_withdrawn_unless_it_was_honoured(city: Given):
    withdraw = nomination.withdraw(nomination="N1", reason="Entered twice")
    city.when(nomination.withdraw(nomination="N9", reason="x")).refused("nomination.unknown", "N9")
    city.when(withdraw).only(NominationWithdrawn)
    city.when(withdraw).unchanged()
    approve = nomination.review(nomination="N1", verdict="approve")
    city.when(approve, actor=STREET).refused("nomination.ended", "withdrawn")
    noted = nomination.review(nomination="N1", verdict="reject", reason="Late")
    city.when(noted, actor=STREET, observed=True).anomaly("nomination.ended")


def test_an_erased_nomination_still_counts(city: Given):
    city.and_(nomination.add_deed(nomination="N1", deed="claim", note="sealed:note"))
    city.when(nomination.erase(nomination="N1")).only(NominationErased)
    city.when(nomination.erase(nomination="N1")).unchanged()
    row = rows(nominations, city)["N1"]
    assert (row.text, row.deeds[0].note, row.history[1].deed.note, row.deed_count) == (None, None, None, 1)
    city.when(hours("N1", "00:00", "06:00")).refused("nomination.erased")


def test_a_nomination_is_at_any_date_what_it_was_then(city: Given):
    granted(city)
    row = rows(nominations, city)["N1"]
    then = [nominations.at(row, t(clock)) for clock in ("07:59", "08:00", "09:00")]
    assert [found and found.state for found in then] == [None, "approved", "awarded"]


# -- awards ------------------------------------------------------------------------------------------------


def test_an_award_needs_an_approved_nomination_and_tells_what_the_log_shows(city: Given):
    grant = award.grant(award="A", nomination="N1", title="Volunteer 2022", post="office")
    city.when(grant).refused("award.not_approved", "nominated")
    approved(city)
    city.when(grant).then(AwardGranted, worker="W1", deeds=1, shown=1, person_times=1, seconds=10800)
    city.when(grant, observed=True).unchanged()
    city.when(grant).refused("award.exists")
    again = award.grant(award="B", nomination="N1", title="Volunteer 2022")
    city.when(again).refused("award.not_approved", "awarded")
    city.when(again, observed=True).anomaly("award.not_approved")


def test_a_correction_of_the_log_needs_another_review(city: Given):
    approved(city)
    extra = service.record(service="S1", worker="W1", area=HOME, since=t("04:30").isoformat(),
                           until=t("05:00").isoformat())  # fmt: skip
    city.and_(extra)
    grant = award.grant(award="A", nomination="N1", title="Volunteer 2022")
    city.when(grant).refused("award.deeds_changed", "N1")
    city.and_(nomination.review(nomination="N1", verdict="approve"), actor=STREET)
    city.when(grant).then(AwardGranted, seconds=12600)


def test_what_was_given_against_a_changed_log_is_noted(city: Given):
    approved(city)
    city.and_(worker.correct_duty(worker="W1", fact="out", happened_at=t("03:00").isoformat(), reason="x"))
    grant = award.grant(award="A", nomination="N1", title="Volunteer 2022")
    city.when(grant, observed=True).anomaly("award.deeds_changed")


def test_an_award_is_revoked_once_and_its_nomination_stands_again(city: Given):
    granted(city)
    revoke = award.revoke(award="A", reason="error")
    city.when(revoke, at=t("08:30")).refused("award.not_yet", "A")
    city.when(award.revoke(award="Z", reason="error")).refused("award.unknown", "Z")
    city.when(revoke, now=t("10:00")).only(AwardRevoked)
    city.when(revoke).unchanged()
    row = rows(awards, city)["A"]
    then = [awards.at(row, t(at)) for at in ("08:59", "09:30", "10:00")]
    assert [found and found.state for found in then] == [None, "valid", "revoked"]
    assert rows(nominations, city)["N1"].state == "approved"


def test_an_early_revocation_that_was_observed_is_noted(city: Given):
    early = award.revoke(award="A", reason="error")
    granted(city).when(early, at=t("08:30"), observed=True).anomaly("award.not_yet")


# -- consent and published items ---------------------------------------------------------------------------


def publish(key: str, **more: Any) -> Command:
    return publication.publish(publication=key, topic="Through the snow", channel="newspaper", **more)


NAMED: dict[str, Any] = {
    "worker": "W1",
    "name": "sealed:name",
    "text": "sealed:text",
    "link": "https://a.cn/1",
}


def test_nobody_is_named_without_consent(city: Given):
    city.when(publish("P1", **NAMED)).refused("publication.no_consent", "W1")
    city.when(publish("P1", **NAMED), observed=True).refused("publication.no_consent")
    city.when(publish("P1", name="sealed:name")).refused("publication.nobody", "P1")
    city.and_(worker.consent(worker="W1"), now=t("09:00"))
    city.when(publish("P1", **NAMED), at=t("08:30")).refused("publication.no_consent")
    city.when(publish("P1", **NAMED)).then(Published, name="sealed:name")
    city.when(publish("P2")).then(Published, consent=None, area="2307")
    city.when(publish("P2"), observed=True).unchanged()
    city.when(publish("P2")).refused("publication.exists", "P2")


def test_consent_is_given_once_and_its_changes_stay_in_order(city: Given):
    consent, withdraw = worker.consent(worker="W1"), worker.withdraw_consent(worker="W1")
    city.when(withdraw).unchanged()
    city.when(consent, now=t("09:00"), scope=Scope(worker="W1")).only(ConsentGiven)
    city.when(consent).unchanged()
    city.when(withdraw, at=t("08:30")).refused("consent.later", "W1")
    city.when(withdraw, at=t("08:30"), observed=True).anomaly("consent.later")
    city.when(worker.consent(worker="W2"), scope=Scope(worker="W1")).refused("forbidden")
    assert rows(consents, city)["W1"].state == "given"


def test_a_withdrawn_consent_takes_the_name_and_leaves_the_count(city: Given):
    city.and_(worker.consent(worker="W1"), publish("P1", **NAMED), publish("P2", **NAMED), publish("P3"))
    city.when(worker.withdraw_consent(worker="W1"), now=t("10:00")).only(
        ConsentWithdrawn, PublicationErased, PublicationErased
    )
    found = rows(publications, city)
    assert len(found) == 3
    assert {(row.named, row.name, row.text, row.link) for row in found.values()} == {
        (False, None, None, None)
    }
    assert [found[key].unnamed for key in ("P1", "P2", "P3")] == ["withdrawn", "withdrawn", None]
    before = publications.at(found["P1"], t("09:00"))
    assert before is not None
    assert before.name is None, "not even at a date before"
    city.when(publish("P4", **NAMED)).refused("publication.no_consent")
    city.and_(worker.consent(worker="W1"))
    assert rows(publications, city)["P1"].name is None, "a new consent names nobody again"


def test_nothing_in_the_views_leads_from_an_item_to_the_person(city: Given):
    city.and_(worker.consent(worker="W1"), publish("P1", **NAMED), worker.withdraw_consent(worker="W1"))
    assert "W1" not in repr(rows(publications, city))
    told = [
        row
        for row in rows(activity_view, city).values()
        if row.name.startswith(("worker.consent", "publication"))
    ]
    assert len(told) == 4
    assert not any("consent" in row.detail for row in told)
    assert {row.actor for row in told if row.name == "publication.erased"} == {"service"}


def test_the_erasure_of_a_person_takes_the_name_and_what_was_written(city: Given):
    city.and_(worker.consent(worker="W1"), publish("P1", **NAMED))
    city.when(worker.erase(worker="W1")).then(PublicationErased, reason="erased").then(
        NominationErased, nomination="N1"
    )
    assert rows(publications, city)["P1"].unnamed == "erased"
    assert rows(consents, city)["W1"].state == "withdrawn"
    city.when(worker.consent(worker="W1")).refused("worker.retired")


def test_a_name_is_taken_out_by_hand_once(city: Given):
    city.and_(worker.consent(worker="W1"), publish("P1", **NAMED))
    erase = publication.erase(publication="P1")
    city.when(erase).then(PublicationErased, reason="by_hand")
    city.when(erase).unchanged()
    city.when(worker.withdraw_consent(worker="W1")).only(ConsentWithdrawn)
    city.when(publication.erase(publication="P9")).refused("publication.unknown", "P9")


def test_an_item_is_taken_back_and_counts_until_then(city: Given):
    city.and_(publish("P1"), now=t("09:00"))
    retract = publication.retract(publication="P1", reason="Entered twice")
    city.when(retract, at=t("08:30")).refused("publication.not_yet")
    city.when(retract, now=t("10:00")).only(PublicationRetracted)
    city.when(retract).unchanged()
    row = rows(publications, city)["P1"]
    then = [publications.at(row, t(at)) for at in ("08:59", "09:30", "10:00")]
    assert [found and found.state for found in then] == [None, "published", "retracted"]


def test_an_item_that_was_taken_back_too_early_is_noted(city: Given):
    city.and_(publish("P1"), now=t("09:00"))
    early = publication.retract(publication="P1", reason="Entered twice")
    city.when(early, at=t("08:30"), observed=True).anomaly("publication.not_yet")


# -- brands ------------------------------------------------------------------------------------------------


def register(
    key: str, trade: str = "courier", mark: str = SQUARE, colour: str = "#1D5FA8", **more: Any
) -> Command:
    return brand.register(brand=key, trade=trade, name=f"Brand {key}", mark=mark, colour=colour, **more)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.478), ("#767676", "#ffffff", 4.542)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(other, one) == contrast(one, other)


def test_a_mark_that_cannot_be_read_is_refused_with_the_values(city: Given):
    city.when(register("B1", colour="#777777")).refused("brand.contrast", "#777777", "#ffffff", "4.47", "4.5")
    city.when(register("B1", colour="#ffd700")).refused("brand.contrast", "1.40")
    city.when(register("B1", colour="#ffd700", ink="#000000")).then(BrandRegistered, trade="courier")
    city.when(brand.amend(brand="B1", ink="#ffffff")).refused("brand.contrast", "1.40")


def test_each_trade_has_one_brand_with_a_mark_and_a_colour_of_its_own(city: Given):
    city.when(register("B1")).then(BrandRegistered, colour="#1d5fa8", area="2307")
    city.when(register("B1"), observed=True).unchanged()
    city.when(register("B1")).refused("brand.exists", "B1")
    city.when(register("B2", mark=ROUND, colour="#a02020")).refused("brand.taken", "trade", "courier")
    city.when(register("B2", "internet", colour="#a02020")).refused("brand.taken", "mark")
    city.when(register("B2", "internet", ROUND)).refused("brand.taken", "colour", "#1d5fa8")
    city.and_(register("B2", "internet", ROUND, "#a02020"))
    city.when(brand.amend(brand="B2", colour="#1d5fa8")).refused("brand.taken", "B1")


def test_a_brand_changes_its_look_and_is_what_it_was_then(city: Given):
    city.and_(register("B1"), now=t("09:00"))
    city.when(brand.amend(brand="B1", colour="#a02020"), now=t("11:00")).only(BrandAmended)
    city.when(brand.amend(brand="B1", colour="#a02020")).unchanged()
    city.when(brand.amend(brand="B1", slogan="Fast"), at=t("10:00")).only(BrandAmended)
    row = rows(brands, city)["B1"]
    then = [brands.at(row, t(at)) for at in ("08:59", "09:30", "10:30", "11:00")]
    assert [found and (found.colour, found.slogan) for found in then] == [
        None,
        ("#1d5fa8", None),
        ("#1d5fa8", "Fast"),
        ("#a02020", "Fast"),
    ]
    assert row.contrast == 7.71


def test_a_retired_brand_makes_room(city: Given):
    city.and_(register("B1"), now=t("09:00"))
    retire = brand.retire(brand="B1", reason="Replaced")
    city.when(retire, at=t("08:30")).refused("brand.not_yet", "B1")
    city.when(brand.amend(brand="B1", slogan="x"), at=t("08:30"), observed=True).anomaly("brand.not_yet")
    city.when(retire, now=t("10:00")).only(BrandRetired)
    city.when(retire).unchanged()
    city.when(brand.amend(brand="B1", slogan="y")).refused("brand.retired", "B1")
    city.when(brand.amend(brand="B1", slogan="y"), observed=True).anomaly("brand.retired")
    city.when(brand.retire(brand="B9")).refused("brand.unknown", "B9")
    city.when(register("B2")).only(BrandRegistered)


def test_a_late_brand_must_fit_what_came_after(city: Given):
    city.and_(register("B1"), now=t("09:00"))
    city.and_(brand.amend(brand="B1", colour="#a02020"), now=t("10:00"))
    city.and_(brand.amend(brand="B1", ink="#f0f0f0"), now=t("11:00"))
    late = register("B2", "internet", ROUND, "#1d5fa8")
    city.when(late, at=t("08:30")).refused("brand.taken", "colour", "#1d5fa8")
    city.when(late, at=t("10:00")).only(BrandRegistered)
    grey = brand.amend(brand="B1", colour="#757575")
    city.when(grey, at=t("10:30")).refused("brand.contrast", "#f0f0f0", "4.04")
