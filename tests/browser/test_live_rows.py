"""What the board does with its stream when that breaks or is given up at the worst moment."""

from typing import Any

import pytest
from playwright.sync_api import Page
from screens import Screens
from serving import City

PLAYED = """async (chunks) => {
  const { src } = document.querySelector("script[type=module]");
  const { Live } = await import(src.replace("board.js", "lib/live.js"));
  const asked = [];
  const text = ([event, data]) => `event: ${event}\\ndata: ${JSON.stringify(data)}\\n\\n`;
  const real = window.fetch;
  window.fetch = async (url, options) => {
    if (!url.includes("/stream?views=headcount&")) return real(url, options);
    const { headers, signal } = options;
    asked.push(headers["Last-Event-ID"] ?? null);
    const frames = chunks.shift();
    return new Response(new ReadableStream({
      start(controller) {
        const end = () => { try { controller.error(signal.reason); } catch { } };
        signal.addEventListener("abort", end);
        if (!frames) return;
        const give = (some) => controller.enqueue(new TextEncoder().encode(some.map(text).join("")));
        give(frames.frames);
        if (!frames.last) return;
        setTimeout(() => give(frames.last), 30);
        setTimeout(() => controller.error(new TypeError("network")), 60);
      },
    }));
  };
  const live = new Live("2307", ["headcount"], { played: 1 });
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  for (let n = 0; asked.length < 2 && n < 200; n += 1) await wait(50);
  await wait(300);
  window.fetch = real;
  const { phase } = live.state.value;
  const rows = [...live.rows("headcount").keys()];
  live.close();
  return { asked, phase, rows };
}"""
"""A Live over a stream that is played, one entry for each connection: {frames: [[event, data]], last?}.

`last` comes 30 ms later, and in 30 more the connection breaks.
"""

NOW = "2022-04-04T02:00:00Z"


def snapshot(position: int, *keys: str) -> list[Any]:
    rows = [{"view": "headcount", "key": key, "row": {"key": key}} for key in keys]
    return ["snapshot", {"position": position, "now": NOW, "rows": rows, "degraded": {}}]


def patch(after: int, upto: int, *keys: str) -> list[Any]:
    rows = [{"view": "headcount", "key": key, "row": {"key": key}} for key in keys]
    return ["patch", {"after": after, "upto": upto, "now": NOW, "rows": rows}]


@pytest.fixture
def page(city: City, screens: Screens) -> Page:
    return screens.open(city.url).sign_in(city)


def test_a_stream_that_broke_just_after_a_change_does_not_look_alive_again(page: Page) -> None:
    """The change is drawn a moment later than it came: what was lost meanwhile stays lost."""
    played = [{"frames": [snapshot(1, "a"), patch(1, 2, "b")], "last": [patch(2, 3, "c")]}]
    seen = page.evaluate(PLAYED, played)
    assert seen["rows"] == ["a", "b", "c"]
    assert seen["asked"][1] == "3"
    assert seen["phase"] == "disconnected"


def test_what_was_on_its_way_when_a_stream_was_given_up_is_not_taken_for_the_next_one(page: Page) -> None:
    """A gap makes it start over; the rest of the old stream must not be what the new one resumes from."""
    played = [
        {"frames": [snapshot(1, "a"), patch(5, 6, "lost"), snapshot(9, "old")]},
        {"frames": [snapshot(10, "new")]},
    ]
    seen = page.evaluate(PLAYED, played)
    assert seen["asked"] == [None, None]
    assert seen["rows"] == ["new"]
    assert seen["phase"] == "live"
