"""What the catalogue and the figures of a day say of a set, with exercises made for the test."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

from msgspec.structs import replace
from support.catalogue import CONTENT

from server.care.findings import Finding
from server.care.items import AsNeeded, Daily, PinnedExercise, PracticeItem
from server.care.load import heavy_days
from server.care.occurrences import Assigned, Span, offered
from server.care.suits import of_exercises, of_session_days
from server.catalogue.schemas import Exercise, Review
from server.catalogue.snapshot import Snapshot, compile_snapshot, load_snapshot

SHIPPED = load_snapshot(CONTENT)
JUNE = date(2026, 6, 1)
DAY = timedelta(days=1)
WEEK = Span(first=JUNE, last=JUNE + 6 * DAY)


def catalogue(**fields: object) -> Snapshot:
    """Return the shipped catalogue with another `land-now`."""
    changed = replace(SHIPPED.exercises["land-now"], **fields)
    others = [each for each in SHIPPED.exercises.values() if each.slug != "land-now"]
    return compile_snapshot([*others, changed], SHIPPED.rules)


def item(slug: str = "land-now", **fields: object) -> PracticeItem:
    whole = PracticeItem(
        id=uuid4(),
        exercise=slug,
        exercise_version=1,
        length="medium",
        anchor="calendar",
        from_day=0,
        to_day=0,
        times_of_day=("any",),
        recurrence=Daily(),
    )
    return replace(whole, **fields)


def codes(found: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(each.code, each.rule_id or "") for each in found]


def of(snapshot: Snapshot, *items: PracticeItem) -> list[tuple[str, str]]:
    return codes(list(of_exercises(items, snapshot)))


REVIEWED = Review(status="approved")


def test_a_reviewed_exercise_of_this_version_has_nothing_to_say() -> None:
    assert of(catalogue(review=REVIEWED), item()) == []
    assert of(SHIPPED, item()) == [("not_reviewed", "")], "control"


def test_an_older_version_and_one_that_is_gone_are_told() -> None:
    assert of(catalogue(review=REVIEWED, content_version=2), item()) == [("newer_version", "")]
    assert of(SHIPPED, item("long-gone")) == [("not_offered", "")]


def test_every_choice_of_an_item_is_looked_at() -> None:
    choice = tuple(PinnedExercise(exercise=slug, exercise_version=1) for slug in ("land-now", "long-gone"))
    found = list(of_exercises([item(), item(any_of=choice)], catalogue(review=REVIEWED)))
    assert [(each.item, each.exercise, each.code) for each in found] == [(1, "long-gone", "not_offered")]


def test_the_rules_for_somebody_nobody_has_screened_are_asked() -> None:
    assert of(catalogue(review=REVIEWED, properties=("fast_breathing",)), item()) == [("rule", "R024")]
    assert of(catalogue(review=REVIEWED, interoceptive_load=4), item()) == [("rule", "R080")]
    (told,) = of_exercises([item()], catalogue(review=REVIEWED, properties=("fast_breathing",)))
    assert (told.severity, told.detail) == (
        "warn",
        "The rules leave this exercise out for somebody of whom no screening is on file.",
    )


def on_days(snapshot: Snapshot, given: PracticeItem, *dosing: date) -> list[Finding]:
    planned = offered(Assigned(id=uuid4(), first=JUNE, last=None, items=(given,)), (), WEEK)
    return list(of_session_days(planned, frozenset(dosing), {given.id: 0}, snapshot))


def test_what_is_made_for_a_day_of_treatment_is_still_held_to_the_rules_of_the_hours_after() -> None:
    held = on_days(catalogue(phases=("dosing_day",), dose_window="after", properties=("taste",)), item(), JUNE)
    assert [(each.code, each.rule_id, each.dates, each.severity) for each in held] == [
        ("rule", "R162", (JUNE,), "warn")
    ]
    before = on_days(catalogue(phases=("dosing_day",), dose_window="before", properties=("taste",)), item(), JUNE)
    assert [(each.code, each.dates) for each in before] == [("day_after", (JUNE + DAY,))]


def test_the_day_after_is_for_integration() -> None:
    (day, after) = on_days(catalogue(phases=("preparation",)), item(), JUNE + 2 * DAY)
    assert (day.code, day.severity, day.dates) == ("session_day", "warn", (JUNE + 2 * DAY,))
    assert (after.code, after.severity, after.dates) == ("day_after", "info", (JUNE + 3 * DAY,))
    assert [each.code for each in on_days(SHIPPED, item(), JUNE + 2 * DAY)] == ["session_day"], "control"
    assert on_days(SHIPPED, item()) == []


def heavy(exercise: Exercise, *items: PracticeItem) -> list[str]:
    planned = offered(Assigned(id=uuid4(), first=JUNE, last=None, items=items), (), WEEK)
    return [each.code for each in heavy_days(planned, (), {exercise.slug: exercise})]


def test_two_practices_far_inward_on_one_day_are_told() -> None:
    inward = replace(SHIPPED.exercises["land-now"], interoceptive_load=4)
    assert heavy(inward, item(), item()) == ["inward_day"]
    assert heavy(inward, item(target=2)) == ["inward_day"]
    assert heavy(inward, item()) == []
    assert heavy(inward, item(), item(recurrence=AsNeeded())) == []
    assert heavy(SHIPPED.exercises["land-now"], item(), item()) == [], "control"


def test_times_of_day_and_the_target_are_the_same_practices() -> None:
    calm = SHIPPED.exercises["land-now"]
    assert heavy(calm, item(times_of_day=("morning", "midday"), target=2), item(target=2)) == []
    assert heavy(calm, item(times_of_day=("morning", "midday"), target=3), item(target=2)) == ["many_practices"]
