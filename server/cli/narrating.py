"""Narrating what is missing, by the studio of `audio`: for authors, who have its extra."""

# ruff: noqa: PLC0415 - the studio and the bar take a while to import, and no other command has the studio
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from audio.timeline import clip_texts
from server.catalogue.loader import load_exercises
from server.catalogue.schemas import Exercise
from server.cli.console import complain, say, settings, stop
from server.media.compile import cuts_of, programme_of

if TYPE_CHECKING:
    from audio.studio import Studio


@click.command()
@click.argument("slugs", nargs=-1)
@click.option("--voice", default="af_heart", show_default=True, help="A voice of voices.toml.")
@click.option("--voice-files", type=click.Path(path_type=Path), help="The engine's; docs/audio.md says where.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
def narrate(slugs: tuple[str, ...], voice: str, voice_files: Path | None, jobs: int) -> None:
    """Say the sentences that a voice lacks, of all exercises or of those named; can be stopped at any moment."""
    from audio.studio import VOICE_FILES, Studio
    from audio.voices.kokoro import StudioError
    from audio.voices.recorded import NARRATION

    exercises = {each.exercise.slug: each.exercise for each in load_exercises(settings().content)[0]}
    if not exercises.keys() >= set(slugs):
        stop("The catalogue has no such exercise.")
    studio = Studio(narration=NARRATION, voice_files=voice_files or VOICE_FILES)
    try:
        language = studio.voice(voice).language.partition("-")[0]
        _narrate(studio, voice, sentences_of((exercises[slug] for slug in slugs or exercises), language, voice), jobs)
    except StudioError as error:
        stop(str(error))


def sentences_of(exercises: Iterable[Exercise], language: str, voice: str) -> Iterator[str]:
    """Yield what a voice has to say in the cuts that are rendered ahead, some of it several times."""
    for exercise in exercises:
        for cut in cuts_of(exercise, language, voice) if language in exercise.words else ():
            yield from clip_texts(programme_of(exercise, cut))


def _narrate(studio: "Studio", voice: str, lines: Iterable[str], jobs: int) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from audio import studio as studios

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=complain) as bar:
        task = bar.add_task(voice, total=None)
        report = studios.narrate(
            studio, voice, lines, jobs, lambda done, total: bar.update(task, completed=done, total=total)
        )
    for text, reason in report.failed:
        complain.print(f"{text}: {reason}", markup=False)
    say.print(f"{report.made} made, {len(report.failed)} failed.")
    sys.exit(1 if report.failed else 0)


COMMANDS = (narrate,)
