"""Narrators: whoever says the sentences, behind one small protocol."""

from typing import Protocol

from msgspec import Struct

from audio.described import Origin
from audio.phrases import text_hash
from audio.sound import Mono


class Word(Struct, frozen=True, kw_only=True, array_like=True):
    """One word's place inside its clip."""

    text: str
    start_ms: int
    end_ms: int


class Clip(Struct, frozen=True, kw_only=True):
    """What is known of one sentence's recording; `lufs` and `peak_db` are those of the mono clip."""

    digest: str
    duration_ms: int
    words: tuple[Word, ...]
    lufs: float
    peak_db: float


class MissingNarrationError(LookupError):
    """A sentence nobody has recorded; the message names the sentence by its hash, never by its words."""

    def __init__(self, voice: str, text: str) -> None:
        self.text_hash = text_hash(text)
        super().__init__(f"The voice {voice} has no clip of sentence {self.text_hash}; make it with the studio.")


class Narrator(Protocol):
    """A voice that has its clips ready."""

    @property
    def voice(self) -> str:
        """The voice's name."""

    @property
    def origin(self) -> Origin:
        """With what it was made."""

    def clip(self, text: str) -> Clip:
        """Return the record of a sentence.

        Raises:
            MissingNarrationError: there is no such clip.
        """

    def samples(self, text: str) -> Mono:
        """Return the sound of a sentence, `duration_ms * 48` frames.

        Raises:
            MissingNarrationError: there is no such clip.
        """
