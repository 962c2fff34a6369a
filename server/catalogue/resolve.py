"""Which steps and words an exercise has in one length and with some alt variants."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from msgspec import UNSET

from server.catalogue.schemas import (
    Exercise,
    ExerciseFile,
    LengthPlan,
    Line,
    Overlay,
    PacedBreaths,
    Phrase,
    Script,
    Section,
    Step,
    StepPlan,
    Words,
)
from server.catalogue.vocabulary import AltVariant, Length


class Placed(NamedTuple):
    """An item of a script, and the line of the words file it comes from."""

    item: Line | PacedBreaths
    source_line: int


def plan_of(exercise: ExerciseFile, length: Length) -> LengthPlan:
    """Return the plan of one length."""
    match length:
        case "short":
            return exercise.variants.short
        case "medium":
            return exercise.variants.medium
        case "long":
            return exercise.variants.long


def step_ids(exercise: ExerciseFile, length: Length, alt_variants: AbstractSet[AltVariant]) -> tuple[str, ...]:
    """Return the ids of the steps in order; of two alt variants that change a step, the last in the file wins."""
    swaps = {
        old: new
        for name, plan in exercise.alt_variants.items()
        if name in alt_variants
        for old, new in plan.steps.items()
    }
    swapped = (swaps.get(step, step) for step in plan_of(exercise, length).steps)
    return tuple(step for step in swapped if step is not None)


def placed_steps(
    exercise: ExerciseFile, words: Words, length: Length, alt_variants: AbstractSet[AltVariant]
) -> Iterator[tuple[StepPlan, Section, tuple[Placed, ...]]]:
    """Yield each step of one length with its words, every item with its source line."""
    plans = {step.id: step for step in exercise.steps}
    for step_id in step_ids(exercise, length, alt_variants):
        section = words.sections[step_id]
        yield plans[step_id], section, tuple(_items(plans[step_id], section, {length, *alt_variants}))


def _items(plan: StepPlan, section: Section, names: AbstractSet[str]) -> Iterator[Placed]:
    for item in section.items:
        if isinstance(item, Overlay):
            yield Placed(_breaths(plan, item), item.source_lines[0])
        elif (placed := _chosen(item, names)) is not None:
            yield placed


def _chosen(phrase: Phrase, names: AbstractSet[str]) -> Placed | None:
    line, source_line = phrase.line, phrase.source_line
    left_out = False
    for other in phrase.instead:
        if other.name in names:
            left_out, source_line = other.line is None, other.source_line
            line = other.line or line
    return None if left_out else Placed(line, source_line)


def _breaths(plan: StepPlan, overlay: Overlay) -> PacedBreaths:
    if plan.paced is UNSET:
        raise ValueError("a numbered list stands in a step that is not paced: the loader refuses this (C09)")
    pace = plan.paced
    return PacedBreaths(
        breaths=pace.breaths,
        inhale=pace.inhale,
        hold=pace.hold,
        exhale=pace.exhale,
        hold2=pace.hold2,
        overlay=overlay.words,
    )


def resolve(exercise: Exercise, language: str, length: Length, alt_variants: AbstractSet[AltVariant]) -> Script:
    """Put together what is said in one length.

    Raises:
        KeyError: the exercise has no words in that language.
    """
    steps = tuple(
        Step(
            id=plan.id,
            label=section.label,
            items=tuple(placed.item for placed in items),
            region=plan.region,
            optional=plan.optional,
            ext_cue=plan.ext_cue,
        )
        for plan, section, items in placed_steps(exercise, exercise.words[language], length, alt_variants)
    )
    return Script(seconds=plan_of(exercise, length).seconds, steps=steps)
