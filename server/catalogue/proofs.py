"""Whether a language's lint lists are whole, and whether each pattern proves itself by its own lines (C12)."""

import re
from collections.abc import Iterator
from typing import get_args

from server.catalogue.lexicon import compile_pattern
from server.catalogue.yardstick import ForbiddenPatterns, LintWords, PatternName


def word_list_problems(words: LintWords) -> Iterator[str]:
    """Yield what is wrong with a language's lint words."""
    for name in sorted(set(get_args(PatternName)) - words.patterns.keys()):
        yield f"the pattern `{name}` is missing"
    for name, pattern in words.patterns.items():
        if not _compiles(pattern):
            yield f"the pattern `{name}` is no regular expression"
    said = words.patterns.get("length_said", "")
    if not all(f"(?P<{group}>" in said for group in ("number", "half")):
        yield "the pattern `length_said` has no groups `number` and `half`"


def forbidden_problems(forbidden: ForbiddenPatterns) -> Iterator[str]:
    """Yield each pattern that does not prove itself by its own lines."""
    usable = {entry.id: compile_pattern(entry.pattern) for entry in forbidden.patterns if _compiles(entry.pattern)}
    for entry in forbidden.patterns:
        if entry.id not in usable:
            yield f"{entry.id} is no regular expression"
            continue
        if not all(usable[entry.id].search(line) for line in entry.bad):
            yield f"{entry.id} does not find all its bad lines"
        for other, pattern in usable.items():
            if any(pattern.search(line) for line in entry.good):
                yield f"{other} finds a good line of {entry.id}"


def _compiles(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
