"""Every code that a decision may refuse with, or name as an anomaly; stable, for programs and documents.

A refusal's sentence says which worker, request or area it is about; these lines say what the code means.
"""

from typing import Final

REFUSALS: Final[dict[str, str]] = {
    "area.closed": "The area is closed: nobody checks in and nothing is opened there.",
    "area.exists": "Another area has this code.",
    "area.no_parent": "The area's parent, by code prefix, is not defined.",
    "area.outside": "The area's code does not lie inside the jurisdiction.",
    "area.root": "The root area is the jurisdiction itself; it is neither renamed nor closed.",
    "area.unknown": "The area is not defined.",
    "assignment.duplicate": "The worker or team is already on this request.",
    "assignment.ended": "The assignment has ended, or is not live.",
    "assignment.exists": "Another assignment has this id.",
    "assignment.not_accepted": "The assignment is only offered.",
    "assignment.subject": "An assignment has either a worker or a team.",
    "assignment.unknown": "The assignment does not exist.",
    "capacity.exceeded": "The worker or team is on as many assignments as their capacity allows.",
    "fact.not_newest": "Only the newest of a worker's own facts can be taken back.",
    "fact.unknown": "The command recorded no fact of this worker that still holds.",
    "forbidden": "The token does not reach this area, or is for one worker's own facts and offers.",
    "handover.exists": "Another handover note has this id.",
    "handover.resolved": "The handover note is resolved; nothing is left to take on.",
    "handover.unknown": "The handover note does not exist.",
    "incident.closed": "The incident had been closed by then.",
    "incident.ends_first": "The incident would end before it starts.",
    "incident.exists": "Another incident has this id.",
    "incident.unfinished": "Requests of the incident are unfinished.",
    "incident.unknown": "The incident does not exist.",
    "jurisdiction.established": "The jurisdiction is established under another name or time zone.",
    "jurisdiction.moved": "The jurisdiction has moved to another log; this one takes no commands.",
    "jurisdiction.not_moved": "The jurisdiction has not moved, so there is nothing to resume.",
    "jurisdiction.unknown": "The jurisdiction has no data, and this token may not establish it.",
    "offer.expired": "The time to answer the offer is over.",
    "offer.gone": "The offer was answered, withdrawn or has expired.",
    "offer.not_due": "The offer still stands; it expires later.",
    "request.ended": "The request is done, failed, cancelled or merged.",
    "request.exists": "Another request has this id.",
    "request.full": "The request's slots are taken.",
    "request.reopened": "The request was reopened since; what was done before no longer counts.",
    "request.same": "A request cannot be merged into itself.",
    "request.slots_taken": "More slots are taken than the request would have.",
    "request.unknown": "The request does not exist.",
    "team.exists": "Another team has this id.",
    "team.has_assignments": "The team has live assignments.",
    "team.not_active": "The team is forming or has stood down.",
    "team.not_member": "The worker is not a member of the team.",
    "team.stood_down": "The team has stood down.",
    "team.unknown": "The team does not exist.",
    "timezone.unknown": "This is not an IANA time zone.",
    "worker.erased": "The worker was erased; their id is not used again.",
    "worker.exists": "The worker is registered already.",
    "worker.has_assignment": "The worker has a live assignment of their own.",
    "worker.in_team": "The worker is in another active team.",
    "worker.off_duty": "The worker is off duty.",
    "worker.retired": "The worker has retired.",
    "worker.unknown": "The worker is not registered.",
}
"""Code -> what it means. Of an observed command many of these are noted as anomalies instead."""

NOTED: Final[dict[str, str]] = {
    "assignment.ended": "Done was reported late, for a time before the assignment ended otherwise.",
    "duty.ended_under_assignment": "Late news: the worker had checked out before they were assigned.",
    "stage.out_of_order": "The stage is earlier than one that comes before it, or than the dispatch.",
}
"""Anomalies that are recorded even where nothing was observed: nothing refuses these."""

ANOMALIES: Final[frozenset[str]] = frozenset(
    (
        *NOTED,
        "area.closed",
        "assignment.duplicate",
        "assignment.not_accepted",
        "capacity.exceeded",
        "fact.not_newest",
        "handover.resolved",
        "incident.closed",
        "incident.unfinished",
        "offer.expired",
        "offer.gone",
        "offer.not_due",
        "request.ended",
        "request.full",
        "request.slots_taken",
        "team.has_assignments",
        "team.not_active",
        "team.not_member",
        "team.stood_down",
        "worker.exists",
        "worker.has_assignment",
        "worker.in_team",
        "worker.off_duty",
        "worker.retired",
    )
)
"""Codes that an event's `anomalies` may hold."""

MEANING: Final[dict[str, str]] = NOTED | REFUSALS
"""Code -> what it means, whether it refuses or is noted."""
