"""The studio's commands: `python -m audio narrate`, `missing` and `words`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec
import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from audio import studio as studios
from audio.pronounce import read_lexicon, unknown_words
from audio.studio import Studio
from audio.voices.kokoro import StudioError
from audio.voices.recorded import NARRATION

_VOICE_FILES = Path("var/studio/package/voices")
lines_argument = click.argument("lines", type=click.File(encoding="utf-8"), default="-")
voice_option = click.option("--voice", default="af_heart", show_default=True, help="A voice of voices.toml.")
narration_option = click.option("--narration", type=click.Path(path_type=Path), default=NARRATION, help="Its folder.")


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    text: str


@click.group()
def main() -> None:
    """Make narration.

    LINES is a file, or - for the standard input: one line of words, or of JSON {"text": ".."}, on each line.
    """


@main.command()
@lines_argument
@voice_option
@narration_option
@click.option("--voice-files", type=click.Path(path_type=Path), default=_VOICE_FILES, show_default=True)
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
def narrate(lines: TextIO, voice: str, narration: Path, voice_files: Path, jobs: int) -> None:
    """Make the clips that are missing."""
    studio = Studio(narration=narration, voice_files=voice_files)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{voice}", total=None)
        report = studios.narrate(
            studio, voice, _lines(lines), jobs, lambda done, total: bar.update(task, completed=done, total=total)
        )
    for text, reason in report.failed:
        click.echo(f"{text}: {reason}", err=True)
    click.echo(f"{report.made} made, {len(report.failed)} failed.")
    if report.failed:
        sys.exit(1)


@main.command()
@lines_argument
@voice_option
@narration_option
def missing(lines: TextIO, voice: str, narration: Path) -> None:
    """List the sentences without a clip; ends with 1 when there are some."""
    texts = studios.missing(Studio(narration=narration, voice_files=_VOICE_FILES), voice, _lines(lines))
    for text in texts:
        click.echo(text)
    sys.exit(1 if texts else 0)


@main.command()
@lines_argument
@click.option("--language", default="en-US", show_default=True)
@narration_option
def words(lines: TextIO, language: str, narration: Path) -> None:
    """List the words that no dictionary and no lexicon knows; ends with 1 when there are some."""
    unknown = unknown_words(studios.wanted(_lines(lines)), read_lexicon(narration, language))
    for word in unknown:
        click.echo(word)
    sys.exit(1 if unknown else 0)


def _lines(file: TextIO) -> Iterator[str]:
    for line in file:
        if text := line.strip():
            yield msgspec.json.decode(text, type=_Line).text if text.startswith("{") else text


if __name__ == "__main__":
    try:
        main()
    except StudioError as error:
        sys.exit(str(error))
