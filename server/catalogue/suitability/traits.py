"""What the rules and the versions of an exercise ask of it, computed once for each exercise."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final, NamedTuple

from server.catalogue.reference import When
from server.catalogue.resolve import plan_of, resolve
from server.catalogue.schemas import LENGTHS, Exercise, Line, Phrase
from server.catalogue.suitability.conditions import applies
from server.catalogue.vocabulary import AltVariant, Length

PLACES: Final = "region_"


class Traits(NamedTuple):
    """An exercise as the rules see it. `silences`: the longest of each length, in seconds, in any language."""

    exercise: Exercise
    silences: Mapping[Length, float]
    clashes: frozenset[tuple[AltVariant, AltVariant]]
    regions: frozenset[str]

    def meets(self, when: When, length: Length) -> bool:
        """Whether a rule's condition holds in one length."""
        seconds = plan_of(self.exercise, length).seconds
        return applies(when, self.exercise, seconds=seconds, silence=self.silences[length])


def traits_of(exercise: Exercise) -> Traits:
    """Compute what rules and versions ask of an exercise."""
    return Traits(
        exercise=exercise,
        silences={length: longest_silence(exercise, length) for length in LENGTHS},
        clashes=frozenset(_clashes(exercise)),
        regions=frozenset(f"{PLACES}{step.region}" for step in exercise.steps if step.optional),
    )


def longest_silence(exercise: Exercise, length: Length) -> float:
    """Return the longest silence of one length in seconds, in any language and version."""
    versions = [frozenset[AltVariant](), *(frozenset({name}) for name in exercise.alt_variants)]
    scripts = [resolve(exercise, language, length, alts) for language in exercise.words for alts in versions]
    lines = [item for script in scripts for step in script.steps for item in step.items if isinstance(item, Line)]
    return max((line.pause_s for line in lines), default=0)


def _clashes(exercise: Exercise) -> Iterator[tuple[AltVariant, AltVariant]]:
    """Yield the pairs of which the later one in the file takes words away from the earlier one."""
    for first, later in combinations(exercise.alt_variants, 2):
        mine, other = exercise.alt_variants[first].steps, exercise.alt_variants[later].steps
        steps = any(mine[step] != other[step] for step in mine.keys() & other.keys())
        if steps or any(_differ(phrase, first, later) for phrase in _phrases(exercise)):
            yield first, later


def _phrases(exercise: Exercise) -> Iterator[Phrase]:
    for words in exercise.words.values():
        for section in words.sections.values():
            yield from (item for item in section.items if isinstance(item, Phrase))


def _differ(phrase: Phrase, first: str, later: str) -> bool:
    lines = {each.name: each.line for each in phrase.instead}
    return first in lines and later in lines and lines[first] != lines[later]
