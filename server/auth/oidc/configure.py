"""Setting up a clinic's provider, by its operator."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from server.audit.service import Entry, record
from server.auth.oidc import repository
from server.auth.oidc.asking import is_safe
from server.auth.oidc.models import OidcProviderRow
from server.auth.oidc.schemas import Provider
from server.kit.errors import Forbidden, Invalid
from server.vault.keys import Keys
from server.vault.sealing import Place
from server.vault.service import Vault


async def set_provider(session: AsyncSession, keys: Keys, provider: Provider, *, only: bool, now: datetime) -> None:
    """Let a provider sign the members of a clinic in; with `only`, nothing else does.

    Whoever was linked to somebody at another provider before is not any more.

    Raises:
        Invalid: the issuer is no https URL without query and fragment; a client without id or secret.
    """
    if not is_safe(provider.issuer) or urlsplit(provider.issuer).query or "#" in provider.issuer:
        raise Invalid("The issuer must be an https:// URL without query and fragment.", code="wrong_issuer")
    if not provider.client_id or not provider.client_secret:
        raise Invalid("A client id and a client secret are needed.", code="wrong_client")
    organisation = provider.organisation
    present = await repository.find_provider(session, organisation)
    if present and present.issuer != provider.issuer:
        await repository.delete_links(session, organisation)
    key = await Vault(session, keys).key(organisation, organisation)
    row = OidcProviderRow(
        organisation_id=organisation,
        issuer=provider.issuer,
        client_id=provider.client_id,
        client_secret=key.seal(_secret_place(organisation), provider.client_secret),
        only=only,
        changed_at=now,
    )
    await session.merge(row)
    await _note(session, keys, organisation, "oidc set", now)


async def remove_provider(session: AsyncSession, keys: Keys, organisation: UUID, now: datetime) -> None:
    """Let nobody sign the members of a clinic in but us."""
    await repository.delete_provider(session, organisation)
    await _note(session, keys, organisation, "oidc remove", now)


async def require_other_ways(session: AsyncSession, organisation: UUID) -> None:
    """Let members of this clinic try a password; whose, does not matter.

    Raises:
        Forbidden: they sign in by its provider and in no other way.
    """
    if await repository.provider_is_only_way(session, organisation):
        raise Forbidden("This clinic signs its members in by itself.", code="provider_only")


async def find_opened(session: AsyncSession, keys: Keys, organisation: UUID) -> Provider | None:
    """Return a clinic's provider with its secret opened; the session has entered the clinic."""
    row = await repository.find_provider(session, organisation)
    if row is None:
        return None
    key = await Vault(session, keys).key(organisation, organisation)
    return Provider(
        organisation=organisation,
        issuer=row.issuer,
        client_id=row.client_id,
        client_secret=key.open(_secret_place(organisation), row.client_secret),
    )


async def _note(session: AsyncSession, keys: Keys, organisation: UUID, action: str, now: datetime) -> None:
    await session.flush()
    await record(session, keys, organisation, Entry(at=now, actor=None, role="operator", action=action))


def _secret_place(organisation: UUID) -> Place:
    return Place(
        table="oidc_providers", column="client_secret", organisation=organisation, owner=organisation, row=organisation
    )
