"""L22 and L26: properties match the breath, and what is said over it fits (content brief 4.2)."""

from collections.abc import Iterator

from msgspec import UNSET

from server.catalogue.lexicon import Lexicon
from server.catalogue.lint.item import Item
from server.catalogue.lint.registry import Problem, item_rule, take_rule
from server.catalogue.lint.take import Take
from server.catalogue.lint.text import words_in
from server.catalogue.schemas import BreathPace, BreathPattern, PacedBreaths, Pacing
from server.catalogue.tree import Route
from server.catalogue.vocabulary import Property

WORDS_PER_SECOND = 1.5
LONG_HOLD_S, LONG_EXHALE = 2, 1.5
SLOW, VERY_SLOW, FAST = 10, 6, 20


@item_rule("L22")
def breath_properties(item: Item) -> Iterator[Problem]:
    """Set the properties that the breath has, and none that is reserved."""
    exercise = item.exercise
    for name in exercise.properties:
        if item.reference.glossary.properties[name].reserved:
            yield Problem(("properties",), f"`{name}` is reserved")
    for route, pace in _paces(item):
        for needed in _needed(pace):
            if needed not in exercise.properties:
                yield Problem(route, f"the property `{needed}` is missing")
    paced = any(step.paced for step in exercise.steps)
    if paced != (exercise.breath_pattern is not UNSET):
        yield Problem(("steps",), "`breath_pattern` belongs to paced steps, and to them alone")


def _paces(item: Item) -> Iterator[tuple[Route, BreathPace | BreathPattern | Pacing]]:
    for index, step in enumerate(item.exercise.steps):
        if step.paced is not UNSET:
            yield ("steps", index), step.paced
    pattern = item.exercise.breath_pattern
    if pattern is not UNSET:
        yield ("breath_pattern",), pattern
        yield from ((("breath_pattern", "levels", index), level) for index, level in enumerate(pattern.levels))


def _needed(pace: BreathPace | BreathPattern | Pacing) -> Iterator[Property]:
    held = max(pace.hold, pace.hold2)
    if held > 0:
        yield "breath_hold" if held > LONG_HOLD_S else "breath_pause"
    if pace.exhale >= LONG_EXHALE * pace.inhale:
        yield "long_exhale"
    cycle = pace.inhale + pace.hold + pace.exhale + pace.hold2
    per_minute = 60 / cycle if cycle else FAST + 1
    if per_minute < SLOW:
        yield "slow_paced"
    if per_minute < VERY_SLOW:
        yield "very_slow"
    if per_minute > FAST:
        yield "fast_breathing"


@take_rule("L26")
def counts(take: Take) -> Iterator[Problem]:
    """Count the seconds of a breath as they are, and fit other words into its in-breath."""
    for cue in take.cues:
        if cue.breath is None or not cue.text:
            continue
        words = [word.lower() for word in words_in(cue.text)]
        if words[0] == take.item.lexicon.breath.inhale:
            expected = _count(cue.breath, take.item.lexicon)
            if words != [word for _, word in expected]:
                yield Problem(cue.source_line, f"the count reads `{_spelled(expected)}`")
        elif len(words) > WORDS_PER_SECOND * cue.breath.inhale:
            yield Problem(cue.source_line, f"{len(words)} words do not fit {cue.breath.inhale:g} s")


def _count(breath: PacedBreaths, lexicon: Lexicon) -> list[tuple[str, str]]:
    said, numbers = lexicon.breath, {number: word for word, number in lexicon.numbers.items()}
    phases = (
        (said.inhale, breath.inhale),
        (said.hold, breath.hold),
        (said.exhale, breath.exhale),
        (said.hold, breath.hold2),
    )
    return [
        (phase, phase if second == 1 else numbers[min(second, max(numbers))])
        for phase, seconds in phases
        for second in range(1, int(seconds) + 1)
    ]


def _spelled(expected: list[tuple[str, str]]) -> str:
    text = ""
    for phase, word in expected:
        text += f". {word.capitalize()}" if word == phase else f", {word}"
    return f"{text.removeprefix('. ')}."
