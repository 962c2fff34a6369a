"""The port to the sound studio: what the server needs of `audio`, most of which takes a while to import."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from audio.timeline import Programme
from server.media.schemas import Manifest


class Studio(Protocol):
    """Makes sound of programmes; it is sent to worker processes, so it can be pickled."""

    def can_say(self, programme: Programme) -> bool:
        """Tell whether the voice has every sentence; asked by the serving process, so it loads no sound."""

    def recipe(self, programme: Programme) -> str:
        """Return the hash (64 hex digits) of everything that decides the bytes.

        Raises:
            CannotRenderError: the voice lacks a sentence.
        """

    def render(self, programme: Programme, recipe: str, into: Path) -> Manifest:
        """Write the encoded files of a programme into a folder, each named by its sha256.

        Raises:
            CannotRenderError: the voice lacks a sentence, the programme cannot be laid out or misses its figures.
        """

    def faults(self, manifest: Manifest, place: Callable[[str], Path]) -> tuple[str, ...]:
        """Return a sentence for each promise that a rendition breaks, with its codec; `place` finds a file by hash."""


class CannotRenderError(Exception):
    """A programme cannot become sound, and trying again does not help; the message holds none of its words."""
