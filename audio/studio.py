"""Making narration: only the clips that are missing, in as many processes as asked for, safe to stop at any moment."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import msgspec
from msgspec import Struct

from audio.clips import ClipError, digest_of, finish, write
from audio.described import Voice, read_voices
from audio.phrases import normalised, sentences, spoken
from audio.takes import say
from audio.voices.kokoro import StudioError
from audio.voices.recorded import INDEX, Entry, clip_path, read_index

VOICE_FILES = Path("var/studio/package/voices")
"""Where `docs/audio.md` has them unpacked."""


class Studio(Struct, frozen=True, kw_only=True):
    """Where narration is kept and where the engine's voice files lie."""

    narration: Path
    voice_files: Path

    def voice(self, name: str) -> Voice:
        """Return a voice's entry.

        Raises:
            StudioError: `voices.toml` has no such voice.
        """
        voices = read_voices(self.narration)
        try:
            return voices[name]
        except KeyError:
            raise StudioError(f"voices.toml has no voice {name}; it has {', '.join(sorted(voices))}.") from None


class Report(Struct, frozen=True, kw_only=True):
    """What a run made, and the sentences that failed with the reason."""

    made: int
    failed: tuple[tuple[str, str], ...]


def wanted(lines: Iterable[str]) -> tuple[str, ...]:
    """Return every clip the lines may need, each once: their sentences, and single words where a line is a count."""
    texts = (text for line in lines for text in (*sentences(line), *spoken(line)))
    return tuple(dict.fromkeys(texts))


def missing(studio: Studio, voice: str, lines: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences that have no clip, in order of first use."""
    folder = studio.narration / voice
    have = {text for text, entry in read_index(folder).items() if clip_path(folder, entry.clip.digest).exists()}
    return tuple(text for text in wanted(lines) if text not in have)


def narrate(
    studio: Studio, voice: str, lines: Iterable[str], jobs: int, progress: Callable[[int, int], None]
) -> Report:
    """Make the missing clips; `progress` hears how many of how many are done.

    A clip that fails its check is reported and left out, the others go on.

    Raises:
        StudioError: the engine, its files, or the voice's entry are missing.
    """
    texts = missing(studio, voice, lines)
    folder = studio.narration / voice
    folder.mkdir(parents=True, exist_ok=True)
    failed: list[tuple[str, str]] = []
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        futures = {pool.submit(make, studio, voice, text): text for text in texts}
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                try:
                    add_to_index(folder, future.result())
                except ClipError as error:
                    failed.append((futures[future], str(error)))
                progress(done, len(texts))
        finally:  # who stops it does not wait for the rest
            pool.shutdown(wait=False, cancel_futures=True)
    return Report(made=len(texts) - len(failed), failed=tuple(failed))


def make(studio: Studio, voice: str, text: str) -> Entry:
    """Say one sentence, write its clip and return its entry.

    Raises:
        ClipError: a word is not known to be said so, or the clip came out wrong.
        StudioError: the engine or its files are missing.
    """
    said = say(studio.voice(voice), studio.voice_files / f"{voice}.bin", studio.narration, text)
    digest = digest_of(*said.made_by)
    clip = write(finish(said.take, said.words), clip_path(studio.narration / voice, digest), digest)
    return Entry(text=normalised(text), clip=clip)


def add_to_index(folder: Path, entry: Entry) -> None:
    """Add a clip to its voice's index, sorted by text; several studios may do so at once."""
    with _alone(folder):
        entries = {**read_index(folder), entry.text: entry}
        lines = msgspec.json.Encoder().encode_lines(entries[text] for text in sorted(entries))
        partial = folder / f"{INDEX}.partial"
        partial.write_bytes(lines)
        partial.replace(folder / INDEX)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
