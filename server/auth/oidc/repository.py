from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.models import MemberRow
from server.auth.oidc.models import OidcLinkRow, OidcProviderRow


async def find_provider(session: AsyncSession, organisation: UUID) -> OidcProviderRow | None:
    """Return who signs the members of this clinic in."""
    return await session.get(OidcProviderRow, (organisation,))


async def provider_is_only_way(session: AsyncSession, organisation: UUID) -> bool:
    """Whether this clinic wants its members to sign in by its provider and in no other way."""
    query = select(OidcProviderRow.only).where(OidcProviderRow.organisation_id == organisation)
    return bool(await session.scalar(query))


async def delete_provider(session: AsyncSession, organisation: UUID) -> None:
    """Forget a clinic's provider, and who its members are there."""
    await delete_links(session, organisation)
    await session.execute(delete(OidcProviderRow).where(OidcProviderRow.organisation_id == organisation))


async def delete_links(session: AsyncSession, organisation: UUID) -> None:
    """Forget who the members of a clinic are at its provider."""
    await session.execute(delete(OidcLinkRow).where(OidcLinkRow.organisation_id == organisation))


async def find_link(session: AsyncSession, organisation: UUID, subject_hash: bytes) -> OidcLinkRow | None:
    """Return whom somebody at the provider was linked to."""
    return await session.get(OidcLinkRow, (organisation, subject_hash))


async def find_active_member(session: AsyncSession, organisation: UUID, member: UUID) -> MemberRow | None:
    """Return a member who has not left."""
    query = select(MemberRow).where(
        MemberRow.organisation_id == organisation, MemberRow.id == member, MemberRow.ended_at.is_(None)
    )
    return await session.scalar(query)


async def add_link(session: AsyncSession, organisation: UUID, row: OidcLinkRow) -> bool:
    """Link somebody to a member; False when either is linked already, also at this moment."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {column.key: getattr(row, column.key) for column in OidcLinkRow.__table__.columns}
    added = insert(OidcLinkRow).values({**values, "organisation_id": organisation}).on_conflict_do_nothing()
    return await session.scalar(added.returning(OidcLinkRow.member_id)) is not None
