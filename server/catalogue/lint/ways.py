"""L43 to L47: what a swap may lead to, that something gentler is always there, and the stages of tracks."""

from collections.abc import Iterator, Mapping
from typing import Final

from server.catalogue.lint.journey import Journey
from server.catalogue.lint.registry import Problem, way_rule
from server.catalogue.lint.starter import LAND_NOW, is_for_session_day
from server.catalogue.schemas import Exercise
from server.catalogue.ways_loader import SWAPS, TRACKS

WayProblems = Iterator[tuple[str, Problem]]
_EASE: Final = {"external": 0, "mixed": 1, "internal": 2}


@way_rule("L43")
def swaps_suit(journey: Journey) -> WayProblems:
    """Lead by a swap only to what suits everybody whom the exercise suits, and stay on the list of the session day."""
    for index, swap in enumerate(journey.ways.swaps):
        one, other = journey.exercises.get(swap.source), journey.exercises.get(swap.target)
        if one is None or other is None:
            continue
        where = ("swaps", index, "to")
        if more := sorted(journey.kept_from(other) - journey.kept_from(one)):
            yield SWAPS, Problem(where, f"`{other.slug}` is kept from more people ({', '.join(more)})")
        if other.requires_flag or (other.requires_introduction and not one.requires_introduction):
            yield SWAPS, Problem(where, f"`{other.slug}` is not for everybody")
        if one.dose_window == "after" and {*one.phases} == {"dosing_day"} and not is_for_session_day(other):
            yield SWAPS, Problem(where, f"`{other.slug}` is not on the list of the session day")


@way_rule("L44")
def gentler_is_gentler(journey: Journey) -> WayProblems:
    """Call gentler only what asks for no more of the inner attention, and never lead around in a circle."""
    steps = [(index, swap) for index, swap in enumerate(journey.ways.swaps) if swap.reason == "gentler_than"]
    onward: dict[str, set[str]] = {}
    for index, swap in steps:
        one, other = journey.exercises.get(swap.source), journey.exercises.get(swap.target)
        if one and other and _asks(other) > _asks(one):
            yield SWAPS, Problem(("swaps", index, "to"), f"`{other.slug}` asks for more than `{one.slug}`")
        if swap.source in _reached(onward, swap.target):
            yield SWAPS, Problem(("swaps", index), f"`{swap.target}` leads back to `{swap.source}`")
        onward.setdefault(swap.source, set()).add(swap.target)


@way_rule("L45")
def always_gentler(journey: Journey) -> WayProblems:
    """Have something gentler for every exercise but Land now, for after an early stop."""
    there = {swap.source for swap in journey.ways.swaps if swap.reason == "gentler_than"}
    for slug in sorted(journey.exercises.keys() - there - {LAND_NOW}) if journey.ways.swaps else ():
        yield SWAPS, Problem(("swaps",), f"nothing is gentler than `{slug}`")


@way_rule("L46")
def stages(journey: Journey) -> WayProblems:
    """Put into a stage only what its track and its phase are meant for, the easier ones first."""
    for index, plan in enumerate(journey.ways.tracks):
        for at, stage in enumerate(plan.stages):
            known = [(place, journey.exercises.get(slug)) for place, slug in enumerate(stage.exercises)]
            before = (0, 0)
            for place, one in known:
                if one is None:
                    continue
                where = ("tracks", index, "stages", at, "exercises", place)
                if plan.track not in one.tracks or stage.phase not in one.phases:
                    yield TRACKS, Problem(where, f"`{one.slug}` is not meant for it")
                if _asks(one) < before:
                    yield TRACKS, Problem(where, f"`{one.slug}` is easier than what stands before it")
                before = _asks(one)


@way_rule("L47")
def everyone_has_a_stage(journey: Journey) -> WayProblems:
    """Give each exercise a place in every track that it belongs to."""
    for index, plan in enumerate(journey.ways.tracks):
        there = {slug for stage in plan.stages for slug in stage.exercises}
        for one in journey.exercises.values():
            if plan.track in one.tracks and one.slug not in there:
                yield TRACKS, Problem(("tracks", index, "stages"), f"`{one.slug}` has no place")


def _asks(exercise: Exercise) -> tuple[int, int]:
    return exercise.interoceptive_load, _EASE[exercise.attention]


def _reached(onward: Mapping[str, set[str]], start: str) -> set[str]:
    reached, waiting = set(), [start]
    while waiting:
        slug = waiting.pop()
        if slug not in reached:
            reached.add(slug)
            waiting += onward.get(slug, ())
    return reached
