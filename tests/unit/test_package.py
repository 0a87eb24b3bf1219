"""The wheel's top-level names belong to Muster only: it is an application, never a dependency."""

from importlib.metadata import packages_distributions


def test_events_projections_and_services_belong_to_muster_alone() -> None:
    owners = packages_distributions()
    for package in ("events", "projections", "services"):
        assert set(owners.get(package, ["muster"])) == {"muster"}
