"""Commands for those who write exercises. They start fast: nothing of the server is imported, and no sound."""

import sys
from functools import cache, partial
from pathlib import Path
from typing import get_args

import msgspec
import rich_click as click
from rich.table import Table

from audio.timeline import line_ms
from server.catalogue.census import census
from server.catalogue.crisis.loader import crisis_findings
from server.catalogue.findings import errors
from server.catalogue.lint import check_content as lint_content
from server.catalogue.loader import load_exercises
from server.catalogue.reading import reading
from server.catalogue.scaffold import scaffold
from server.catalogue.schemas import LENGTHS, Exercise, Slug
from server.catalogue.vocabulary import Length, ProfileName, Technique, Track
from server.cli.arguments import FileToWrite, Voice
from server.cli.console import say, settings, stop
from server.kit.clock import SystemClock
from server.media.compile import cut_of, draft_of
from server.media.voices import recorded_sentences, recorded_voices
from server.practice.reminders.texts import read_reminders
from server.practice.signals.load import signal_findings


@click.command()
def check_content() -> None:
    """Check every exercise against the numbered rules, and count them; ends with 1 when a rule is broken."""
    folder = settings().content
    checked = lint_content(folder, lambda language: partial(spoken_seconds, voice=first_voice(language)))
    today = SystemClock().now().date()
    findings = [
        *checked.findings,
        *read_reminders(folder)[1],
        *signal_findings(folder),
        *crisis_findings(folder, today),
    ]
    for finding in findings:
        say.print(str(finding), markup=False)
    say.print(_counts(checked.exercises))
    broken = len(errors(findings))
    say.print(f"{broken} errors, {len(findings) - broken} warnings.")
    sys.exit(1 if broken else 0)


def _counts(exercises: tuple[Exercise, ...]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("exercises", str(len(exercises)))
    for kind, counts in census(exercises).items():
        table.add_row(kind, ", ".join(f"{word}: {count}" for word, count in counts.items()))
    return table


@click.command()
@click.argument("slug")
@click.option("--technique", type=click.Choice(get_args(Technique)), required=True)
@click.option("--track", type=click.Choice(get_args(Track)), required=True, help="The primary track.")
@click.option("--profile", type=click.Choice(get_args(ProfileName)), help="Which figures its scripts keep to.")
def new_exercise(slug: str, technique: Technique, track: Track, profile: ProfileName | None) -> None:
    """Make the folder of a new exercise, ready to be written; SLUG is its name, like soft-wave-breath."""
    try:
        msgspec.convert(slug, Slug)
    except msgspec.ValidationError:
        stop("A slug has small letters and digits in words joined by `-`, at most 60 characters in all.")
    folder = settings().content / "exercises" / slug
    try:
        folder.mkdir()
        for name, text in scaffold(slug, technique, track, profile).items():
            (folder / name).write_text(text, encoding="utf-8")
    except FileExistsError:
        stop(f"There is an exercise {slug} already.")
    except OSError:
        stop(f"{folder} cannot be written.")
    say.print(f"Now write {folder}/exercise.yaml and en.md.", markup=False)
    say.print(f"`groundwork check-content` says what is missing, `groundwork preview {slug}` shows how it is heard.")


@click.command()
@click.argument("slug")
@click.option("--length", type=click.Choice(LENGTHS), default="medium", show_default=True)
@click.option("--language", default="en", show_default=True)
@click.option("--variant", "variants", multiple=True, help="An authored variant; several may be given.")
@click.option("--voice", type=Voice(), help="Who reads; by default the language's first voice.")
@click.option("--sound", type=FileToWrite(".ogg", ".m4a"), help="Write it as sound, as Opus or AAC.")
@click.option("--picture", type=FileToWrite(".svg"), help="Write a picture of its sound, loudness, cues and words.")
@click.option("--play", "plays", is_flag=True, help="Play it with a player of this machine.")
def preview(  # noqa: PLR0913 - an option each
    slug: str,
    *,
    length: Length,
    language: str,
    variants: tuple[str, ...],
    voice: str | None,
    sound: Path | None,
    picture: Path | None,
    plays: bool,
) -> None:
    """Print a script as it is heard, each line with the clock time at which it starts; or render it."""
    exercise = _exercise(settings().content, slug)
    if language not in exercise.words:
        stop(f"{slug} has no words in {language}, only in {', '.join(exercise.words)}.")
    alt_variants = {name for name in exercise.alt_variants if name in variants}
    if unknown := set(variants) - alt_variants:
        authored = ", ".join(exercise.alt_variants) or "none"
        stop(f"{slug} has no variant {', '.join(sorted(unknown))}. It has: {authored}.")
    voice = voice or first_voice(language)
    if sound or picture or plays:
        if voice is None:
            stop(f"No voice has clips in {language}; docs/audio.md says how one is narrated.")
        # It takes a while to import, and who reads along needs none of it.
        from server.cli.hearing import hear  # noqa: PLC0415

        hear(draft_of(exercise, cut_of(exercise, language, length, voice, alt_variants)), sound, picture, plays=plays)
    for line in reading(exercise, language, length, alt_variants, partial(spoken_seconds, voice=voice)):
        say.print(line, markup=False)


def _exercise(folder: Path, slug: str) -> Exercise:
    loaded, findings = load_exercises(folder)
    exercise = next((one.exercise for one in loaded if one.exercise.slug == slug), None)
    if exercise is None:
        broken = [str(finding) for finding in findings if f"/exercises/{slug}/" in finding.path]
        stop(*(broken or ["The catalogue has no such exercise."]))
    return exercise


@cache
def spoken_seconds(text: str, voice: str | None) -> float | None:
    """Return how long a line takes in a voice; None when it has not said it, or there is none."""
    try:
        return line_ms(text, recorded_sentences(voice).__getitem__) / 1000 if voice else None
    except LookupError:
        return None


@cache
def first_voice(language: str) -> str | None:
    """Return the voice that is offered first in a language."""
    return next(iter(recorded_voices().get(language, ())), None)


COMMANDS = (check_content, new_exercise, preview)
