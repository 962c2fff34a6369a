"""What the server knows of its audio: which cuts there can be, and what was rendered for a recipe."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from audio.captions import CuePoint
from audio.described import Origin
from audio.timeline import Mark, Programme
from server.catalogue.vocabulary import AltVariant, Length

Codec = Literal["aac", "opus", "opus-low"]


class Cut(Struct, frozen=True, kw_only=True):
    """One way to hear an exercise; `alt_variants` are sorted, so that equal cuts compare equal."""

    slug: str
    content_version: int
    language: str
    length: Length
    alt_variants: tuple[AltVariant, ...]
    voice: str


class Draft(Struct, frozen=True, kw_only=True):
    """A cut with what is to be heard in it. `score` is the hash of the programme: the same words, the same score."""

    cut: Cut
    programme: Programme
    score: str


class Unnarrated(Struct, frozen=True, kw_only=True):
    """Slugs of exercises that are practised by their text alone, and of those that are so in some cuts only."""

    exercises: tuple[str, ...]
    partly: tuple[str, ...]


class Job(Struct, frozen=True, kw_only=True):
    """A cut to be rendered, with the name its result will have."""

    cut: Cut
    programme: Programme
    recipe: str


class StoredFile(Struct, frozen=True, kw_only=True):
    """One encoded file: its name is the hash of its bytes. Loudness in LUFS, true peak in dBTP."""

    sha256: str
    codec: Codec
    media_type: str
    bytes: int
    duration_ms: int
    lufs: float
    true_peak_db: float


class Rendition(Struct, frozen=True, kw_only=True):
    """The part of a manifest that is held in memory."""

    recipe: str
    score: str
    rendered_at: datetime
    duration_ms: int
    files: tuple[StoredFile, ...]


class Manifest(Struct, frozen=True, kw_only=True):
    """Everything that was rendered for one recipe; captions are WebVTT, `origin` is with what the voice was made."""

    recipe: str
    score: str
    rendered_at: datetime
    title: str
    language: str
    voice: str
    origin: Origin
    duration_ms: int
    files: tuple[StoredFile, ...]
    chapters: tuple[Mark, ...]
    cues: tuple[CuePoint, ...]
    captions: str

    def rendition(self) -> Rendition:
        """Return the part that is held in memory."""
        return Rendition(
            recipe=self.recipe,
            score=self.score,
            rendered_at=self.rendered_at,
            duration_ms=self.duration_ms,
            files=self.files,
        )
