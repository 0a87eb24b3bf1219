"""The courier's page works out presence itself while it has no network: it must do so as the service does."""

from itertools import combinations

import pytest
from phones import Phones
from serving import City

from events.assignment import LIVE
from events.duty import OFF, Duty
from events.presence import presence_of

pytestmark = pytest.mark.timeout(240)

AREA = "230717001001"
DUTIES = (OFF, Duty(on=True, area=AREA), Duty(on=True, area=AREA, on_break=True))
TOGETHER = [list(some) for size in range(len(LIVE) + 1) for some in combinations(LIVE, size)]
"""States that live assignments can have at one time."""
CASES = [(presence_of(duty, []), live, presence_of(duty, live)) for duty in DUTIES for live in TOGETHER]
"""(presence by the duty alone, states of live assignments, presence)."""


def test_the_page_works_out_presence_as_the_service_does(city: City, phones: Phones) -> None:
    city.ok("worker.register", worker="W1", role="rider", name="队员001", phone="00000000456")
    page = phones.open(city.url).sign_in(city.code("W1"))
    app = page.locator('script[src$="/go/app.js"]').get_attribute("src")
    assert app
    found = page.evaluate(
        """async ([module, cases]) => {
          const { presenceOf } = await import(module);
          return cases.map(([before, live]) => presenceOf(before, live));
        }""",
        [app.replace("app.js", "state.js"), [[before, live] for before, live, _ in CASES]],
    )
    assert found == [presence for _, _, presence in CASES]
