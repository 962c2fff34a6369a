"""A small exercise, a studio that is quick and can be told to fail, and a media service over both."""

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from support.voices import NOISE, Babble

from audio.captions import CuePoint
from audio.timeline import Mark, Programme, Say
from server.catalogue.schemas import (
    Exercise,
    ExerciseFile,
    FrontMatter,
    Instead,
    Line,
    Overlay,
    Phrase,
    Review,
    Section,
    Words,
)
from server.catalogue.vocabulary import AltVariant, Length
from server.media.compile import cut_of, draft_of
from server.media.place import Place
from server.media.schemas import Codec, Draft, Job, Manifest, StoredFile
from server.media.service import Media
from server.media.studio import CannotRenderError
from server.media.worker import render_job

VOICE = "babble"
FILE_BYTES = 200_000
_CODECS: tuple[tuple[Codec, str], ...] = (("aac", "audio/mp4"), ("opus", "audio/ogg; codecs=opus"))


def babble(_voice: str) -> Babble:
    return Babble()


class Everything:
    """The sentences of a voice that has said all there is."""

    def __contains__(self, _text: object) -> bool:
        return True


def everything(_voice: str) -> Everything:
    return Everything()


def line(text: str, pause_s: float = 1, *instead: tuple[str, str | None]) -> Phrase:
    others = tuple(
        Instead(source_line=1, name=name, line=Line(say=words, pause_s=pause_s) if words else None)
        for name, words in instead
    )
    return Phrase(source_line=1, line=Line(say=text, pause_s=pause_s), instead=others)


def exercise(slug: str = "small-wave", *, alt_variants: tuple[str, ...] = ("no_baby", "own_pace")) -> Exercise:
    """Return an exercise of three steps: words, two paced breaths, and the return; `own_pace` has no paced step."""
    sections = {
        "arrive": [
            line(f"Hello from {slug}.", 1, ("short", "Hello.")),
            line("Rest.", 0, ("no_baby", "Rest a little.")),
        ],
        "count": [Overlay(words=("In, two. Out, two.", ""), source_lines=(1, 2))],
        "return": [line("Look around.", 1)],
    }
    length = {"seconds": 20, "steps": ["arrive", "count", "return"]}
    fields: dict[str, Any] = {
        "slug": slug,
        "content_version": 1,
        "technique": "breathing",
        "methods": ["breath_pace"],
        "tracks": ["anxiety"],
        "phases": ["integration"],
        "postures": ["seated"],
        "anchors": ["breath"],
        "arousal": "settling",
        "interoceptive_load": 2,
        "attention": "mixed",
        "properties": [],
        "eyes": "choice",
        "profile": "settle",
        "requires_introduction": False,
        "requires_flag": [],
        "evidence": [],
        "evidence_grade": "C",
        "review": {"status": "draft"},
        "steps": [
            {"id": "arrive"},
            {"id": "count", "paced": {"breaths": 2, "in": 2, "hold": 0, "out": 2, "hold2": 1}},
            {"id": "return"},
        ],
        "variants": {"short": length, "medium": length, "long": length},
        "alt_variants": {name: {"steps": {"count": None} if name == "own_pace" else {}} for name in alt_variants},
    }
    words = Words(
        language="en",
        front=FrontMatter(title=slug, description="Small.", aftercare="Up.", review=Review(status="draft")),
        sections={
            step: Section(source_line=1, id=step, label=step.title(), items=tuple(items))
            for step, items in sections.items()
        },
    )
    return Exercise(**msgspec.structs.asdict(msgspec.convert(fields, ExerciseFile)), words={"en": words})


class QuickStudio(Struct, frozen=True, kw_only=True):
    """Makes bytes out of a programme's hash in no time, and notes in `diary` what it was asked to render.

    `killed_by` names a file: while it exists, the process kills itself in the middle of a render. `takes_s` is how long
    a render takes, `silent` lists words that have no clip, `mute` voices that say nothing, `impossible` words that make
    no recipe, `clicking` the titles of what is heard to click, `take` changes every recipe as a new mix would.
    """

    diary: Path
    killed_by: Path | None = None
    takes_s: float = 0
    silent: frozenset[str] = frozenset()
    mute: frozenset[str] = frozenset()
    impossible: frozenset[str] = frozenset()
    clicking: frozenset[str] = frozenset()
    take: int = 1

    def can_say(self, programme: Programme) -> bool:
        return programme.voice not in self.mute and not any(
            cue.text in self.silent for cue in programme.cues if isinstance(cue, Say)
        )

    def recipe(self, programme: Programme) -> str:
        if any(cue.text in self.impossible for cue in programme.cues if isinstance(cue, Say)):
            raise CannotRenderError("A breath is too short for its words.")
        return _hash(msgspec.json.encode([self.take, programme]))

    def faults(self, manifest: Manifest, place: Callable[[str], Path]) -> tuple[str, ...]:
        if manifest.title in self.clicking:
            return tuple(f"{file.codec}: It clicks." for file in manifest.files)
        lost = (file for file in manifest.files if not place(file.sha256).exists())
        return tuple(f"{file.codec}: The file is missing." for file in lost)

    def render(self, programme: Programme, recipe: str, into: Path) -> Manifest:
        # Decided before the diary tells of it: a test takes the file away as soon as it has read so.
        dies = self.killed_by is not None and self.killed_by.exists()
        with self.diary.open("a") as diary:
            diary.write(f"{recipe} {os.getpid()}\n")
        content = {codec: content_of(recipe, codec) for codec, _ in _CODECS}
        (into / "half").write_bytes(content["aac"][:1000])
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.takes_s)
        files = tuple(_written(content[codec], codec, media_type, into) for codec, media_type in _CODECS)
        return Manifest(
            recipe=recipe,
            score=_hash(msgspec.json.encode(programme)),
            rendered_at=datetime.now(UTC),
            title=programme.title,
            language=programme.language,
            voice=programme.voice,
            origin=NOISE,
            duration_ms=20_000,
            files=files,
            chapters=(Mark(at_ms=0, title="Arrive"),),
            cues=(CuePoint(t=1.0, kind="inhale", dur=2.0, haptic="rise"),),
            captions="WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nHëllo.\n",
        )


def content_of(recipe: str, codec: str) -> bytes:
    """Return the bytes the quick studio makes."""
    seed = hashlib.sha256(f"{recipe} {codec}".encode()).digest()
    return hashlib.shake_256(seed).digest(FILE_BYTES)


def _written(content: bytes, codec: Codec, media_type: str, into: Path) -> StoredFile:
    sha256 = _hash(content)
    (into / sha256).write_bytes(content)
    return StoredFile(
        sha256=sha256,
        codec=codec,
        media_type=media_type,
        bytes=len(content),
        duration_ms=20_000,
        lufs=-18.0,
        true_peak_db=-3.0,
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def renders(diary: Path) -> list[str]:
    """Return the recipes a quick studio was asked to render, in order."""
    return [entry.split()[0] for entry in diary.read_text().splitlines()] if diary.exists() else []


def media_in(folder: Path, *exercises: Exercise, studio: Any = None, recalled: Iterable[Exercise] = ()) -> Media:
    """Return a service over a folder, with the quick studio's diary beside it."""
    chosen = exercises or (exercise(),)
    return Media(
        Place(folder=folder / "audio"),
        {each.slug: each for each in chosen},
        {"en": (VOICE,)},
        studio or QuickStudio(diary=folder / "diary"),
        recalled=recalled,
    )


def draft(length: Length = "medium", *alt_variants: AltVariant) -> Draft:
    """Return one cut of the small exercise."""
    item = exercise()
    return draft_of(item, cut_of(item, "en", length, VOICE, alt_variants))


def render_here(media: Media, studio: QuickStudio) -> None:
    """Render everything of a service in this process, before it is served."""
    for cut in media.drafts.cuts():
        made = draft_of(media.exercises[cut.slug], cut)
        render_job(media.place, studio, Job(cut=cut, programme=made.programme, recipe=studio.recipe(made.programme)))


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that happens in another process."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process sets no event here
            await asyncio.sleep(0.01)
