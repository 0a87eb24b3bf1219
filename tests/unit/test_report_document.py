"""The report of the institutions as a DOCX: what Word and a screen reader find in it."""

import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from docx.oxml.ns import qn

from events.terms import Names
from services.reports.institutions import READ, Asked, InstitutionsReport, Worked
from services.reports.institutions.document import written
from services.reports.institutions.parts import PartFound
from services.reports.institutions.worked import FigureFound, OverdueFound, SectionFound

AT = datetime(2022, 3, 28, tzinfo=UTC)
LANGUAGES = ("en", "zh")


def report() -> InstitutionsReport:
    """A report of one figure that has a part, and of one overdue thing; all else is empty."""
    asked = Asked(
        jurisdiction="2307", position=9, zone=ZoneInfo("Asia/Shanghai"), at=AT, since=AT - timedelta(days=9)
    )
    whole = Worked({name: {} for name in READ}, asked).report()
    part = PartFound(
        part="L1",
        name="名录",
        edition=AT,
        edition_before=None,
        value=3,
        before=0,
        change=3,
        share=None,
        share_before=None,
    )
    named: Any = {"names": Names(en="Listed", zh="条目"), "definition": Names(en="All", zh="全部")}
    counted: Any = {"value": 3, "before": 0, "change": 3, "came": 3, "left": 0}
    figure = FigureFound(
        figure="R2.listed", unit="count", parts=(part,), at=AT, position=9, address="", **named, **counted
    )
    late = OverdueFound(
        figure="R2.listed",
        view="commitments",
        key="C1",
        name="除雪\x0b",
        area=None,
        area_name="",
        since=None,
        amount=1,
        new=True,
        due=AT,
        days=0,
        owner="P1",
        owner_name="书记",
        holder_name="钱*",
    )
    section = SectionFound(section="R2", names=Names(en="Ledger", zh="台账"), figures=(figure,), empty=False)
    rest = tuple(one for one in whole.sections if one.section != "R2")
    return InstitutionsReport(
        jurisdiction="2307",
        name="伊春市",
        position=9,
        timezone="Asia/Shanghai",
        at=AT,
        since=AT - timedelta(days=9),
        sections=(section, *rest),
        overdue=(late,),
        overdue_count=1,
    )


@pytest.fixture(scope="module", params=LANGUAGES)
def document(request: pytest.FixtureRequest) -> Any:
    return Document(BytesIO(written(report(), request.param)))


def test_equal_reports_are_equal_files() -> None:
    assert written(report(), "zh") == written(report(), "zh")


def test_sections_are_headings_of_the_document(document: Any) -> None:
    titles = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert [title.split()[0] for title in titles[:-1]] == ["R2", *(f"R{n}" for n in (1, *range(3, 11)))]
    assert document.paragraphs[0].style.name == "Title"
    assert document.core_properties.title == document.paragraphs[0].text


def test_tables_have_an_alternative_text_and_repeat_their_headings(document: Any) -> None:
    tables = list(document.element.body.iter(qn("w:tbl")))
    assert len(tables) == 2
    for table in tables:
        assert table.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert table.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table.tr_lst)


def test_columns_fill_the_page_and_no_more(document: Any) -> None:
    (section,) = document.sections
    room = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        for row in table.rows:
            assert abs(sum(cell.width for cell in row.cells) - room) < 1000


def test_a_part_stands_below_its_figure_with_the_sources_own_date(document: Any) -> None:
    _, figure, part = document.tables[0].rows
    assert part.cells[0].text == "名录"
    assert part.cells[0].paragraphs[0].paragraph_format.left_indent
    assert not figure.cells[0].paragraphs[0].paragraph_format.left_indent
    assert "2022-03-28" in part.cells[5].text


def test_what_is_overdue_names_the_post_and_who_holds_it(document: Any) -> None:
    cells = [cell.text for cell in document.tables[1].rows[1].cells]
    assert cells[0] == "除雪 "
    assert cells[4] == "书记 (钱*)"


@pytest.mark.parametrize(("language", "foot"), [("en", "page # of #"), ("zh", "第 # 页，共 # 页")])
def test_the_foot_counts_pages(language: str, foot: str) -> None:
    with zipfile.ZipFile(BytesIO(written(report(), language))) as parts:
        xml = parts.read("word/footer1.xml").decode()
    fields = re.findall(r"<w:instrText[^>]*>(\w+)<", xml)
    assert fields == ["PAGE", "NUMPAGES"]
    text = re.sub(r"<w:instrText[^>]*>\w+</w:instrText>", "#", xml)
    assert re.sub(r"<[^>]+>", "", text).endswith(foot)


@pytest.mark.parametrize("language", LANGUAGES)
def test_chinese_letters_have_a_font_of_their_own(language: str) -> None:
    styles = Document(BytesIO(written(report(), language))).styles
    fonts = {
        name: styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Title", "Heading 1")
    }
    assert fonts == {"Normal": "SimSun", "Title": "SimHei", "Heading 1": "SimHei"}
    assert styles.element.find(f".//{qn('w:lang')}").get(qn("w:eastAsia")) == "zh-CN"
