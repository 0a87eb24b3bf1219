"""The posts that review enterprises, and the committee that answers for them."""

from datetime import timedelta
from typing import Final

from services.demo.scenarios.yichun.days import REGISTRATION
from services.demo.scenarios.yichun.places import ROOT, Places
from services.demo.scenarios.yichun.world import World

CITY: Final = "admin/city"
REGISTRY: Final = "dispatcher/registry"
"""Enters enterprises, and reviews none."""
LEAD: Final = "committee"
OFFICES: Final = (
    ("trade-office", "行业主管部门审核岗", "screen"),
    ("regulator", "市场监管部门核验岗", "verify"),
    ("city-check", "市级联审岗", "check_city"),
)
"""Post, its name, its task in the whole city."""
_UNITS: Final = {
    LEAD: ("两新工委", None, "lead"),
    "trade-office": ("行业主管部门", LEAD, "carry_out"),
    "regulator": ("市场监督管理局", LEAD, "carry_out"),
    "city-check": ("联合审核组", LEAD, "act_jointly"),
    "counties": ("区县联审", LEAD, "act_jointly"),
}


def actor(post: str) -> str:
    """Return the actor that acts for a post's holder."""
    return f"dispatcher/{post}"


def county_post(county: str) -> str:
    """Return the post that checks for a county."""
    return f"check-{county}"


def appoint(world: World, places: Places) -> None:
    """Plan the units, posts and appointments, minutes after the areas are there."""
    world.on(REGISTRATION + timedelta(minutes=2), lambda: _appoint(world, places))


def _appoint(world: World, places: Places) -> None:
    for unit, (name, parent, duty) in _UNITS.items():
        above = {"parent": parent} if parent else {}
        world.send("unit.establish", {"unit": unit, "name": name, "area": ROOT, "duty": duty} | above, CITY)
    _post(world, LEAD, "两新工委负责人", LEAD, "answer", ROOT)
    for key, name, task in OFFICES:
        _post(world, key, name, key, task, ROOT)
    for county in places.counties:
        _post(
            world, county_post(county.code), f"{county.name}联审岗", "counties", "check_county", county.code
        )
    world.send("review.set_deadlines", {"screen": 5, "verify": 5, "check": 5, "disagreement": 5}, CITY)


def _post(world: World, key: str, name: str, unit: str, task: str, area: str) -> None:
    above = {"first": True} if key == LEAD else {"parent": LEAD}
    world.send("post.create", {"post": key, "name": name, "unit": unit, "area": area} | above, CITY)
    world.send("post.charge", {"post": key, "task": task, "area": area}, CITY)
    holder = {"holder": f"holder-{key}", "holder_name": f"任职人 {key}", "acts_as": key}
    world.send("post.appoint", {"post": key} | holder, CITY)
