"""`muster repair`: declare records dead that stop a jurisdiction, with the consent of two people."""

from pathlib import Path
from typing import Annotated, Final

import typer

from events.commit import Head
from services import wiring
from services.access.principal import Principal
from services.cli.common import DATA, Data, Fail, existing, out, run
from services.cli.data import expected
from services.log.port import Damage, LogUnavailable, OutcomeUnknown
from services.recorder.repairing import (
    MOST_REASON,
    Repair,
    RepairRefused,
    consenting,
    damage_of,
)
from services.recorder.repairing import repair as repair_log

PEOPLE: Final = 2


def repair(
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", "-j", help="Code of the jurisdiction.")],
    data: Data = DATA,
    head: Annotated[
        str | None,
        typer.Option(help="POSITION:HASH where the intact part ends, as printed by `muster repair`."),
    ] = None,
    dead: Annotated[
        str | None, typer.Option(help="Digest of the records to declare dead, as printed by `muster repair`.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why they are dead; recorded permanently.")] = None,
    consent: Annotated[
        list[Path] | None,
        typer.Option(help="File with the admin token of one of the two people; default: ask for both."),
    ] = None,
) -> None:
    """Show the records that stop a jurisdiction; with --head, --dead and --reason, declare them dead.

    Two people must agree, each with their own admin token. Stop an embedded server first; a cluster keeps
    running.
    """
    given = (head, dead, reason)
    if not any(given):
        damage = run(_show(existing(data), jurisdiction))
        _say(damage)
        raise typer.Exit(1)
    if head is None or dead is None or reason is None:
        raise Fail("give --head, --dead and --reason together.", 2)
    if not 0 < len(reason) <= MOST_REASON or not reason.isprintable():
        raise Fail(f"--reason: use one line of at most {MOST_REASON} characters.", 2)
    wanted = expected("--head", head)
    agreed = Repair(jurisdiction=jurisdiction, head=wanted, digest=dead.lower(), reason=reason)
    new, by = run(_repair(existing(data), agreed, _secrets(consent or [])))
    out.print(f"{jurisdiction}: repaired by {by[0]} and {by[1]}; head {new}", markup=False)


async def _show(data: Path, jurisdiction: str) -> Damage:
    log, views, vault = await wiring.readonly(data)
    try:
        return await damage_of(log, jurisdiction, await views.head(jurisdiction))
    except RepairRefused as refused:
        raise Fail(str(refused)) from refused
    finally:
        await views.close()
        await log.close()
        await vault.close()


def _say(damage: Damage) -> None:
    out.print(f"{damage.jurisdiction}: the intact part ends at {damage.head}", markup=False)
    for one in damage.shown:
        when = f", recorded at {one.recorded_at.isoformat()}" if one.recorded_at else ""
        what = f": {', '.join(one.names)} by {', '.join(one.actors)}" if one.names else ""
        out.print(
            f"offset {one.offset}: {one.events} events from position {one.first}{when}{what}; "
            f"SHA-256 {one.hash}",
            markup=False,
            soft_wrap=True,
        )
    if damage.records > len(damage.shown):
        out.print(f"and {damage.records - len(damage.shown)} more", markup=False)
    out.print(
        "Compare this head with the newest one that you noted. If that is beyond it, restore the log. "
        "If not, nobody was ever told that these records count. Declare them dead:",
        markup=False,
        soft_wrap=True,
    )
    out.print(
        f"muster repair --jurisdiction {damage.jurisdiction} --head {damage.head} --dead {damage.digest} "
        "--reason REASON",
        markup=False,
        soft_wrap=True,
    )


def _secrets(files: list[Path]) -> list[str]:
    """Return the tokens of both people."""
    if not files:
        return [
            str(typer.prompt(f"admin token of the {which} person", hide_input=True, err=True))
            for which in ("first", "second")
        ]
    if len(files) != PEOPLE:
        raise Fail("two people must agree: give --consent twice, or leave it out to be asked.", 2)
    try:
        return [file.read_text().strip() for file in files]
    except (OSError, UnicodeDecodeError) as error:
        raise Fail(f"cannot read a token: {error}.", 2) from error


async def _repair(data: Path, agreed: Repair, secrets: list[str]) -> tuple[Head, tuple[str, str]]:
    try:
        by = consenting(await _people(data, secrets), agreed.jurisdiction)
        muster = await wiring.opened(data)
        try:
            shown = await muster.views.head(agreed.jurisdiction)
            return await repair_log(muster.log, agreed, by, muster.clock.now(), shown), by
        finally:
            await muster.close()
    except RepairRefused as refused:
        raise Fail(str(refused)) from refused
    except OutcomeUnknown as error:
        raise LogUnavailable(f"{error}; whether it is repaired is unknown: show it again") from error


async def _people(data: Path, secrets: list[str]) -> tuple[Principal, Principal]:
    async with wiring.open_tokens(data) as tokens:
        first, second = [await tokens.principal(secret) for secret in secrets]
    if first is None or second is None:
        which = "first" if first is None else "second"
        raise Fail(f"the {which} token is unknown, revoked or expired.")
    return first, second
