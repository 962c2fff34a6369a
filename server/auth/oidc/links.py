"""Which member somebody is at the clinic's provider."""

import hmac
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.members import find_by_email
from server.accounts.models import MemberRow
from server.auth.oidc import repository
from server.auth.oidc.models import OidcLinkRow
from server.auth.oidc.schemas import Person, Provider
from server.vault.keys import Keys
from server.vault.sealing import framed


async def find_linked(
    session: AsyncSession, keys: Keys, provider: Provider, person: Person, now: datetime
) -> MemberRow | None:
    """Return whom somebody was linked to or, the first time, the member whose e-mail address the provider verified."""
    organisation = provider.organisation
    subject_hash = _hash_subject(keys, provider, person.sub)
    link = await repository.find_link(session, organisation, subject_hash)
    if link:
        return await repository.find_active_member(session, organisation, link.member_id)
    member = await find_by_email(session, keys, organisation, person.email) if person.email_verified else None
    if member is None:
        return None
    row = OidcLinkRow(organisation_id=organisation, subject_hash=subject_hash, member_id=member.id, linked_at=now)
    # Who is linked already is somebody else there: addresses are given to new people, subjects never.
    return member if await repository.add_link(session, organisation, row) else None


def _hash_subject(keys: Keys, provider: Provider, subject: str) -> bytes:
    """Return what finds somebody by the name a provider has for them; without the key it tells nothing."""
    key = keys.derive(provider.organisation, "oidc subject")
    return hmac.digest(key, framed(provider.issuer.encode(), subject.encode()), "sha256")
