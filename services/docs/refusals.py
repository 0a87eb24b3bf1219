"""Generate docs/catalogue/codes.md: every stable code, found where the source uses it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from services import refusals
from services.api.commands import STATUS
from services.decisions.table import tables
from services.docs.markdown import code, head, table
from services.verify.meanings import MEANINGS

ROOT: Final = Path(__file__).parents[1]
_CODE: Final = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)?")
INTRO = """Codes are stable; sentences may change. `{...}` is a value filled in."""
REFUSED = """A rule refused the command. A single command is answered with this status; in a batch its
outcome is `refused`. Codes marked *anomaly* do not refuse a command sent as `observed`; it is recorded with
the code."""
NOTED_INTRO = """The command is recorded and listed in the view `anomalies`."""
WRITER = """These concern the command id or the log. After `pending`, retry with the same id."""
PROBLEMS = """RFC 9457 problems raised before any rule is checked."""
TOKENS = """Reported by `muster token`."""
TRANSFERS = (
    """Reported by `muster export`, `muster load` and `muster keys` ([moving and backup](../moving.md))."""
)
ROWS = """Written to the rejects file of an import, with the line and a reason."""
FINDINGS = """Reported by `muster verify`, with the position."""
REPAIRS = """Reported by `muster repair`."""


class Found(NamedTuple):
    """One use of a code. `status` is set for problems."""

    code: str
    status: int | None = None


def page() -> str:
    """Return the text of the page."""
    rules = [*_of("decisions", "Refused", 0), *_of("decisions", "rule", 1), *_of("decisions", "fresh", 1)]
    lines = head("Codes", INTRO)
    lines += ["## Refusals", "", REFUSED, "", *_refusals({f.code for f in rules} | _unknown())]
    notes = [(code(name), text) for name, text in sorted(refusals.noted().items()) if _only_noted(name)]
    lines += ["## Anomalies only", "", NOTED_INTRO, "", *table(("code", "meaning"), notes)]
    lines += [
        "## Outcomes of recording",
        "",
        WRITER,
        "",
        *_told({f.code for f in _of("recorder", "Refused", 0)}),
    ]
    lines += ["## HTTP problems", "", PROBLEMS, "", *_problems(_of("api", "Problem", 1))]
    lines += ["## Tokens", "", TOKENS, "", *_told({f.code for f in _of("access", "TokenRefused", 0)})]
    transfers = [*_of("transfer", "TransferFailed", 0), *_of("cli", "TransferFailed", 0)]
    lines += ["## Moving and backup", "", TRANSFERS, "", *_told({f.code for f in transfers})]
    lines += [
        "## Repair of a log",
        "",
        REPAIRS,
        "",
        *_told({f.code for f in _of("recorder", "RepairRefused", 0)}),
    ]
    lines += ["## Rejected rows", "", ROWS, "", *_told({f.code for f in _of("intake", "RowError", 0)})]
    lines += ["## Findings", "", FINDINGS, "", *_findings()]
    return "\n".join(lines).rstrip() + "\n"


# -- tables ------------------------------------------------------------------------------------------------


def _refusals(names: set[str]) -> list[str]:
    rows = [
        (
            code(name),
            str(STATUS.get(name, 409)),
            "anomaly" if name in refusals.noted() else "",
            refusals.meaning(name),
            _said(name),
        )
        for name in sorted(names)
    ]
    return table(("code", "status", "observed", "meaning", "sentence"), rows)


def _only_noted(name: str) -> bool:
    """Return whether the code has a separate meaning as an anomaly or is never a refusal."""
    entry = refusals.entries(refusals.REFERENCE)[name]
    return isinstance(entry.noted, str) or not entry.sentences()


def _told(names: set[str]) -> list[str]:
    return table(("code", "sentence"), ((code(name), _said(name)) for name in sorted(names)))


def _problems(some: list[Found]) -> list[str]:
    rows = [(code(name), _statuses(some, name), _said(name)) for name in sorted({f.code for f in some})]
    return table(("code", "status", "sentence"), rows)


def _statuses(some: list[Found], name: str) -> str:
    return ", ".join(sorted({str(f.status or "other") for f in some if f.code == name}))


def _said(name: str) -> str:
    """Return all sentences of a code, separated by slashes."""
    entry = refusals.entries(refusals.REFERENCE)[name]
    texts = [text for one in (None, *sorted(entry.variants)) for text in entry.sentences(one)]
    return " / ".join(dict.fromkeys(texts))


def _findings() -> list[str]:
    return table(("code", "meaning"), ((code(name), text) for name, text in sorted(MEANINGS.items())))


# -- finding them ------------------------------------------------------------------------------------------


def _calls(where: str, name: str) -> Iterator[ast.Call]:
    """Yield every call of a function or method with this name."""
    path = ROOT / where
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) == name:
                yield node


def _name(node: ast.expr) -> str:
    return getattr(node, "id", None) or getattr(node, "attr", "")


def _of(where: str, name: str, at: int) -> list[Found]:
    """Return codes passed as argument number `at`, each with the status passed before it, if any."""
    return [
        Found(one, _number(call.args[0]) if at else None)
        for call in _calls(where, name)
        if len(call.args) > at
        for one in _constants(call.args[at])
    ]


def _unknown() -> set[str]:
    """Return the codes `lookups.known` derives from the tables passed to it."""
    named = [tables.get(_name(call.args[1]).lower()) for call in _calls("decisions", "known")]
    return {f"{table.kind}.unknown" for table in named if table}


def _constants(node: ast.expr) -> list[str]:
    """Return the codes an expression can evaluate to; [] if they are computed elsewhere."""
    match node:
        case ast.Constant(value=str(text)) if _CODE.fullmatch(text):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_constants(body), *_constants(orelse)]
        case ast.BoolOp(values=values):
            return [one for value in values for one in _constants(value)]
        case _:
            return []


def _number(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, ast.Constant(value=int(number))]):
            return number
        case _:
            return None
