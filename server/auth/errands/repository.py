"""Recognising a client's phone together with the head of its scope, in one statement."""

from datetime import datetime, time
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from server.accounts.models import ClientRow, DeviceRow, SyncHeadRow
from server.accounts.schemas import Display, Silence
from server.auth.models import SignInRow
from server.db.entering import EnteringStatement
from server.db.link import Link
from server.db.links import Links
from server.db.statement import Statement


class Found(NamedTuple):
    """A sign-in of a phone, when it and its phone were ended, how the client's days count, and the scope's head."""

    subject: UUID
    device: UUID
    access_hash: bytes
    access_expires_at: datetime
    stepped_up_at: datetime | None
    marked_at: datetime | None
    day_start: time
    display: Display
    silences: tuple[Silence, ...]
    epoch: UUID
    version: int
    digest: int
    delivered_at: datetime | None
    kept: bytes | None


def _query(kept: Any, in_organisation: Any) -> Any:  # noqa: ANN401 - columns, and a select of all their types
    return (
        select(
            SignInRow.subject_id,
            DeviceRow.id,
            SignInRow.access_hash,
            SignInRow.access_expires_at,
            SignInRow.stepped_up_at,
            DeviceRow.last_outbox_at,
            ClientRow.day_start,
            ClientRow.display,
            ClientRow.silences,
            SyncHeadRow.epoch,
            SyncHeadRow.version,
            SyncHeadRow.digest,
            SyncHeadRow.delivered_at,
            kept,
        )
        .select_from(SignInRow)
        .join(
            DeviceRow,
            (DeviceRow.organisation_id == in_organisation)
            & (DeviceRow.client_id == SignInRow.subject_id)
            & (DeviceRow.id == SignInRow.device_id),
        )
        .join(ClientRow, (ClientRow.organisation_id == in_organisation) & (ClientRow.id == SignInRow.subject_id))
        .join(
            SyncHeadRow,
            (SyncHeadRow.organisation_id == in_organisation) & (SyncHeadRow.client_id == SignInRow.subject_id),
        )
        .where(
            SignInRow.organisation_id == in_organisation,
            SignInRow.id == bindparam("sign_in", type_=SignInRow.id.type),
            SignInRow.role == "client",
            SignInRow.console.is_(False),
            SignInRow.ended_at.is_(None),
            DeviceRow.ended_at.is_(None),
        )
    )


_SEEN: Final = EnteringStatement(partial(_query, SyncHeadRow.answer))
_HELD: Final = Statement(
    _query(SyncHeadRow.standing, bindparam("organisation", type_=SignInRow.organisation_id.type)).with_for_update(
        of=SyncHeadRow
    )
)


async def see_phone(links: Links, organisation: UUID, sign_in: UUID) -> Found | None:
    """Return a phone that is signed in and was not ended, and what its head last answered, in one round trip."""
    rows = await links.once(_SEEN, {"organisation": organisation, "sign_in": sign_in})
    return Found(*rows[0]) if rows else None


async def hold_phone(link: Link, organisation: UUID, sign_in: UUID) -> Found | None:
    """Return a phone that is signed in and was not ended, and its head's standing; the scope's writers queue here."""
    rows = await link.all(_HELD, {"organisation": organisation, "sign_in": sign_in})
    return Found(*rows[0]) if rows else None
