"""Whether the parts of one exercise fit together: slug and folder, steps and lengths, words and steps (C05 to C11)."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from msgspec import UNSET

from server.catalogue.resolve import plan_of, step_ids
from server.catalogue.schemas import LENGTHS, ExerciseFile, Overlay, Section, StepPlan, Words
from server.catalogue.tree import Plain, Route, Tree
from server.catalogue.vocabulary import AltVariant

RETURN = "return"
PlanProblem = tuple[Route, str, str]
WordProblem = tuple[int, str, str]


def plan_problems(plan: ExerciseFile, source: Tree, folder: str) -> Iterator[PlanProblem]:
    """Yield what does not fit inside exercise.yaml: its route, the rule, and the detail."""
    if plan.slug != folder:
        yield ("slug",), "C05", "the slug is not the folder's name"
    if ("dosing_day" in plan.phases) != (plan.dose_window is not UNSET):
        yield ("phases",), "C10", "one stands here without the other"
    yield from repeats(source.value, ())
    yield from _step_problems(plan)


def repeats(value: Plain, route: Route) -> Iterator[PlanProblem]:
    """Yield every list that names a value more than once (C11); the steps of a length may."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from repeats(entry, (*route, key))
    elif isinstance(value, list):
        for word, count in Counter(entry for entry in value if isinstance(entry, str)).items():
            if count > 1 and route[:1] != ("variants",):
                yield route, "C11", f"`{word}` stands here {count} times"


def _step_problems(plan: ExerciseFile) -> Iterator[PlanProblem]:
    known = {step.id for step in plan.steps}
    used = {step for length in LENGTHS for step in plan_of(plan, length).steps}
    swaps = {(name, old): new for name, alt in plan.alt_variants.items() for old, new in alt.steps.items()}
    used |= {new for new in swaps.values() if new is not None}
    for index, step in enumerate(plan.steps):
        if step.id in {before.id for before in plan.steps[:index]}:
            yield ("steps", index, "id"), "C06", f"the step `{step.id}` stands here a second time"
        if step.id not in used:
            yield ("steps", index, "id"), "C06", f"no length and no alt variant uses `{step.id}`"
    for length in LENGTHS:
        for index, step_id in enumerate(plan_of(plan, length).steps):
            if step_id not in known:
                yield ("variants", length, "steps", index), "C06", f"`{step_id}` is not a step"
    for (name, old), new in swaps.items():
        for other in {old, new} - known - {None}:
            yield ("alt_variants", name, "steps", old), "C06", f"`{other}` is not a step"
    yield from _order_problems(plan)


def _order_problems(plan: ExerciseFile) -> Iterator[PlanProblem]:
    names = tuple(plan.alt_variants)
    none: tuple[AltVariant, ...] = ()
    for alts in [none, *((name,) for name in names), *combinations(names, 2)]:
        route: Route = ("alt_variants", alts[0]) if alts else ("variants",)
        for length in LENGTHS:
            steps = step_ids(plan, length, frozenset(alts))
            if not steps or steps[-1] != RETURN:
                yield route, "C06", f"the last step of {'+'.join((length, *alts))} is not `return`"


def word_problems(plan: ExerciseFile, words: Words) -> Iterator[WordProblem]:
    """Yield what does not fit between a words file and exercise.yaml: its line, the rule, and the detail."""
    steps = {step.id: step for step in plan.steps}
    for step_id in steps.keys() - words.sections.keys():
        yield 1, "C07", f"the section `## {step_id}: ...` is missing"
    for step_id, section in words.sections.items():
        if step_id not in steps:
            yield section.source_line, "C07", f"exercise.yaml has no step `{step_id}`"
            continue
        yield from _overlay_problems(steps[step_id], section)
        yield from _name_problems(plan, section)


def _overlay_problems(step: StepPlan, section: Section) -> Iterator[WordProblem]:
    lists = [item for item in section.items if isinstance(item, Overlay)]
    breaths = 0 if step.paced is UNSET else step.paced.breaths
    if not lists and breaths:
        yield section.source_line, "C09", f"the list of {breaths} breaths is missing"
    for number, overlay in enumerate(lists):
        if not breaths or number:
            yield overlay.source_lines[0], "C09", "no list belongs here"
        elif len(overlay.words) != breaths:
            yield overlay.source_lines[0], "C09", f"the list has {len(overlay.words)} entries for {breaths} breaths"


def _name_problems(plan: ExerciseFile, section: Section) -> Iterator[WordProblem]:
    names = {*LENGTHS, *plan.alt_variants}
    for item in section.items:
        for instead in () if isinstance(item, Overlay) else item.instead:
            if instead.name not in names:
                yield instead.source_line, "C08", f"`{instead.name}` is neither"
