"""The clinic's own line first, and cards that somebody at the clinic has confirmed (content brief 6.5)."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from server.accounts.crisis import repository
from server.accounts.crisis.models import CrisisConfirmationRow, CrisisLineRow
from server.accounts.crisis.schemas import (
    CardState,
    ClinicCrisis,
    ClinicLine,
    Confirmation,
    ConfirmCard,
    OwnCrisis,
    SetCrisisLine,
)
from server.accounts.policy import access_client, note
from server.accounts.work import Work
from server.catalogue.crisis.age import crisis_warnings, is_old, is_too_old
from server.catalogue.crisis.schemas import CardFile, CrisisContent
from server.catalogue.crisis.service import NOWHERE, card_of, nearest, number_of, version_of
from server.kit.errors import Conflict, FieldError, Invalid, NotFound
from server.vault.sealing import DataKey, Place


async def read_own_crisis(work: Work, content: CrisisContent, country: str | None) -> OwnCrisis:
    """Return whom the caller can call, in a country of their choice or that of their clinic. Nothing is noted."""
    client = await access_client(work, work.access.subject)
    organisation = work.access.organisation
    row = await repository.find_line(work.session, organisation)
    key = await work.vault.key(organisation, organisation)
    card = card_of(content, country or (row.country if row else NOWHERE), client.locale)
    confirmed = {each.country: each.card_version for each in await _confirmations(work)}
    words = content.words[nearest(content, client.locale)]
    return OwnCrisis(
        clinic_label=words.clinic,
        clinic=_line(row, key) if row else UNSET,
        card=card,
        unconfirmed=UNSET if confirmed.get(card.country) == card.version else words.unconfirmed,
    )


async def read_clinic_crisis(work: Work, content: CrisisContent) -> ClinicCrisis:
    """Return what clients of the caller's clinic are shown, and what somebody should see to."""
    organisation, today = work.access.organisation, work.now.date()
    row = await repository.find_line(work.session, organisation)
    key = await work.vault.key(organisation, organisation)
    confirmations = await _confirmations(work)
    by_country = {each.country: each for each in confirmations}
    return ClinicCrisis(
        country=row.country if row else UNSET,
        line=_line(row, key) if row else UNSET,
        set=Confirmation(by=row.set_by, at=row.set_at) if row else UNSET,
        cards=[_state(card, by_country.get(country), today) for country, card in sorted(content.cards.items())],
        warnings=[*warnings_of(row.country if row else None, confirmations, content), *crisis_warnings(content, today)],
    )


async def set_line(work: Work, content: CrisisContent, data: SetCrisisLine) -> ClinicCrisis:
    """Set how the clinic is reached in need.

    Raises:
        Invalid: there is neither a number to call nor one to write to.
    """
    if isinstance(data.call, UnsetType) and isinstance(data.text, UnsetType):
        error = FieldError(pointer="/call", code="one_of_two", detail="Give a number to call, or one to write to.")
        raise Invalid("A line needs a number.", errors=[error])
    organisation = work.access.organisation
    key = await work.vault.key(organisation, organisation)
    row = await repository.lock_line(work.session, work.access)
    if row is None:
        row = CrisisLineRow(organisation_id=organisation)
        work.session.add(row)
    row.country, row.set_by, row.set_at = data.country, work.access.subject, work.now
    row.line = key.seal(_place(row), msgspec.json.encode(data).decode())
    await work.session.flush()
    note(work, None)
    return await read_clinic_crisis(work, content)


async def confirm_card(work: Work, content: CrisisContent, country: str, data: ConfirmCard) -> ClinicCrisis:
    """Note that the caller has looked at every number of a card.

    Raises:
        NotFound: there is no card of that country.
        Conflict: the card is another one than the caller has looked at.
    """
    card = content.cards.get(country)
    if card is None:
        raise NotFound("There is no crisis card of that country.")
    if data.version != version_of(card):
        raise Conflict("This card has changed. Look at it again.", code="card_changed")
    row = await repository.lock_confirmation(work.session, work.access, country)
    if row is None:
        row = CrisisConfirmationRow(organisation_id=work.access.organisation, country=country)
        work.session.add(row)
    row.card_version, row.confirmed_by, row.confirmed_at = data.version, work.access.subject, work.now
    await work.session.flush()
    note(work, None)
    return await read_clinic_crisis(work, content)


def warnings_of(
    country: str | None, confirmations: Sequence[CrisisConfirmationRow], content: CrisisContent
) -> Iterator[str]:
    """Yield what somebody at a clinic should see to; `country` None: it has set no line."""
    if country is None:
        yield "This clinic has set no line of its own, and no country: its clients see neither."
        return
    card = content.cards.get(country)
    if card is None:
        yield f"There is no crisis card of {country}: clients are told so."
    elif version_of(card) not in {each.card_version for each in confirmations if each.country == country}:
        yield f"Nobody at this clinic has confirmed the crisis card of {country} as it is now."


async def _confirmations(work: Work) -> Sequence[CrisisConfirmationRow]:
    return await repository.list_confirmations(work.session, work.access.organisation)


def _line(row: CrisisLineRow, key: DataKey) -> ClinicLine:
    kept = msgspec.json.decode(key.open(_place(row), row.line), type=SetCrisisLine)
    return ClinicLine(
        name=kept.name,
        call=UNSET if isinstance(kept.call, UnsetType) else number_of(kept.call),
        text=UNSET if isinstance(kept.text, UnsetType) else number_of(kept.text),
        hours=kept.hours,
    )


def _state(card: CardFile, row: CrisisConfirmationRow | None, today: date) -> CardState:
    version = version_of(card)
    stands = row is not None and row.card_version == version
    return CardState(
        country=card.country,
        version=version,
        age="too_old" if is_too_old(card, today) else "old" if is_old(card, today) else "fresh",
        confirmed=Confirmation(by=row.confirmed_by, at=row.confirmed_at) if row and stands else UNSET,
    )


def _place(row: CrisisLineRow) -> Place:
    owner = row.organisation_id
    return Place(table="crisis_lines", column="line", organisation=owner, owner=owner, row=owner)
