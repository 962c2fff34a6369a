from datetime import UTC, date, datetime

from support.streak_cases import answered, case, done

from server.practice.streaks import Completion, Facts, Plan, Policy, ZoneChange, report


def test_before_the_start_there_are_no_dates() -> None:
    found = answered(case(1, 2, now=3, policy={"start": "2026-06-04"}))
    assert (found["today_state"], found["neutral"], found["longest"]) == ("outside", {}, 0)


def test_practice_before_the_start_is_on_no_date() -> None:
    assert answered(case(1, 2, 3, now=3, policy={"start": "2026-06-03"}))["current"] == 1


def test_after_the_end_the_number_stands_still() -> None:
    ended = {"end": "2026-06-03"}
    first, later = (answered(case(1, 2, 3, 6, now=now, policy=ended)) for now in (7, 29))
    assert (later["current"], later["today_state"], later["missed"]) == (3, "outside", [])
    assert first | {"today": later["today"]} == later


def test_a_plan_that_ends_before_it_starts_has_no_dates() -> None:
    found = answered(case(1, 2, now=3, policy={"end": "2026-05-31"}))
    assert (found["current"], found["adherence"], found["neutral"]) == (0, None, {})


def test_without_a_start_the_first_practised_date_is_the_first() -> None:
    fragment = done(2, outcome="partial", seconds=10)
    given = case(4, now=5, completions=[fragment]) | {"policy": {}}
    assert answered(given)["neutral"] == {"2026-06-05": "open"}
    assert answered(case(now=5) | {"policy": {}})["neutral"] == {"2026-06-05": "open"}


def test_each_of_several_plans_has_its_own_ends_and_between_them_are_no_dates() -> None:
    june, july = date(2026, 6, 1), date(2026, 7, 1)
    plans = (Plan(start=june, end=date(2026, 6, 2)), Plan(start=july, end=date(2026, 7, 2)))
    days = (june, date(2026, 6, 15), july)
    completions = tuple(Completion(id=str(day), practice_date=day) for day in days)
    zones = (ZoneChange(at=datetime(2000, 1, 1, tzinfo=UTC), zone="UTC"),)
    now = datetime(2026, 7, 9, 12, tzinfo=UTC)
    found = report(Facts(zones=zones, completions=completions), Policy(plans=plans), now=now, last_sync=now)
    assert (found.preparation.practised, found.preparation.days) == (2, 4)
    assert found.missed == (date(2026, 6, 2), date(2026, 7, 2))
    assert found.neutral == {}
