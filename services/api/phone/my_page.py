"""The data of the courier's page: the worker, their team, tasks and hours."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from events.base import Personal
from projections.assignments import Proof
from services.api.hours import Hours


class MyWorker(Struct, kw_only=True):
    """The calling worker. Their own name is in clear."""

    worker: str
    call_sign: str | None
    area: str | None
    role: str
    presence: str
    team: str | None
    since: datetime | None
    home_area: str | None
    organisation: str | None
    name: str | None
    phone: Personal | None
    area_name: str | None
    home_area_name: str | None


class Member(Struct):
    """A member of the worker's team."""

    worker: str
    call_sign: str | None
    name: Personal | None
    presence: str


class MyTeam(Struct, kw_only=True):
    """The worker's active team."""

    team: str
    name: str
    kind: str
    area: str
    state: str
    leader: str | None
    area_name: str | None
    members: list[Member]


class TaskRequest(Struct, kw_only=True):
    """The request of a task. Address and contact are omitted once the task has ended."""

    request: str
    number: int | None
    category: str
    priority: int
    area: str
    quantity: int
    state: str
    due_at: datetime | None
    opened_at: datetime
    area_name: str | None
    lon: float | UnsetType | None = UNSET
    lat: float | UnsetType | None = UNSET
    contact_name: Personal | UnsetType | None = UNSET
    contact_phone: Personal | UnsetType | None = UNSET
    address: Personal | UnsetType | None = UNSET
    text: Personal | UnsetType | None = UNSET


class MyTask(Struct, kw_only=True):
    """An assignment of the worker or their team."""

    assignment: str
    state: str
    unit: Annotated[str, Meta(description="The worker, or the active team they are in")]
    team: str | None
    offered_at: datetime | None
    expires_at: datetime | None
    accepted_at: datetime | None
    dispatched_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    proofs: tuple[Proof, ...]
    request: TaskRequest | None


class MySos(Struct, kw_only=True):
    """The worker's call for help that has not ended."""

    sos: str
    state: Annotated[str, Meta(description="open or acknowledged")]
    raised_at: datetime
    acknowledged_at: datetime | None


class Shown(Struct, kw_only=True):
    """The part that changes with events, as of one position."""

    worker: MyWorker
    team: MyTeam | None
    tasks: list[MyTask]
    recent: list[MyTask]
    sos: MySos | None


class MyPage(Shown, kw_only=True):
    """The whole page."""

    hours: Hours
    desk_phone: Annotated[str | None, Meta(description="Whom to call if a call for help cannot be sent")]
    now: datetime
    position: int
