"""A script to read along: what is said and when it starts."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from server.catalogue.lint.cues import Cue, SpokenSeconds, cues_of
from server.catalogue.resolve import plan_of
from server.catalogue.schemas import Exercise, PacedBreaths
from server.catalogue.vocabulary import AltVariant, Length


def reading(
    exercise: Exercise,
    language: str,
    length: Length,
    alt_variants: AbstractSet[AltVariant],
    spoken_seconds: SpokenSeconds,
) -> Iterator[str]:
    """Yield the lines of a page: the head, each step with its lines and the clock times they start at, the end.

    Raises:
        KeyError: the exercise has no words in that language.
    """
    words = exercise.words[language]
    cues = tuple(cues_of(exercise, words, length, alt_variants, spoken_seconds))
    yield " · ".join((words.front.title, language, "+".join((length, *sorted(alt_variants)))))
    if words.front.review.status == "draft":
        yield "No clinician has reviewed these words."
    if words.front.notice:
        yield f"Before: {words.front.notice}"
    yield from _steps(cues)
    yield ""
    yield f"{_clock(cues[-1].end)}  The end;{_clock(plan_of(exercise, length).seconds)} was declared."
    yield f"After: {words.front.aftercare}"
    if unsaid := sum(bool(cue.text) and not cue.measured for cue in cues):
        yield f"Nobody has narrated {unsaid} of these lines; their times are estimates."


def _steps(cues: tuple[Cue, ...]) -> Iterator[str]:
    heading = ""
    for cue in cues:
        if cue.section.id != heading:
            heading = cue.section.id
            yield ""
            yield cue.section.label
        yield f"{_clock(cue.at)}  {f'({_pace(cue.breath)}) ' if cue.breath else ''}{cue.text}".rstrip()


def _pace(breath: PacedBreaths) -> str:
    phases = (("in", breath.inhale), ("hold", breath.hold), ("out", breath.exhale), ("rest", breath.hold2))
    return ", ".join(f"{name} {seconds:g}" for name, seconds in phases if seconds)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:2d}:{rest:02d}"
