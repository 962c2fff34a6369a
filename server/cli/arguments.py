"""Arguments of commands that can be refused before anything is done; a refusal ends with 2, as click's own do."""

from pathlib import Path

import rich_click as click
from click import Context, Parameter

from server.media.voices import recorded_voices


class Voice(click.ParamType[str]):
    """A voice that has clips."""

    name = "voice"

    def convert(self, value: str, param: Parameter | None, ctx: Context | None) -> str:
        """Return the voice.

        Raises:
            click.BadParameter: nothing of it is recorded.
        """
        voices = [voice for each in recorded_voices().values() for voice in each]
        if value not in voices:
            self.fail(f"Nothing is recorded by {value}, only by {', '.join(voices)}.", param, ctx)
        return value


class FileToWrite(click.ParamType[Path]):
    """A file in a folder that is there, of one of several kinds; what is there already is written over."""

    name = "file"

    def __init__(self, *suffixes: str) -> None:
        self._suffixes = suffixes

    def convert(self, value: str, param: Parameter | None, ctx: Context | None) -> Path:
        """Return the file's path.

        Raises:
            click.BadParameter: it has another suffix, is a folder, or would lie in a folder that is not there.
        """
        path = Path(value)
        if path.suffix not in self._suffixes:
            self.fail(f"{value} does not end in {' or '.join(self._suffixes)}.", param, ctx)
        if path.is_dir() or not path.parent.is_dir():
            self.fail(f"{value} is no file in a folder that is there.", param, ctx)
        return path
