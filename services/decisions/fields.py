"""Types of command fields. Text fields declare whether they are a reference or plain."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from msgspec import Struct
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from events.base import PERSONAL, PHONE
from events.refs import Ref
from events.terms import List
from services.decisions.references import CONCERNS, NEW, PLAIN
from services.decisions.turning import CONTROLS

_UNSEEN: Final = rf"\x7f{CONTROLS}\u061c\u200b-\u200f\u2060\ufeff"
"""Characters of no width, with which two call signs that look the same would differ. Names may need some."""
LINE: Final = rf"^[^\x00-\x1f\x7f{CONTROLS}]*[^\s\x00-\x1f\x7f{CONTROLS}][^\x00-\x1f\x7f{CONTROLS}]*$"
"""One line that is not blank."""
_TEXT: Final = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f{CONTROLS}]*$"
"""Any text with line breaks and tabs, but no other control characters."""
Id = Annotated[str, Field(pattern=r"^\w[\w.\-]{0,63}$", description="Letters, digits, _ . - ; at most 64")]
"""An id; each field declares its kind: `Annotated[Id, Ref("team")]`."""
AreaCode = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-]{0,63}$", description="Prefix code of an area"),
    Ref("area"),
]
AssignmentId = Annotated[Id, Ref("assignment")]
HandoverId = Annotated[Id, Ref("handover")]
IncidentId = Annotated[Id, Ref("incident")]
IncidentConcerned = Annotated[Id, Ref("incident"), CONCERNS]
"""The incident that something belongs to; it may cover the whole city."""
RequestId = Annotated[Id, Ref("request")]
TeamId = Annotated[Id, Ref("team")]
WorkerId = Annotated[Id, Ref("worker")]
FileName = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="Name of an uploaded file, as answered"), PLAIN
]
Code = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9_.\-]{0,63}$", description="A coded value, lower case"), PLAIN
]


class OfList(Struct, frozen=True):
    """Marks a code that must be a term of a list (services/decisions/listed.py)."""

    name: List


Label = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE), PLAIN]
CallSign = Annotated[
    str,
    Field(
        pattern=rf"^[^\x00-\x20{_UNSEEN}]([^\x00-\x1f{_UNSEEN}]{{0,22}}[^\x00-\x20{_UNSEEN}])?$",
        description="Spoken name, not a person's name; at most 24 characters",
    ),
    NEW,
    PLAIN,
]


def _utc(at: datetime) -> datetime:
    if not 1900 <= at.year <= 2200 or not 1900 <= (moment := at.astimezone(UTC)).year <= 2200:
        raise ValueError("must lie between the years 1900 and 2200")
    return moment


Instant = Annotated[AwareDatetime, Field(description="RFC 3339 with offset"), AfterValidator(_utc)]
Lon = Annotated[float, Field(ge=-180, le=180, description="WGS-84 degrees")]
Lat = Annotated[float, Field(ge=-90, le=90, description="WGS-84 degrees")]
PersonalLine = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=LINE, json_schema_extra={PERSONAL: True}),
    PLAIN,
]
PersonalPhone = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=LINE, json_schema_extra={PERSONAL: True, PHONE: True}),
    PLAIN,
]
PersonalText = Annotated[
    str,
    Field(min_length=1, max_length=4000, pattern=_TEXT, json_schema_extra={PERSONAL: True}),
    PLAIN,
]


def _whole(value: object) -> object:
    """Convert 1.0 to 1, as JSON has only one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE: Final = BeforeValidator(_whole)
Priority = Annotated[
    int, Field(ge=1, le=4, description="1 life safety, 2 urgent, 3 needed, 4 comfort"), WHOLE
]


def omitted() -> Any:
    """Default of an amendable field that cannot be null: omit it to leave it unchanged."""
    return Field(default_factory=lambda: None)
