"""The sealed text of a client's flags, and the person that the rules decide about."""

from typing import Final
from uuid import UUID

import msgspec

from server.accounts.models import ClientRow
from server.accounts.preferences import open_left_out
from server.accounts.service import zone_of
from server.accounts.work import Work
from server.care import repository as care
from server.care.flags import repository
from server.care.flags.models import ClientFlagsRow
from server.care.flags.schemas import KnownDates, Screening
from server.catalogue.suitability.person import Approval, Dates, Dosing, Lifted, Person, Wishes
from server.kit.sealed import Sealed
from server.vault.sealing import DataKey, Place

# A seal shows how long a text is, so it is as long as a multiple of this (white space behind JSON means nothing).
STEP: Final = 2048
# What was cancelled or missed was no dose; what is planned counts from its time on, as nobody may have decided it.
DOSED: Final = ("scheduled", "held")


def seal_screening(key: DataKey, organisation: UUID, client: UUID, row: UUID, screening: Screening) -> Sealed:
    """Seal what is known of a client."""
    text = msgspec.json.encode(screening).decode()
    return key.seal(_place(organisation, client, row), text.ljust(-(-len(text) // STEP) * STEP))


def open_screening(key: DataKey, row: ClientFlagsRow) -> Screening:
    """Open what is known of a client."""
    text = key.open(_place(row.organisation_id, row.client_id, row.id), row.screening)
    return msgspec.json.decode(text, type=Screening)


async def find_screening(work: Work, client: UUID) -> tuple[ClientFlagsRow | None, Screening | None]:
    """Return what is known of a client, and the row it stands in; None: nobody has screened them."""
    row = await repository.find_flags(work.session, work.access, client)
    if row is None:
        return None, None
    return row, open_screening(await work.vault.key(row.organisation_id, row.client_id), row)


async def person_of(work: Work, client: ClientRow, known: Screening | None) -> Person:
    """Return a client as the rules see them, with the dosing sessions of their plan."""
    sessions = await care.list_sessions(work.session, work.access, client.id)
    dosing = tuple(Dosing(at=each.starts_at) for each in sessions if each.kind == "dosing" and each.status in DOSED)
    wishes = open_left_out(client, await work.vault.key(client.organisation_id, client.id))
    told = Person(
        dates=Dates(dosing=dosing),
        zone=await zone_of(work, client),
        as_of=work.now,
        left_out=Wishes(properties=frozenset(wishes.properties), postures=frozenset(wishes.postures)),
    )
    return told if known is None else _screened(told, known)


def _screened(told: Person, known: Screening) -> Person:
    dates = known.dates
    return msgspec.structs.replace(
        told,
        flags=frozenset(known.flags),
        dates=Dates(
            due=dates.due,
            birth=dates.birth,
            loss=dates.loss,
            caesarean=dates.caesarean,
            surgery=dates.surgery,
            trauma_work=dates.trauma_work,
            dosing=told.dates.dosing,
        ),
        approvals=approvals_of(known),
        overrides=overrides_of(known),
    )


def approvals_of(known: Screening) -> tuple[Approval, ...]:
    """Return which exercises are switched on, without who wrote it down and why."""
    return tuple(Approval(exercise=each.exercise, by=each.by) for each in known.approvals)


def overrides_of(known: Screening) -> tuple[Lifted, ...]:
    """Return which rules are set aside, without who wrote it down and why."""
    return tuple(Lifted(rule=each.rule, by=each.by, exercise=each.exercise) for each in known.overrides)


def known_dates(known: Screening) -> KnownDates:
    """Return the dates, as they are told."""
    dates = known.dates
    return KnownDates(
        due=dates.due,
        birth=dates.birth,
        loss=dates.loss,
        caesarean=dates.caesarean,
        surgery=dates.surgery,
        trauma_work=dates.trauma_work,
    )


def _place(organisation: UUID, client: UUID, row: UUID) -> Place:
    return Place(table="client_flags", column="screening", organisation=organisation, owner=client, row=row)
