from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, Text, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from server.kit.sealed import Sealed

T = TypeVar("T")

# Every constraint has a name from the first migration on, so that a later one can drop it on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. SQLite drops the zone on the way in, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (the interface)
        """Refuse what names no zone; everything else is stored in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (the interface)
        """Put the zone back that SQLite dropped."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Document(TypeDecorator[T], Generic[T]):
    """An immutable msgspec value kept as JSON text: the parts of a document that nobody searches by."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 (msgspec accepts any annotation, also unions)
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (the interface)
        """Write the value as JSON."""
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:  # noqa: ARG002 (the interface)
        """Read the value back, checked against its type."""
        return None if value is None else msgspec.json.decode(value, type=self.kind)


class SealedText(TypeDecorator[bytes]):
    """Text that `server.vault` has sealed; the type tells such columns apart from other bytes."""

    impl = LargeBinary
    cache_ok = True


class Row(DeclarativeBase):
    """A table of people's data. The organisation leads every key (`security.md`, Isolation 1)."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: Instant(),
        UUID: Uuid(),
        bytes: LargeBinary(),
        str: Text(),
        Sealed: SealedText(),
    }


class OrganisationKey:
    """First column of every primary key of people's data."""

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
