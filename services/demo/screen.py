"""Render the board as text that fits the terminal and is readable without colours."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from events.presence import OFF_DUTY, ON_DUTY
from events.request_state import STATES
from events.team import ACTIVE
from services.demo.driver import Played
from services.demo.figures import Figures, Said
from services.demo.words import EVENTS, PRIORITIES
from services.demo.words import LEDGER as LEDGER_WORDS
from services.demo.words import PRESENCE as PRESENCE_WORDS
from services.demo.words import ROLES as ROLE_WORDS
from services.demo.words import TEAMS as TEAM_WORDS

_MEASURE = Console()


class Frame(msgspec.Struct, kw_only=True):
    """The content of one refresh."""

    title: str
    now: datetime
    """Local scenario time."""
    day: int
    """Day of the scenario; 0 = before it starts."""
    days: int
    figures: Figures
    played: Played
    links: Mapping[str, str]
    trouble: str = ""
    """Why the figures are outdated, if they are."""


def board(frame: Frame, width: int, height: int) -> RenderableType:
    """Render the board in at most `height` lines of `width`; events fill the remaining lines."""
    figures, wide = frame.figures, width >= 100
    pair = Table.grid(padding=(0, 2 if width < 90 else 5))
    pair.add_row(_duty(figures, wide=width >= 130), _waiting(figures, wide=wide))
    above = [_title(frame, width), _state(frame, wide=wide)]
    below = [_teams(figures), _ledger(figures), _counties(figures, width)]
    links = [_link(name, url) for name, url in frame.links.items()]
    gap = [Text("")] if height >= 30 else []
    used = max(len(figures.duty) + 2, 6) + 3 * len(gap)
    used += sum(_lines(text, width) for text in (*above, *below, *links))
    news = _news(figures.said[: max(0, height - used - 1)], frame.now, width)
    return Group(*above, *gap, pair, *gap, *below, *gap, *news, *links)


def _lines(text: Text, width: int) -> int:
    return 1 if text.no_wrap else len(text.wrap(_MEASURE, width))


def line(frame: Frame) -> str:
    """Render the board in one line, for logs and pipes."""
    figures, played = frame.figures, frame.played
    parts = " + ".join(f"{name} {figures.ledger[name]}" for name in STATES)
    refused = sum(played.refused.values())
    return (
        f"{frame.now:%Y-%m-%d %H:%M} {_day(frame)} | {_status(frame)[0]} | on duty {figures.on_duty}"
        f" | teams active {figures.teams[ACTIVE]} busy {figures.busy}"
        f" | received {figures.ledger['received']} = {parts}"
        f" | position {figures.position} sent {played.sent} refused {refused}"
    )


def _day(frame: Frame) -> str:
    return f"day {frame.day} of {frame.days}" if frame.day else "before"


def _title(frame: Frame, width: int) -> Text:
    left = Text(f"Muster  {frame.title}", style="bold")
    number = f"day {frame.day} of {frame.days} 第 {frame.day} 天" if frame.day else "before 前情"
    right = Text(f"{number}  {frame.now:%Y-%m-%d %H:%M:%S}", style="bold cyan")
    gap = max(1, width - left.cell_len - right.cell_len)
    return Text.assemble(left, " " * gap, right, no_wrap=True, overflow="crop")


def _status(frame: Frame) -> tuple[str, str]:
    """Return the status text and its style."""
    played = frame.played
    if frame.trouble:
        return f"not up to date: {frame.trouble}", "bold red"
    if played.ended:
        return "ENDED 已结束", "bold yellow"
    if not played.live:
        return "HISTORY 前情", "cyan"
    if played.behind >= 1:
        return f"LIVE 运行中, behind 滞后 {played.behind:.0f} s", "bold red"
    return "LIVE 运行中", "bold green"


def _state(frame: Frame, *, wide: bool) -> Text:
    words, style = _status(frame)
    played = frame.played
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"● {words}", style=style)
    text.append(f"   events 记录 {frame.figures.position:,}   commands 命令 {played.sent:,}")
    text.append(f"   refused 拒绝 {sum(played.refused.values()):,}")
    if wide:
        text.append(
            f"   repeats 重复 {played.outcomes['known'] + played.outcomes['unchanged']:,}", style="dim"
        )
    return text


def _table(title: str, *columns: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(title, header_style="bold", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True, min_width=max(3, cell_len(column)))
    return table


def _duty(figures: Figures, *, wide: bool) -> Table:
    heads = [PRESENCE_WORDS[p] if wide else _chinese(PRESENCE_WORDS[p]) for p in ON_DUTY]
    table = _table("On duty 在岗", *heads, "Σ", "off 离岗" if wide else "离岗")
    total = [0] * (len(ON_DUTY) + 2)
    for role, presences in figures.duty.items():
        counts = [presences[p] for p in ON_DUTY]
        row = [*counts, sum(counts), presences[OFF_DUTY]]
        total = [a + b for a, b in zip(total, row, strict=True)]
        table.add_row(ROLE_WORDS.get(role, role), *map(_count, row))
    table.add_row("all 合计", *map(_count, total), style="bold")
    return table


def _chinese(words: str) -> str:
    return words.rpartition(" ")[2]


def _count(number: int) -> str:
    return f"{number:,}" if number else "·"


def _waiting(figures: Figures, *, wide: bool) -> Table:
    """Render open requests by waiting time."""
    overdue = "overdue 逾期" if wide else "逾期"
    table = _table("Waiting 待派" if wide else "待派", "<30m", "<2h", "2h+", "Σ", overdue)
    total = [0] * 5
    styles = {1: "bold red", 2: "yellow", 3: "", 4: "dim"}
    for priority, (*ages, late) in figures.waiting.items():
        row = [*ages, sum(ages), late]
        total = [a + b for a, b in zip(total, row, strict=True)]
        words = PRIORITIES[priority]
        name = words if wide else f"{words[:2]} {_chinese(words)}"
        table.add_row(name, *map(_count, row), style=styles[priority])
    table.add_row("all 合计" if wide else "合计", *map(_count, total), style="bold")
    return table


def _teams(figures: Figures) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append("Teams 队伍  ", style="bold")
    counts = {state: f"{words} {figures.teams[state]}" for state, words in TEAM_WORDS.items()}
    counts[ACTIVE] += f" (busy 在忙 {figures.busy})"
    return text.append("   ".join(counts.values()))


def _ledger(figures: Figures) -> Text:
    text = Text()
    text.append("Ledger 台账  ", style="bold")
    text.append(f"{LEDGER_WORDS['received']} {figures.ledger['received']:,}", style="bold cyan")
    parts = [f"{LEDGER_WORDS[state]} {figures.ledger[state]:,}" for state in STATES]
    text.append(" = " if figures.balanced else " ≠ ", style="bold" if figures.balanced else "bold red")
    return text.append(" + ".join(parts))


def _counties(figures: Figures, width: int) -> Text:
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append("Most 在岗最多  ", style="bold")
    shown = figures.counties[: max(3, width // 14)]
    return text.append(
        "  ".join(f"{name} {count}" for name, count in shown) or "nobody on duty yet 尚无人在岗"
    )


def _news(said: list[Said], now: datetime, width: int) -> list[Text]:
    lines = [Text("Last events 动态", style="bold")]
    clock = "%m-%d %H:%M:%S" if width >= 90 else "%H:%M:%S"
    for one in said:
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(f"{one.at.astimezone(now.tzinfo).strftime(clock)} ", style="dim")
        text.append(f"{EVENTS.get(one.name, ''):　<3} {one.name:<21.21} ")
        text.append(f"{one.who:<13} ", style="cyan")
        if one.late:
            text.append(f"late 迟报 {_span(one.late)}  ", style="yellow")
        text.append(one.where)
        lines.append(text)
    return lines


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def _link(name: str, url: str) -> Text:
    text = Text(overflow="fold")
    text.append(f"{name:<8} ", style="dim")
    return text.append(url, style="underline")
