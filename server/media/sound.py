"""The studio of `audio` behind the server's port; used in worker processes only."""

# ruff: noqa: PLC0415 - numpy, PyAV and the mixer are imported where sound is made, never by the serving process
from collections.abc import Callable, Container
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from audio.timeline import Programme, ProgrammeError, clip_texts
from server.kit.clock import SystemClock
from server.media.compile import score_of
from server.media.schemas import Manifest, StoredFile
from server.media.studio import CannotRenderError

if TYPE_CHECKING:
    from audio.delivered import RenderedFile
    from audio.voices import Narrator


def recorded(voice: str) -> "Narrator":
    """Return a voice whose clips are committed."""
    from audio.voices.recorded import Recorded

    return Recorded(voice)


class SoundStudio(Struct, frozen=True, kw_only=True):
    """Mixes narration; its functions are those of a module, so that they can be pickled, called with a voice's name.

    `narrator` brings the sound, `sentences` only tells which there are.
    """

    narrator: "Callable[[str], Narrator]"
    sentences: Callable[[str], Container[str]]

    def can_say(self, programme: Programme) -> bool:
        """Tell whether the voice has every sentence."""
        recorded = self.sentences(programme.voice)
        return all(text in recorded for text in clip_texts(programme))

    def recipe(self, programme: Programme) -> str:
        """Return the hash of everything that decides the bytes.

        Raises:
            CannotRenderError: the voice lacks a sentence.
        """
        from audio.render import recipe
        from audio.voices import MissingNarrationError

        try:
            return recipe(programme, _narrator(self.narrator, programme.voice))
        except MissingNarrationError as error:
            raise CannotRenderError(str(error)) from None

    def render(self, programme: Programme, recipe: str, into: Path) -> Manifest:
        """Write the encoded files of a programme into a folder, each named by its sha256.

        Raises:
            CannotRenderError: the voice lacks a sentence, the programme cannot be laid out or misses its figures.
        """
        from audio.adjust import RenderError
        from audio.render import render
        from audio.voices import MissingNarrationError
        from audio.voices.recorded import NarrationError

        try:
            made = render(programme, _narrator(self.narrator, programme.voice), into)
        except (MissingNarrationError, NarrationError, ProgrammeError, RenderError) as error:
            raise CannotRenderError(str(error)) from None
        for file in made.files:
            file.path.rename(into / file.sha256)
        return Manifest(
            recipe=recipe,
            score=score_of(programme),
            rendered_at=SystemClock().now(),
            title=programme.title,
            language=programme.language,
            voice=programme.voice,
            origin=made.origin,
            duration_ms=made.duration_ms,
            files=tuple(_stored(file) for file in made.files),
            chapters=made.chapters,
            cues=made.cues,
            captions=made.captions,
        )

    def faults(self, manifest: Manifest, place: Callable[[str], Path]) -> tuple[str, ...]:
        """Return a sentence for each promise that a rendition breaks, with its codec; `place` finds a file by hash."""
        from audio.check import Sidecars, faults
        from audio.delivered import RenderedFile

        told = Sidecars(duration_ms=manifest.duration_ms, captions=manifest.captions, cues=manifest.cues)
        files = [(each, place(each.sha256)) for each in manifest.files]
        return tuple(
            f"{file.codec}: {fault}"
            for file, path in files
            for fault in faults(path, RenderedFile(path=path, **structs.asdict(file)), told)
        )

    def picture(self, manifest: Manifest, file: Path) -> str:
        """Draw a rendition for review from one of its stereo files, as SVG."""
        from audio.captions import read_webvtt
        from audio.encode import decoded
        from audio.levels import levels
        from audio.picture import Told, picture

        told = Told(
            title=manifest.title,
            duration_ms=manifest.duration_ms,
            captions=tuple(read_webvtt(manifest.captions)),
            cues=manifest.cues,
            chapters=manifest.chapters,
        )
        return picture(levels(decoded(file)), told)


@lru_cache(maxsize=4)
def _narrator(narrator: "Callable[[str], Narrator]", voice: str) -> "Narrator":
    """Keep a voice: its index and its latest clips serve the next programme too."""
    return narrator(voice)


def _stored(file: "RenderedFile") -> StoredFile:
    return StoredFile(**{name: getattr(file, name) for name in StoredFile.__struct_fields__})
