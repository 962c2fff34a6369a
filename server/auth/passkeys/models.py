from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import member_key
from server.db.base import OrganisationKey, Row
from server.kit.sealed import Sealed


class PasskeyRow(OrganisationKey, Row):
    """A member's passkey. `credential_hash` finds it; `counter` is the highest that it has signed with."""

    __tablename__ = "passkeys"
    __table_args__ = (member_key(), UniqueConstraint("organisation_id", "credential_hash"))

    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    credential_hash: Mapped[bytes]
    credential: Mapped[Sealed]
    public_key: Mapped[bytes]
    counter: Mapped[int] = mapped_column(BigInteger())
    label: Mapped[Sealed]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
