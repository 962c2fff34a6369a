"""What the studio sees in any lines: `python -m audio missing`, `words`. `groundwork narrate` makes what is missing."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec
import rich_click as click

from audio import studio as studios
from audio.pronounce import read_lexicon, unknown_words
from audio.studio import VOICE_FILES, Studio
from audio.voices.kokoro import StudioError
from audio.voices.recorded import NARRATION

lines_argument = click.argument("lines", type=click.File(encoding="utf-8"), default="-")
voice_option = click.option("--voice", default="af_heart", show_default=True, help="A voice of voices.toml.")
narration_option = click.option("--narration", type=click.Path(path_type=Path), default=NARRATION, help="Its folder.")


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    text: str


@click.group()
def main() -> None:
    """Look what there is to narrate.

    LINES is a file, or - for the standard input: one line of words, or of JSON {"text": ".."}, on each line.
    """


@main.command()
@lines_argument
@voice_option
@narration_option
def missing(lines: TextIO, voice: str, narration: Path) -> None:
    """List the sentences without a clip; ends with 1 when there are some."""
    texts = studios.missing(Studio(narration=narration, voice_files=VOICE_FILES), voice, _lines(lines))
    for text in texts:
        click.echo(text)
    sys.exit(1 if texts else 0)


@main.command()
@lines_argument
@click.option("--language", default="en-US", show_default=True)
@narration_option
def words(lines: TextIO, language: str, narration: Path) -> None:
    """List the words that no dictionary and no lexicon knows; ends with 1 when there are some."""
    unknown = unknown_words(studios.wanted(_lines(lines)), language, read_lexicon(narration, language))
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
