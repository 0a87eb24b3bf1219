"""Commands with every field set, built from their types."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel

from events.refs import Ref
from services.decisions.references import Mention

NOW: Final = datetime(2022, 3, 28, 1, tzinfo=UTC)
SAMPLES: Final = {int: 1, float: 1.0, bool: False, datetime: NOW, AwareDatetime: NOW}


class Build:
    """A builder of commands with every field set. One reference may be replaced."""

    def __init__(self, names: Callable[[str], str], replaced: Mention | None = None, by: str = "") -> None:
        """`names` gives the id of an example of each kind."""
        self._names, self._path, self._by = names, replaced and replaced.path, by

    def command(self, model: type[BaseModel], at: tuple[str, ...] = ()) -> Any:
        """Return a command of this class, including its items."""
        hints = get_type_hints(model, include_extras=True)
        return model.model_construct(
            **{name: self._value(hints[name], (*at, name)) for name in model.model_fields}
        )

    def _value(self, hint: Any, at: tuple[str, ...], marks: tuple[Any, ...] = ()) -> Any:
        if metadata := getattr(hint, "__metadata__", None):
            return self._value(get_args(hint)[0], at, (*marks, *metadata))
        if get_origin(hint) is tuple:
            return (self._value(get_args(hint)[0], at, marks),)
        if get_origin(hint) in (Union, UnionType):
            return self._value(get_args(hint)[0], at, marks)
        if get_origin(hint) is Literal:
            return get_args(hint)[0]
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            return self.command(hint, at)
        return self._text(at, marks) if hint is str else SAMPLES[hint]

    def _text(self, at: tuple[str, ...], marks: tuple[Any, ...]) -> str:
        if at == self._path:
            return self._by
        ref = next((one for one in marks if isinstance(one, Ref)), None)
        return self._names(ref.kind) if ref else "word"
