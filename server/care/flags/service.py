"""What a clinic knows of a client, and what suits them now. Flags stand nowhere in clear, nor in a revision."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from msgspec import UNSET

from server.accounts.members import member_place
from server.accounts.models import ClientRow
from server.accounts.policy import access_client
from server.accounts.repository import list_members
from server.accounts.scope import open_scope
from server.accounts.work import Work
from server.care.flags import agreeing
from server.care.flags.models import ClientFlagsRow
from server.care.flags.schemas import (
    Agreed,
    ClientFlags,
    ClientSuitability,
    KeptApproval,
    KeptOverride,
    OwnFlags,
    OwnSuitability,
    Screening,
    SetFlags,
    Suited,
    SuitedByRules,
)
from server.care.flags.screening import find_screening, known_dates, person_of, seal_screening
from server.catalogue.snapshot import Snapshot
from server.catalogue.suitability.decide import Decision, Suitability
from server.catalogue.suitability.moments import asks_at
from server.catalogue.suitability.offering import notices, offered
from server.kit.ids import new_id
from server.web.etags import require_match, revision_etag

NOTHING = Screening(flags=())


async def read_flags(work: Work, suitability: Suitability, client: UUID) -> ClientFlags:
    """Return what is known of a client.

    Raises:
        NotFound: not in the caller's care.
    """
    owner = await access_client(work, client)
    return await _told(work, suitability, owner, *await find_screening(work, client))


async def set_flags(
    work: Work, suitability: Suitability, client: UUID, data: SetFlags, if_match: str | None
) -> ClientFlags:
    """Set everything that is known of a client anew.

    Raises:
        NotFound: not in the caller's care.
        Gone: the client is being erased.
        PreconditionRequired, PreconditionFailed: `if_match` does not name the present revision.
        Invalid: see `agreeing.check`.
    """
    owner = await access_client(work, client)
    agreeing.check(data, suitability)
    scope = await open_scope(work, client)
    row, before = await find_screening(work, client)
    require_match(if_match, revision_etag(row.revision if row else 0))
    screening = agreeing.kept(work, data, before)
    key = await work.vault.key(owner.organisation_id, client)
    if row is None:
        row = ClientFlagsRow(organisation_id=owner.organisation_id, client_id=client, id=new_id(), revision=0)
        row.version = scope.add(row.id)
        work.session.add(row)
    else:
        row.version = scope.add(row.id, replaces=row.version)
    row.screening = seal_screening(key, row.organisation_id, client, row.id, screening)
    row.revision += 1
    row.changed_by, row.changed_at = work.access.subject, work.now
    await work.session.flush()
    return await _told(work, suitability, owner, row, screening)


async def read_own_flags(work: Work, suitability: Suitability) -> OwnFlags:
    """Return what is known of the caller."""
    owner = await access_client(work, work.access.subject)
    _, known = await find_screening(work, owner.id)
    person = await person_of(work, owner, known)
    return OwnFlags(
        screened=known is not None,
        flags=(known or NOTHING).flags,
        dates=known_dates(known or NOTHING),
        in_force=tuple(sorted(suitability.flags_at(person, work.now))),
    )


async def read_suitability(work: Work, catalogue: Snapshot, client: UUID, locale: str) -> ClientSuitability:
    """Return what suits a client now, with the rules that decided.

    Raises:
        NotFound: not in the caller's care.
    """
    owner = await access_client(work, client)
    _, known = await find_screening(work, client)
    person = await person_of(work, owner, known)
    texts = catalogue.rule_texts_for(locale)
    return ClientSuitability(
        at=work.now,
        notices=_told_in(texts, notices(catalogue.suitability, person, work.now)),
        items=tuple(
            SuitedByRules(
                exercise=slug,
                decision=each.decision,
                variants=each.variants,
                client_text=_told_in(texts, each.client_text),
                rules=each.rules,
            )
            for slug, each in offered(catalogue.suitability, person, work.now).items()
        ),
    )


async def read_own_suitability(work: Work, catalogue: Snapshot, locale: str) -> OwnSuitability:
    """Return what suits the caller now; an exercise of which nothing is said is not in it."""
    owner = await access_client(work, work.access.subject)
    _, known = await find_screening(work, owner.id)
    person = await person_of(work, owner, known)
    texts = catalogue.rule_texts_for(locale)
    return OwnSuitability(
        at=work.now,
        notices=_told_in(texts, notices(catalogue.suitability, person, work.now)),
        items=tuple(
            Suited(
                exercise=slug,
                decision=each.decision,
                variants=each.variants,
                client_text=_told_in(texts, each.client_text),
            )
            for slug, each in offered(catalogue.suitability, person, work.now).items()
            if not _absent(each)
        ),
    )


def _told_in(texts: Mapping[str, str], said: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts.get(each, each) for each in said)


def _absent(decision: Decision) -> bool:
    return decision.decision == "exclude" and not decision.client_text


async def _told(
    work: Work, suitability: Suitability, owner: ClientRow, row: ClientFlagsRow | None, screening: Screening | None
) -> ClientFlags:
    known = screening or NOTHING
    person = await person_of(work, owner, screening)
    names = await _names(work, known)
    return ClientFlags(
        screened=screening is not None,
        flags=known.flags,
        dates=known_dates(known),
        approvals=tuple(_agreed(each, names) for each in known.approvals),
        overrides=tuple(_agreed(each, names) for each in known.overrides),
        in_force=tuple(sorted(suitability.flags_at(person, work.now))),
        asks=asks_at(person, work.now, suitability.rules),
        revision=row.revision if row else 0,
    )


async def _names(work: Work, known: Screening) -> dict[UUID, str]:
    organisation = work.access.organisation
    members = {each.member_id for each in known.approvals} | {each.member_id for each in known.overrides}
    if not members:
        return {}
    key = await work.vault.key(organisation, organisation)
    rows = await list_members(work.session, work.access, members)
    return {row.id: key.open(member_place(organisation, row.id, "name"), row.name) for row in rows}


def _agreed(each: KeptApproval | KeptOverride, names: dict[UUID, str]) -> Agreed:
    return Agreed(
        by=each.by,
        reason=each.reason,
        at=each.at,
        exercise=each.exercise,
        rule=each.rule if isinstance(each, KeptOverride) else UNSET,
        name=names.get(each.member_id, UNSET),
    )
