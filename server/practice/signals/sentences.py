"""Sentences with words to fill in, as `{exercise}`: by name alone, since a format string could reach further."""

import re
from collections.abc import Mapping
from typing import Final

_NAMED: Final = re.compile(r"\{(\w+)\}")


def named_in(sentence: str) -> set[str]:
    """Return the names of what a sentence wants filled in."""
    return set(_NAMED.findall(sentence))


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """Return a sentence with everything filled in.

    Raises:
        KeyError: nothing is given for one of its names.
    """
    return _NAMED.sub(lambda found: str(values[found[1]]), sentence)
