from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.catalogue.schemas import Slug
from server.catalogue.views import AudioFile
from server.catalogue.vocabulary import Length
from server.media.uploads import Remark, SoundReport

# An hour of FLAC in mono, or of 16-bit samples in stereo for six minutes (`audio.md`, Uploads).
MOST_BYTES = 64 * 1024 * 1024
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}\Z", examples=["en"])]
Status = Literal["waiting", "checking", "refused", "ready", "published"]


class RecordingConsent(Struct, frozen=True, kw_only=True):
    """What somebody agrees to who lends their voice; `version` is to be sent with a new recording."""

    version: str
    text: str


class NewRecording(Struct, frozen=True, kw_only=True):
    """Begin a recording of an exercise as its script is now; `bytes`: how long the file is that will be sent.

    `consent`: the version of the text that the caller has agreed to.
    """

    exercise: Slug
    language: Language
    length: Length
    bytes: Annotated[int, Meta(ge=1, le=MOST_BYTES)]
    consent: Annotated[str, Meta(max_length=20)]


class ChangeRecording(Struct, frozen=True, kw_only=True):
    """Let the caller's clients hear a recording, or not any more."""

    published: bool


class RecordingSound(Struct, frozen=True, kw_only=True):
    """What became of the upload. `captions_aligned`: they follow the pauses that are heard, and are not only estimated.

    `report` was measured before the sound was mastered; `warnings` do not hinder anything.
    """

    duration_ms: int
    files: list[AudioFile]
    captions_url: str
    captions_aligned: bool
    report: SoundReport
    warnings: list[Remark]


class Recording(Struct, frozen=True, kw_only=True):
    """A recording of the caller's. `outdated`: the exercise has another version now.

    `waiting` for the bytes behind `received_bytes`; `checking`; `refused` for a reason, and to be recorded anew;
    `ready` to be listened to; `published`: the caller's clients hear it.
    """

    id: UUID
    exercise: Slug
    exercise_version: int
    language: str
    length: Length
    status: Status
    bytes: int
    received_bytes: int
    outdated: bool
    added_at: datetime
    refusal: Remark | UnsetType = UNSET
    sound: RecordingSound | UnsetType = UNSET
    published_at: datetime | UnsetType = UNSET


class Recordings(Struct, frozen=True, kw_only=True):
    """The caller's recordings, the newest first."""

    items: list[Recording]


class OwnRecording(Struct, frozen=True, kw_only=True):
    """An exercise in the voice of somebody who cares for the caller; `member_id` as in their care team."""

    id: UUID
    member_id: UUID
    exercise: Slug
    exercise_version: int
    language: str
    length: Length
    duration_ms: int
    files: list[AudioFile]
    captions_url: str


class OwnRecordings(Struct, frozen=True, kw_only=True):
    """Every recording the caller may hear now: a phone drops all others."""

    items: list[OwnRecording]
