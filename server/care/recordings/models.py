from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import member_key
from server.catalogue.vocabulary import Length
from server.db.base import Document, OrganisationKey, Row
from server.media.uploads import Remark, Take


class RecordingRow(OrganisationKey, Row):
    """An exercise in a member's own voice; its bytes are in the folder of recordings.

    `take` is what became of the upload, `refusal` why nothing did; neither while it is not all there.
    """

    __tablename__ = "recordings"
    __table_args__ = (member_key(), Index(None, "organisation_id", "member_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    exercise: Mapped[str]
    exercise_version: Mapped[int]
    language: Mapped[str]
    length: Mapped[Length] = mapped_column(Text())
    bytes: Mapped[int]
    consent: Mapped[str]
    added_at: Mapped[datetime]
    take: Mapped[Take | None] = mapped_column(Document(Take))
    refusal: Mapped[Remark | None] = mapped_column(Document(Remark))
    published_at: Mapped[datetime | None]
