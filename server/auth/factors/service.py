"""A member's second factor: an authenticator app, and recovery codes for when it is lost."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.members import member_place
from server.accounts.policy import note
from server.accounts.work import Work
from server.auth import repository as sign_ins
from server.auth.factors import recovery, repository, totp
from server.auth.links import drawn
from server.auth.models import RecoveryCodeRow, TotpRow
from server.auth.passkeys.repository import has_passkey
from server.auth.schemas import ConfirmTotp, FactorKind, RecoveryCodes, TotpSecret
from server.kit.errors import Conflict, Invalid, NotFound
from server.vault.keys import Keys
from server.vault.sealing import Place
from server.vault.service import Vault


async def begin_totp(work: Work) -> TotpSecret:
    """Make a secret for the caller's authenticator app; it is no factor before it is confirmed.

    Raises:
        Conflict: there is a confirmed one.
    """
    access = work.access
    row = await repository.lock_totp(work.session, access.organisation, access.subject)
    if row and row.confirmed_at:
        raise Conflict("Remove the authenticator app that you have first.", code="factor_exists")
    key = await work.vault.key(access.organisation, access.organisation)
    member, clinic = await repository.find_owner(work.session, access)
    secret = totp.new_secret()
    sealed = key.seal(_place(access.organisation, access.subject), secret)
    if row:
        row.secret, row.made_at = sealed, work.now
    else:
        work.session.add(
            TotpRow(organisation_id=access.organisation, member_id=access.subject, secret=sealed, made_at=work.now)
        )
    uri = totp.uri_of(
        secret, key.open(member_place(access.organisation, member.id, "email"), member.email), clinic.name
    )
    return TotpSecret(secret=secret, uri=uri, qr_svg=drawn(uri))


async def confirm_totp(work: Work, data: ConfirmTotp) -> RecoveryCodes:
    """Make the app a factor by a first code of it; the present sign-in counts as made with it.

    Raises:
        Conflict: there is no app to confirm.
        Invalid: another code than the app shows now.
    """
    access = work.access
    row = await repository.lock_totp(work.session, access.organisation, access.subject)
    if row is None or row.confirmed_at:
        raise Conflict("There is no authenticator app to confirm.", code="nothing_to_confirm")
    if not await _use_code(work.session, work.keys, row, data.code, work.now):
        raise Invalid("This is not the code that the app shows now.", code="wrong_code")
    row.confirmed_at = work.now
    present = await sign_ins.lock_sign_in(work.session, access, access.sign_in)
    if present:
        present.made_by = "second_factor"
    note(work, None, about=access.subject)
    return await _fresh_codes(work)


async def remove_totp(work: Work) -> None:
    """Remove the caller's authenticator app and recovery codes.

    Raises:
        NotFound: there is none.
    """
    access = work.access
    row = await repository.lock_totp(work.session, access.organisation, access.subject)
    if row is None:
        raise NotFound("There is no authenticator app.")
    await work.session.delete(row)
    await repository.delete_recovery_codes(work.session, access.organisation, access.subject)
    note(work, None, about=access.subject)


async def renew_recovery_codes(work: Work) -> RecoveryCodes:
    """Make ten new recovery codes; the old ones end.

    Raises:
        Conflict: there is no second factor that they could stand in for.
    """
    access = work.access
    row = await repository.lock_totp(work.session, access.organisation, access.subject)
    if row is None or not row.confirmed_at:
        raise Conflict("Add an authenticator app first.", code="no_second_factor")
    note(work, None, about=access.subject)
    return await _fresh_codes(work)


async def kinds_of(session: AsyncSession, organisation: UUID, member: UUID) -> list[FactorKind]:
    """Return by what a member may answer a challenge; empty without a second factor."""
    kinds: list[FactorKind] = ["passkey"] if await has_passkey(session, organisation, member) else []
    if await repository.has_totp(session, organisation, member):
        left = await repository.count_recovery_codes(session, organisation, member)
        kinds += ["totp", "recovery_code"] if left else ["totp"]
    return kinds


async def prove(session: AsyncSession, keys: Keys, organisation: UUID, member: UUID, typed: str, now: datetime) -> bool:
    """Use a code of a member's app, or a recovery code; each works once, also under concurrency."""
    row = await repository.lock_totp(session, organisation, member)
    if row is None or not row.confirmed_at:
        return False
    if totp.read_digits(typed):
        return await _use_code(session, keys, row, typed, now)
    return await repository.use_recovery_code(session, organisation, member, recovery.hash_typed(typed), now)


async def _use_code(session: AsyncSession, keys: Keys, row: TotpRow, typed: str, now: datetime) -> bool:
    digits = totp.read_digits(typed)
    key = await Vault(session, keys).key(row.organisation_id, row.organisation_id)
    secret = key.open(_place(row.organisation_id, row.member_id), row.secret)
    step = totp.step_of(secret, digits, now, row.last_step) if digits else None
    if step is None:
        return False
    row.last_step = step
    await session.flush()
    return True


async def _fresh_codes(work: Work) -> RecoveryCodes:
    access, codes = work.access, recovery.new_codes()
    await repository.delete_recovery_codes(work.session, access.organisation, access.subject)
    owner = {"organisation_id": access.organisation, "member_id": access.subject}
    work.session.add_all([RecoveryCodeRow(**owner, code_hash=recovery.hash_typed(each)) for each in codes])
    await work.session.flush()
    return RecoveryCodes(codes=codes)


def _place(organisation: UUID, member: UUID) -> Place:
    return Place(table="totp_factors", column="secret", organisation=organisation, owner=organisation, row=member)
