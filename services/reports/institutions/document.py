"""The report as a DOCX. Equal reports have equal bytes."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor

from services.reports.institutions.words import (
    called,
    changed,
    dated,
    divided,
    held,
    named,
    said,
    shared,
    stamp,
    valued,
    word,
)
from services.reports.institutions.worked import FigureFound, InstitutionsReport, OverdueFound, SectionFound

_PART: Final = "\t"
"""What a part of a figure begins with, before it is indented."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_FONTS: Final = {"en": ("Calibri", "SimSun"), "zh": ("Times New Roman", "SimSun")}
"""Of Latin letters, and of Chinese ones. Word and WPS have them; others take what they have instead."""
_HEADING: Final = "SimHei"
_FIGURES: Final = (
    ("figure", 4.2),
    ("value", 2.1),
    ("before", 2.1),
    ("change", 1.8),
    ("share", 1.6),
    ("definition", 5.2),
)
_OVERDUE: Final = (("what", 3.8), ("figure", 3.0), ("due", 3.4), ("days", 1.8), ("owner", 3.2), ("area", 1.8))
"""Columns and their widths in centimetres: 17 together."""
_BESIDE: Final = 5
_ABOVE: Final = 2
"""Space in cells, in points."""
_SHADE: Final = "F0F0F0"
"""Of the row of headings."""
_INDENT: Final = Cm(0.4)
"""Of a part below its figure."""
_NUMBERS: Final = ("value", "before", "change", "share", "days")


def written(report: InstitutionsReport, language: str, base: str = "") -> bytes:
    """Return the report as a file. `base`: address of the service, with which figures link to their rows."""
    file = _File(report, language, base)
    file.write()
    return file.packed()


class _File:
    """One document being written."""

    def __init__(self, report: InstitutionsReport, language: str, base: str) -> None:
        self._report, self._language, self._base = report, language, base
        self._doc: Any = Document()
        self._prepare()

    def _say(self, key: str, **values: object) -> str:
        return word(key, self._language, **values)

    def _prepare(self) -> None:
        """Set page, fonts and properties."""
        section = self._doc.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2)
        latin, chinese = _FONTS[self._language]
        for name, size in (("Normal", 10), ("Title", 20), ("Heading 1", 13), ("Caption", 8)):
            style = self._doc.styles[name]
            style.font.name, style.font.size = latin, Pt(size)
            style.font.color.rgb = RGBColor(0, 0, 0)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), _HEADING if name in ("Title", "Heading 1") else chinese)
        caption = self._doc.styles["Caption"]
        caption.font.bold, caption.paragraph_format.space_before = False, Pt(3)
        tongue = self._doc.styles.element.find(f".//{qn('w:lang')}")
        tongue.set(qn("w:eastAsia"), "zh-CN")
        about = self._doc.core_properties
        about.title, about.author, about.comments = self._title(), "Muster", ""
        about.created = about.modified = self._report.at
        about.last_modified_by, about.language = "Muster", "zh-CN" if self._language == "zh" else "en"
        self._foot(section.footer.paragraphs[0])

    def _title(self) -> str:
        return self._say("title", name=self._report.name)

    def _foot(self, paragraph: Any) -> None:
        """Write the title, the instant, and page X of Y, which Word counts."""
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        before, between, after = self._say("page", page="\n", pages="\n").split("\n")
        paragraph.add_run(f"{self._title()} · {stamp(self._report.at)} · {before}")
        self._counted(paragraph.add_run(), "PAGE")
        paragraph.add_run(between)
        self._counted(paragraph.add_run(), "NUMPAGES")
        paragraph.add_run(after)

    def _counted(self, run: Any, field: str) -> None:
        for kind, text in (("begin", ""), (None, field), ("end", "")):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            else:
                part.text = text
            run._r.append(part)

    def write(self) -> None:
        """Write the head, what is overdue, and each section."""
        report = self._report
        self._doc.add_heading(self._title(), 0)
        self._doc.add_paragraph(self._say("head", at=stamp(report.at), since=stamp(report.since)))
        self._doc.add_paragraph(self._say("source", position=report.position))
        for section in report.sections:
            self._section(section)
        self._doc.add_heading(self._say("overdue"), 1)
        if report.overdue:
            self._table(self._say("overdue"), _OVERDUE, (self._overdue(one) for one in report.overdue))
            if more := report.overdue_count - len(report.overdue):
                self._doc.add_paragraph(self._say("more", more=more))
        else:
            self._doc.add_paragraph(self._say("nothing_overdue"))

    def _section(self, section: SectionFound) -> None:
        title = f"{section.section}  {named(section.names, self._language)}"
        self._doc.add_heading(title, 1)
        if section.empty:
            self._doc.add_paragraph(self._say("empty"))
            return
        self._table(title, _FIGURES, (line for one in section.figures for line in self._lines(one)))
        at, since = stamp(self._report.at), stamp(self._report.since)
        told = {"section": section.section, "at": at, "since": since, "position": self._report.position}
        self._doc.add_paragraph(self._say("caption", **told), style="Caption")

    def _lines(self, one: FigureFound) -> Iterator[Sequence[str | tuple[str, str]]]:
        """Yield a figure, and its parts below it."""
        yield self._figure(one)
        for part in one.parts:
            name, *numbers = divided(part)
            yield f"{_PART}{name}", *numbers, dated(part, self._language)

    def _figure(self, one: FigureFound) -> Sequence[str | tuple[str, str]]:
        name = named(one.names, self._language)
        share = shared(one.share)
        return (
            (name, self._address(one.figure)) if self._base else name,
            valued(one, one.value, self._language),
            valued(one, one.before, self._language),
            changed(one),
            share,
            named(one.definition, self._language),
        )

    def _overdue(self, one: OverdueFound) -> Sequence[str]:
        return (
            said(one, self._language),
            called(self._report, one.figure, self._language),
            f"{one.due:%Y-%m-%d %H:%M}" if one.due else "",
            str(one.days or 0),
            held(one) or one.owner or "",
            one.area_name,
        )

    def _address(self, figure: str) -> str:
        """Return the page of the board that shows the rows of a figure."""
        query = {
            "figure": figure,
            "at": self._report.at.isoformat(),
            "since": self._report.since.isoformat(),
        }
        return f"{self._base}/#/{self._report.jurisdiction}/report?{urlencode(query)}"

    def _table(
        self,
        title: str,
        columns: Sequence[tuple[str, float]],
        rows: Iterable[Sequence[str | tuple[str, str]]],
    ) -> None:
        table = self._doc.add_table(rows=1, cols=len(columns), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _described(table, title)
        head = table.rows[0]
        for cell, (key, _) in zip(head.cells, columns, strict=True):
            self._fill(cell, self._say(key), number=key in _NUMBERS, bold=True)
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), _SHADE)
            cell._tc.get_or_add_tcPr().append(shade)
        repeated = OxmlElement("w:tblHeader")
        head._tr.get_or_add_trPr().append(repeated)
        for column, (_, width) in zip(table.columns, columns, strict=True):
            column.width = Cm(width)
        for values in rows:
            for cell, (key, _), value in zip(table.add_row().cells, columns, values, strict=True):
                self._fill(cell, value, number=key in _NUMBERS)
        for cell in table.rows[-1].cells:  # the caption stays with its table
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        for row in table.rows:
            whole = OxmlElement("w:cantSplit")
            row._tr.get_or_add_trPr().append(whole)
            for cell, (_, width) in zip(row.cells, columns, strict=True):
                cell.width = Cm(width)

    def _fill(self, cell: Any, value: str | tuple[str, str], *, number: bool, bold: bool = False) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if isinstance(value, tuple):
            self._link(paragraph, *value)
            return
        if value.startswith(_PART):
            paragraph.paragraph_format.left_indent = _INDENT
        run = paragraph.add_run(_plain(value.removeprefix(_PART)))
        run.bold, run.font.size = bold, Pt(9)

    def _link(self, paragraph: Any, text: str, address: str) -> None:
        relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), relation)
        run = paragraph.add_run(_plain(text))
        run.font.size, run.font.underline = Pt(9), True
        link.append(run._r)
        paragraph._p.append(link)

    def packed(self) -> bytes:
        """Return the bytes. Its parts bear no time of writing, so that equal reports are equal files."""
        made, found = BytesIO(), BytesIO()
        self._doc.save(made)
        with zipfile.ZipFile(made) as parts, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in parts.namelist():
                packed.writestr(
                    zipfile.ZipInfo(name, _EPOCH), parts.read(name), compress_type=zipfile.ZIP_DEFLATED
                )
        return found.getvalue()


def _described(table: Any, title: str) -> None:
    """Give a table its alternative text, and its cells some space."""
    about = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side, points in (("top", _ABOVE), ("left", _BESIDE), ("bottom", _ABOVE), ("right", _BESIDE)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(points * 20))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), _plain(title))
    look = about.find(qn("w:tblLook"))
    look.addprevious(margins)
    look.addnext(caption)


def _plain(text: str) -> str:
    """Return a text without characters that XML cannot hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
