"""An address cut to the community: the door is never in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.vault.community import community

PLACES = ("团结小区", "长江路", "翠湖花园", "Green Street", "Harmony Gardens")
DOORS = (
    "3号楼2单元501",
    "十二号",
    "A座1203室",
    "18-2-501",
    "Flat 7",
    "#7",
    "7b",
    "东单元",
    "二栋",
    "D777",
)


@pytest.mark.parametrize(
    ("address", "cut"),
    [
        ("团结小区3号楼2单元501", "团结小区"),
        ("长江路12号", "长江路"),
        ("长江路十二号", "长江路"),
        ("翠湖花园A座1203室", "翠湖花园"),
        ("团结小区第3栋", "团结小区"),
        ("团结小区", "团结小区"),
        ("朝阳区,幸福路 8 号院", "朝阳区,幸福路"),
        ("Green Street 12, Springfield", "Green Street"),
        ("12 Green Street, Springfield", "Springfield"),
        ("Flat B, 12 Green Street, Springfield", "Springfield"),
        ("12 Green Street, Springfield, CA 94110", "Springfield"),
        ("Green Street, Flat B", "Green Street"),
        ("twelve Green Street", None),
        ("12 Green Street", None),
        ("501", None),
        ("behind the shop, ring twice", None),
        ("李家庄", "李家庄"),
        ("翠湖家园", "翠湖家园"),
        ("河边村", "河边村"),
        ("Harbour Village", "Harbour Village"),
        ("Mill Lane, Harbour Village", "Mill Lane, Harbour Village"),
        ("王大妈家对面巷里", None),
        ("老张家", None),
        ("老张家隔壁3号", None),
        ("供销社旁边的路", None),
        ("李女士,团结小区", None),
        ("Mr Test, Harbour Village", None),
        ("behind the mill, Harbour Village", None),
        ("opposite the school 12", None),
        ("12 Green Street, behind the mill", None),
        ("", None),
    ],
)
def test_the_part_that_leads_to_a_door_is_dropped(address: str, cut: str | None):
    assert community(address) == cut


@given(st.sampled_from(PLACES), st.sampled_from(DOORS), st.sampled_from(["", " ", ", ", "\n"]), st.text())
def test_no_door_is_ever_left(place: str, door: str, gap: str, rest: str):
    left = community(place + gap + door + rest)
    assert left is None or (door not in left and not any(one.isdigit() for one in left))


@given(st.text())
def test_no_text_breaks_it_and_no_digit_is_left(text: str):
    left = community(text)
    assert left is None or (2 <= len(left) <= 60 and not any(one.isdecimal() for one in left))
