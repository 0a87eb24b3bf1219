"""What the pages weigh, with the demo's data."""

import pytest
from measuring import Weight, told
from screens import Screens
from serving import City

pytestmark = pytest.mark.timeout(300)

BOARD_KB, COURIER_KB = 300, 80


def test_the_first_view_of_the_board_is_light(stage: City, screens: Screens) -> None:
    screen = screens.open(stage.url)
    screen.sign_in(stage)
    page = screen.watched(screen.context.new_page())
    weight = Weight(page)
    page.goto(f"{stage.url}/#/{stage.j}/overview")
    page.wait_for_selector("[data-figure=on-duty]")
    page.wait_for_selector(".live-live")
    weight.all_here()
    told("board, first view", kb=round(weight.total / 1000, 1), limit=BOARD_KB, heaviest=weight.heaviest(8))
    assert weight.total < BOARD_KB * 1000


def test_the_couriers_page_is_light(stage: City, screens: Screens) -> None:
    worker = stage.rows("roster", presence="available", limit=1)[0]["worker"]
    page = screens.open(stage.url, size=(360, 800), touch=True).page
    weight = Weight(page)
    page.goto(f"{stage.url}{stage.code(worker)}")
    page.wait_for_selector(".fresh-live")
    weight.all_here()
    told(
        "courier's page, first view",
        kb=round(weight.total / 1000, 1),
        limit=COURIER_KB,
        heaviest=weight.heaviest(8),
    )
    assert weight.total < COURIER_KB * 1000
