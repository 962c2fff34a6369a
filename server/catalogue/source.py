"""Text files of the content folder, read strictly."""

import re
from pathlib import Path

from server.catalogue.findings import Finding, broken

MAX_BYTES = 512 * 1024
UNWANTED = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202f-\ufefe\uff00-\uffef\U00010000-\U0010ffff]")
"""All but printable text: control characters, line separators of Unicode, bidi overrides, byte-order marks."""
_ISOLATES = re.compile("[\u2066-\u2069]")
_LEFT_TO_RIGHT = re.compile("\u2066[^\u2066-\u2069\n]+\u2069")
"""An isolate keeps a number or a Latin name in its order within a text from the right (content brief 8)."""


def read_text(file: Path, name: str) -> str | Finding:
    """Read one file, or say why it cannot be a content file (C01).

    Args:
        file: where it is.
        name: what findings call it.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as problem:
        return broken(name, 1, "C01", f"it cannot be read ({problem.strerror or 'unknown reason'})")
    if len(data) > MAX_BYTES:
        return broken(name, 1, "C01", f"it is larger than {MAX_BYTES // 1024} KiB")
    return decode(data, name)


def decode(data: bytes, name: str) -> str | Finding:
    """Decode the bytes of one file, or point at the first byte or character that does not belong there (C01)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        return broken(name, data.count(b"\n", 0, problem.start) + 1, "C01", "it has bytes that are not UTF-8")
    unwanted = UNWANTED.search(text) or _ISOLATES.search(_LEFT_TO_RIGHT.sub(_blank, text))
    if unwanted is None:
        return text
    line = text.count("\n", 0, unwanted.start()) + 1
    return broken(name, line, "C01", f"it has the character U+{ord(unwanted.group()):04X}")


def _blank(isolate: re.Match[str]) -> str:
    return " " * len(isolate.group())


def shown(name: str) -> str:
    """Return a file's name as a finding can print it."""
    return "".join(character if character.isprintable() else "?" for character in name)


def name_of(folder: Path) -> str:
    """Return what findings call a content folder, also when it was given as `.`."""
    return shown(folder.name or folder.resolve().name)
