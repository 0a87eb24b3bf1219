"""What endpoints of imports take and return."""

from typing import Annotated, Final

from msgspec import Meta, Struct
from pydantic import Field

from services.api.context import Uuid
from services.api.parameters import Parameters, Reads, any_text, in_range, one_of
from services.api.problems import Problem
from services.decisions.turning import unturned
from services.intake import load_mapping, shipped
from services.intake.mapping import codec
from services.intake.rows.asking import Question
from services.intake.rows.contradictions import Change
from services.intake.rows.noting import Noted
from services.intake.running.desk import Import
from services.intake.running.previewing import PreviewColumn, PreviewRow
from services.refusals import REFERENCE, languages

MOST_NAME: Final = 200
ROWS: Final = 20
"""Rows in a preview by default."""
MOST_ROWS: Final = 100
SHIPPED: Final = {name: load_mapping(name) for name in shipped()}


def _file_name(name: str, text: str) -> str:
    if not 0 < len(text) <= MOST_NAME or any(char < " " or char == "\x7f" for char in text):
        raise Problem(400, "parameter.invalid", variant="file", most=MOST_NAME)
    return unturned(text)


_NAME: Final = Reads(
    _file_name,
    {"type": "string", "minLength": 1, "maxLength": MOST_NAME, "pattern": "^[^\\x00-\\x1f\\x7f]+$"},
)


def _encoding(name: str, text: str) -> str:
    try:
        return codec(text)
    except ValueError as error:
        raise Problem(400, "parameter.invalid", variant="encoding", given=text[:40]) from error


_ENCODING: Final = Reads(_encoding, {"type": "string", "minLength": 1, "maxLength": 40})


LINES: Final = {"type": "string", "maxLength": 500, "pattern": "^[^\\x00]*$"}
"""Lines of a sheet. 40 of these fit into a request's head; the pages send 60 lines in each."""

FileName = Annotated[str, _NAME, Field(description="Display name of the file")]


class FileParameters(Parameters):
    """The file's name, and what its cells mean."""

    file: FileName = "table"
    answer: Annotated[
        tuple[str, ...],
        Field(
            description="The meaning of a cell in question: COLUMN:TEXT=VALUE. An empty value "
            "leaves the cell empty; the text * means every such cell of the column"
        ),
    ] = ()

    encoding: Annotated[
        str | None, _ENCODING, Field(description="Of a text file, such as gb18030; omitted: detected")
    ] = None


class PreviewParameters(FileParameters):
    """The parameters of a preview: those of the file, and how much to show."""

    mapping: Annotated[
        str | None, one_of(list(SHIPPED)), Field(description="By name; omitted: the one that fits best")
    ] = None
    rows: Annotated[int, in_range(1, MOST_ROWS), Field(description="Rows shown")] = ROWS


class ImportParameters(FileParameters):
    """The parameters of an import: those of the file, its mapping, and the language of the rejected rows."""

    mapping: Annotated[str, one_of(list(SHIPPED)), Field(description="By name")]
    apply: Annotated[
        tuple[Annotated[str, any_text(LINES)], ...],
        Field(
            max_length=40,
            description="Lines in which the sheet is right where it contradicts what people decided: "
            "LINE,LINE, of a workbook SHEET:LINE,LINE, or all",
        ),
    ] = ()
    language: Annotated[
        str, one_of(list(languages())), Field(description="Of the reasons in the file of rejected rows")
    ] = REFERENCE


class RejectsParameters(Parameters):
    """The table whose rejected rows to return."""

    table: Annotated[
        int, in_range(1, 1000), Field(description="Of a workbook: the n-th sheet that has some")
    ] = 1


class TemplateParameters(Parameters):
    """The format of an empty table, and the language of its headings."""

    format: Annotated[str, one_of(["csv", "xlsx"])] = "xlsx"
    language: Annotated[str, one_of(list(languages()))] = REFERENCE


class MappingColumn(Struct, frozen=True):
    """A column that a mapping uses."""

    column: str
    needed: bool
    also: Annotated[list[str], Meta(description="Alternative headings")]
    headings: Annotated[dict[str, str], Meta(description="By language: its heading in the template")]
    hints: Annotated[dict[str, str], Meta(description="By language: what to write into it")]
    words: Annotated[list[str], Meta(description="The cells that it takes; empty = any")]


class MappingItem(Struct, frozen=True):
    """A built-in mapping."""

    name: str
    title: str
    template: Annotated[bool, Meta(description="Whether there is an empty table to fill in")]
    columns: list[MappingColumn]


class Mappings(Struct):
    """All built-in mappings."""

    items: list[MappingItem]


class ImportPreview(Struct):
    """The first rows of each table in a file that the mapping reads."""

    file: str
    mapping: str
    columns: list[PreviewColumn]
    missing: Annotated[list[str], Meta(description="Columns that the mapping would use, but does not need")]
    rows: list[PreviewRow]
    total_rows: int
    questions: Annotated[
        list[Question], Meta(description="Cells to be explained with `answer`; otherwise rejected")
    ]
    differing: Annotated[int, Meta(description="Rows that contradict what people decided")]
    changes: Annotated[
        list[Change], Meta(description="The first of them; the log stands unless `apply` accepts them")
    ]
    noted: Annotated[list[Noted], Meta(description="Notes about rows that would be accepted")]


class SaidNames(Struct):
    """What sheets called areas last time, whatever people have renamed since."""

    names: Annotated[
        dict[str, dict[str, str]], Meta(description="Sheet -> code of an area -> its name there")
    ]


class Begun(Struct, rename={"id": "import"}):
    """A started import."""

    id: Uuid
    state: str


class ImportList(Struct):
    """Imports, newest first."""

    items: list[Import]
