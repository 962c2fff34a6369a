"""A catalogue a hundred times as large as ours: copies of its exercises, with names and descriptions of their own."""

import random
import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from server.catalogue.schemas import Exercise, Line, Overlay

_WORD = re.compile(r"[a-z]{3,}")


def crowd(exercises: Iterable[Exercise], copies: int) -> Iterator[Exercise]:
    """Yield each exercise that many times, in English; every copy has other words of all that is ever said."""
    originals = list(exercises)
    said = sorted({word for one in originals for word in _words(one)})
    dice = random.Random(7)  # noqa: S311 - the same crowd each time
    for one in originals:
        for copy in range(copies):
            words = one.words["en"]
            title = f"{words.front.title} {dice.choice(said)}"[:60]
            description = " ".join(dice.sample(said, 24)).capitalize() + "."
            front = replace(words.front, title=title, description=description[:400])
            yield replace(one, slug=f"{one.slug}-{copy:03}", words={"en": replace(words, front=front)})


def _words(exercise: Exercise) -> Iterator[str]:
    for section in exercise.words["en"].sections.values():
        for item in section.items:
            if not isinstance(item, Overlay):
                line: Line = item.line
                yield from _WORD.findall(line.say.lower())
