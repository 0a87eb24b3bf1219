"""What the report says around its figures, in each language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from events.terms import Names
from services.reports.institutions.parts import PartFound
from services.reports.institutions.worked import FigureFound, InstitutionsReport, RowFound

LANGUAGES: Final = ("en", "zh")
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "{name}: report of the institutions",
        "head": "As of {at}, compared with {since}",
        "source": "All figures follow from the log up to position {position}.",
        "caption": "{section}, as of {at}, compared with {since}, log position {position}",
        "figure": "Figure",
        "value": "Value",
        "before": "Before",
        "change": "Change",
        "share": "Share",
        "definition": "What it counts",
        "overdue": "Overdue",
        "nothing_overdue": "Nothing was overdue.",
        "more": "{more} more are not listed.",
        "empty": "Nothing was recorded until then.",
        "what": "What",
        "due": "Due",
        "days": "Days late",
        "owner": "With",
        "area": "Area",
        "hours": "{n} h",
        "days_unit": "{n} days",
        "count": "{n}",
        "edition": "Source's own date: {edition}; before: {before}",
        "no_edition": "none",
        "page": "page {page} of {pages}",
    },
    "zh": {
        "title": "{name}机构工作报告",
        "head": "截至 {at}，与 {since} 对比",
        "source": "各项数据均由事件日志推算，日志位置：{position}。",
        "caption": "{section}：截至 {at}，与 {since} 对比，日志位置 {position}",
        "figure": "指标",
        "value": "本期",
        "before": "上期",
        "change": "增减",
        "share": "占比",
        "definition": "统计口径",
        "overdue": "逾期事项",
        "nothing_overdue": "无逾期事项。",
        "more": "另有 {more} 项未列出。",
        "empty": "截至该时点暂无记录。",
        "what": "事项",
        "due": "期限",
        "days": "逾期天数",
        "owner": "承办岗位",
        "area": "区域",
        "hours": "{n} 小时",
        "days_unit": "{n} 天",
        "count": "{n}",
        "edition": "来源日期：{edition}；上期：{before}",
        "no_edition": "无",
        "page": "第 {page} 页，共 {pages} 页",
    },
}


def word(key: str, language: str, **values: object) -> str:
    """Return a text with its values."""
    return WORDS[language][key].format(**values)


def named(names: Names, language: str) -> str:
    """Return a name in a language."""
    return (names.zh if language == "zh" else names.en) or ""


def stamp(at: datetime) -> str:
    """Return a local instant to the minute, with its offset. The last instant of a day is its last minute."""
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"


def valued(one: FigureFound, value: float, language: str) -> str:
    """Return a value with its unit."""
    n = f"{value:,.1f}" if one.unit == "hours" else f"{value:,.0f}"
    return word("days_unit" if one.unit == "days" else one.unit, language, n=n)


def changed(one: FigureFound) -> str:
    """Return a change with its sign; empty if there is none."""
    if not one.change:
        return ""
    return f"{one.change:+,.1f}" if one.unit == "hours" else f"{one.change:+,.0f}"


def divided(one: PartFound) -> tuple[str, str, str, str, str]:
    """Return a part of a figure: name, value, before, change, share."""
    change = f"{one.change:+,}" if one.change else ""
    return one.name, f"{one.value:,}", f"{one.before:,}", change, shared(one.share)


def dated(one: PartFound, language: str) -> str:
    """Return the source's own dates of a part: that which counts, and that before."""
    days = (one.edition, one.edition_before)
    edition, before = (f"{day:%Y-%m-%d}" if day else word("no_edition", language) for day in days)
    return word("edition", language, edition=edition, before=before)


def shared(share: float | None) -> str:
    """Return a share of another figure; empty if it is none."""
    return "" if share is None else f"{share:.1%}"


def said(row: RowFound, language: str) -> str:
    """Return what a row is called, a person by name where the reader may see it; its id without any."""
    return row.person_name or (row.names and named(row.names, language)) or row.name or row.key


def held(row: RowFound) -> str:
    """Return the post that has a row to do, and who holds it."""
    return f"{row.owner_name} ({row.holder_name})" if row.holder_name else row.owner_name


def called(report: InstitutionsReport, figure: str, language: str) -> str:
    """Return what a figure of the report is called."""
    return next(
        named(one.names, language)
        for section in report.sections
        for one in section.figures
        if one.figure == figure
    )
