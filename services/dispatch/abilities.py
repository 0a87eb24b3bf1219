"""Who can serve what, as a table: shipped in `abilities.toml`, or a command centre's own file."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

SHIPPED: Final = Path(__file__).with_name("abilities.toml")
_CODE: Final = msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.\-]{0,63}$")
_Code = Annotated[str, _CODE]
_Label = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class AbilitiesInvalid(Exception):
    """The file of abilities cannot be read; says which file and what is wrong with it."""


class Ability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who can serve one category of requests: whoever fits any of these."""

    roles: tuple[_Code, ...] = ()
    skills: tuple[_Code, ...] = ()
    vehicles: tuple[_Label, ...] = ()
    """As they are registered; case does not count."""
    team_kinds: tuple[_Code, ...] = ()

    def of_worker(self, role: str, skills: Iterable[str], vehicle: str | None) -> tuple[str, ...]:
        """Why a worker is able, such as `role:courier`; empty = they are not."""
        found = [f"role:{role}"] if role in self.roles else []
        found += [f"skill:{skill}" for skill in skills if skill in self.skills]
        if vehicle and vehicle.casefold() in {one.casefold() for one in self.vehicles}:
            found.append(f"vehicle:{vehicle}")
        return tuple(found)

    def may(self, role: str) -> bool:
        """Whether workers of this role are able, or may be by a skill or vehicle."""
        return role in self.roles or bool(self.skills or self.vehicles)

    def of_team(self, kind: str) -> tuple[str, ...]:
        """Why a team is able, such as `team_kind:vehicle`; empty = it is not."""
        return (f"team_kind:{kind}",) if kind in self.team_kinds else ()


class Abilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table. Of a category that it does not have, everybody is able."""

    categories: Mapping[_Code, Ability] = {}

    def __post_init__(self) -> None:
        nobody = sorted(name for name, one in self.categories.items() if one == Ability())
        if nobody:
            raise ValueError(f"nobody can serve {', '.join(nobody)}: give a line, or leave the category out")


def load(path: Path = SHIPPED) -> Abilities:
    """The table of a file. Raises AbilitiesInvalid."""
    try:
        given: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(given, Abilities)
    except OSError as error:
        raise AbilitiesInvalid(f"the abilities in {path} cannot be read: {error.strerror}") from error
    except (msgspec.ValidationError, ValueError) as error:
        raise AbilitiesInvalid(f"the abilities in {path} are wrong: {error}") from error
