"""Papers as a PDF of one page, in Chinese and English. Equal papers have equal bytes."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from services.api.institutions.certificate.code import AwardPaper, Paper, Said

FONT: Final = "NotoSansSC"
"""Noto Sans SC, of the characters of GB 2312 and some more (font/LICENSE: OFL-1.1)."""
_FILE: Final = Path(__file__).parent / "font" / "NotoSansSC.ttf"
_LEFT: Final = 30 * mm
_QR: Final = 58 * mm
_TITLES: Final = {
    Paper.PREFIX: ("服务证明", "Certificate of service"),
    AwardPaper.PREFIX: ("表彰证书", "Award"),
}
_SCAN: Final = (
    "依据记录出具。扫描二维码即可验证真伪，无需登录；离线验证：muster certificate verify。",
    "Issued from the log. Scan the code to verify it, without signing in.",
)
_FEET: Final = {
    Paper.PREFIX: (
        "记录更正后本证明随即作废，其编号公布于验证页面。",
        "If the service is corrected, this certificate is revoked, and its number is published.",
    ),
    AwardPaper.PREFIX: (
        "表彰撤销后本证书随即作废，其编号公布于验证页面。",
        "If the award is revoked, this paper is void, and its number is published.",
    ),
}


@cache
def _font() -> Any:
    found: Any = TTFont(FONT, str(_FILE))
    pdfmetrics.registerFont(found)
    return found


def drawable(text: str) -> str:
    """Return a text with what the font lacks as its code point: a name must not lose a character unseen."""
    known = _font().face.charToGlyph
    return "".join(one if ord(one) in known else f"[U+{ord(one):04X}]" for one in text)


def pdf(paper: Said, address: str) -> bytes:
    """Return the PDF. `address`: of the page that verifies it, with its code."""
    _font()
    file = BytesIO()
    page: Any = Canvas(file, pagesize=A4, invariant=1, pageCompression=1)
    title = _TITLES[paper.PREFIX]
    page.setTitle(f"{title[0]} {paper.number}")
    page.setAuthor(paper.jurisdiction)
    top = A4[1] - 40 * mm
    page.setFont(FONT, 28)
    page.drawCentredString(A4[0] / 2, top, title[0])
    page.setFont(FONT, 13)
    page.drawCentredString(A4[0] / 2, top - 9 * mm, title[1])
    for number, (label, value) in enumerate(_lines(paper)):
        line = top - (30 + 12 * number) * mm
        page.setFont(FONT, 10)
        page.drawString(_LEFT, line, label)
        page.setFont(FONT, 13)
        page.drawString(_LEFT + 55 * mm, line, drawable(value))
    _draw_code(page, address)
    page.setFont(FONT, 8)
    for number, text in enumerate((*_SCAN, *_FEET[paper.PREFIX])):
        page.drawString(_LEFT, (28 - 4.5 * number) * mm, text)
    page.showPage()
    page.save()
    return file.getvalue()


def _lines(paper: Said) -> list[tuple[str, str]]:
    first, last = ("姓名 Name", paper.name), ("编号 Number", paper.number)
    match paper:
        case Paper():
            return [first, *_of_service(paper), last]
        case AwardPaper():
            return [first, *_of_award(paper), last]
        case _:
            return [first, last]


def _of_service(paper: Paper) -> list[tuple[str, str]]:
    return [
        ("报到社区 Home community", paper.home),
        ("服务时段 Period", f"{paper.since} — {paper.until}"),
        ("服务人次 Person-times", str(paper.times)),
        ("服务时长 Time", _length(paper.minutes)),
        ("出具日期 Issued", paper.issued),
    ]


def _of_award(paper: AwardPaper) -> list[tuple[str, str]]:
    return [
        ("表彰 Award", paper.title),
        ("授予单位 Given by", paper.giver),
        ("授予日期 Given on", paper.granted),
        ("事迹 Deeds", f"{paper.deeds}，有记录可查 {paper.shown}  ({paper.shown} shown by the log)"),
        ("服务人次 Person-times", str(paper.times)),
        ("服务时长 Time", _length(paper.minutes)),
    ]


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分  ({hours} h {rest} min)"


def _draw_code(page: Any, address: str) -> None:
    code: Any = QrCodeWidget(address, barLevel="M", barBorder=2)
    left, low, right, high = code.getBounds()
    scale = [_QR / (right - left), 0, 0, _QR / (high - low), 0, 0]
    drawing: Any = Drawing(_QR, _QR, transform=scale)
    drawing.add(code)
    left, low = (A4[0] - _QR) / 2, 42 * mm
    renderPDF.draw(drawing, page, left, low)
    page.linkURL(address, (left, low, left + _QR, low + _QR))
