"""What the studio sees in any lines: `python -m audio missing`, `words`, `wer`. `groundwork narrate` makes clips."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec
import rich_click as click

from audio import studio as studios
from audio.phrases import sentences
from audio.pronounce import read_lexicon, unknown_words
from audio.studio import VOICE_FILES, Studio
from audio.voices.kokoro import StudioError
from audio.voices.recorded import NARRATION, Recorded, read_index

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


@main.command()
@lines_argument
@voice_option
@narration_option
def wer(lines: TextIO, voice: str, narration: Path) -> None:
    """Let a recogniser hear what a voice has of the lines: word error rate, pace, what was misheard."""
    from audio.hearing import understood  # noqa: PLC0415  # only authors have what it needs
    from audio.recogniser import recogniser  # noqa: PLC0415

    language = Studio(narration=narration, voice_files=VOICE_FILES).voice(voice).language.partition("-")[0]
    recorded, narrated = Recorded(voice, narration), read_index(narration / voice)
    texts = dict.fromkeys(text for line in _lines(lines) for text in sentences(line) if text in narrated)
    found = understood(recorded, texts, language, recogniser(language), lambda clips: _progress(clips, len(texts)))
    for written, heard, count in found.misheard:
        click.echo(f"{count:4} {written or '(nothing)'} -> {heard or '(nothing)'}")
    click.echo(
        f"{voice}: {found.clips} clips, {found.words} words, {found.errors} errors: word error rate "
        f"{found.error_rate:.1%}, {found.words_a_minute:.0f} words a minute inside sentences"
    )


def _progress(clips: int, of: int) -> None:
    click.echo(f"{clips} of {of} clips", err=True)


def _lines(file: TextIO) -> Iterator[str]:
    for line in file:
        if text := line.strip():
            yield msgspec.json.decode(text, type=_Line).text if text.startswith("{") else text


if __name__ == "__main__":
    try:
        main()
    except StudioError as error:
        sys.exit(str(error))
