"""Flags that follow from dates, at the moment of use (content brief 2.1, 2.3)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.suitability_cases import SHIPPED, person

from server.catalogue.suitability.moments import asks_at
from server.kit.days import UnknownZoneError

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
PREGNANT = {"pregnancy_t1", "pregnancy_t2", "pregnancy_t3"}


def flags(at: datetime = NOON, **told: Any) -> set[str]:
    return set(SHIPPED.suitability.flags_at(person(**told), at))


def day(offset: int) -> str:
    return (TODAY + offset * DAY).isoformat()


def hours(offset: float) -> str:
    return (NOON + offset * HOUR).isoformat()


def dosed(offset: float, **told: Any) -> dict[str, Any]:
    return {"dosing": [{"at": hours(offset), **told}]}


@pytest.mark.parametrize(
    "week, trimester",
    [(0, "t1"), (13, "t1"), (13 + 6 / 7, "t1"), (14, "t2"), (27 + 6 / 7, "t2"), (28, "t3"), (40, "t3"), (42, "t3")],
)
def test_the_trimester_follows_from_the_due_date(week: float, trimester: str) -> None:
    due = day(280 - round(week * 7))
    assert flags(dates={"due": due}) == {f"pregnancy_{trimester}", "pregnancy_any"}


def test_a_pregnancy_without_an_end_never_becomes_postpartum_and_the_clinic_is_asked() -> None:
    for after, asked in ((20, ()), (21, ("outcome_of_pregnancy",)), (400, ("outcome_of_pregnancy",))):
        dates = {"due": day(-after)}
        assert flags(dates=dates) == {"pregnancy_t3", "pregnancy_any"}
        assert asks_at(person(dates=dates), NOON, SHIPPED.rules) == asked
    born = {"due": day(-30), "birth": day(-28)}
    assert asks_at(person(dates=born), NOON, SHIPPED.rules) == ()


@pytest.mark.parametrize("end", ["birth", "loss", "caesarean"])
def test_a_birth_or_a_loss_ends_the_pregnancy(end: str) -> None:
    assert not flags(dates={"due": day(60), end: day(-1)}) & {*PREGNANT, "pregnancy_any"}


def test_an_earlier_birth_or_loss_ends_no_later_pregnancy() -> None:
    dates = {"due": day(120), "loss": day(-300)}
    assert flags(dates=dates) == {"pregnancy_t2", "pregnancy_any", "perinatal_loss"}


@pytest.mark.parametrize(
    "ago, expected",
    [(0, "postpartum_0_6w"), (41, "postpartum_0_6w"), (42, "postpartum_6w_12m"), (365, "postpartum_6w_12m"), (366, "")],
)
def test_weeks_since_birth(ago: int, expected: str) -> None:
    assert flags(dates={"birth": day(-ago)}) == ({expected} if expected else set())


def test_a_caesarean_is_a_birth_and_heals_for_eight_weeks() -> None:
    assert flags(dates={"caesarean": day(-56)}) == {"caesarean_0_8w", "postpartum_6w_12m"}
    assert flags(dates={"caesarean": day(-57)}) == {"postpartum_6w_12m"}


def test_surgery_counts_for_eight_weeks_and_a_loss_for_ever() -> None:
    assert flags(dates={"surgery": day(-56)}) == {"recent_surgery"}
    assert flags(dates={"surgery": day(-57)}) == set()
    assert flags(dates={"loss": day(-5_000)}) == {"perinatal_loss"}


@pytest.mark.parametrize(
    "ago, expected",
    [
        (-1, set()),
        (0, {"after_dose_0_2h"}),
        (1.9, {"after_dose_0_2h"}),
        (2, {"after_dose_2_24h"}),
        (23.9, {"after_dose_2_24h"}),
        (24, {"integration_24_72h"}),
        (71.9, {"integration_24_72h"}),
        (72, set()),
    ],
)
def test_hours_since_a_dose(ago: float, expected: set[str]) -> None:
    assert flags(dates=dosed(-ago)) == expected


def test_nobody_is_out_of_the_clinic_before_they_were_let_go() -> None:
    assert flags(dates=dosed(-3, discharged_at=hours(1))) == {"after_dose_0_2h"}
    assert flags(dates=dosed(-5, discharged_at=hours(-1))) == {"after_dose_2_24h"}
    assert flags(dates=dosed(-24.5, discharged_at=hours(-20))) == {"after_dose_2_24h"}
    assert flags(dates=dosed(-1, discharged_at=hours(-0.5))) == {"after_dose_0_2h"}
    assert flags(dates=dosed(-23, discharged_at=None)) == {"after_dose_0_2h"}
    assert flags(dates=dosed(-25, discharged_at=None)) == {"after_dose_2_24h"}


def test_work_with_trauma_counts_for_48_hours() -> None:
    assert flags(dates={"trauma_work": [hours(-47.9)]}) == {"trauma_work_48h"}
    assert flags(dates={"trauma_work": [hours(-48), hours(-90)]}) == set()


def test_dates_are_read_where_the_person_is() -> None:
    born, late = {"birth": "2026-06-02"}, datetime(2026, 6, 1, 13, tzinfo=UTC)
    assert flags(late, dates=born, zone="Pacific/Auckland") == {"postpartum_0_6w"}
    with pytest.raises(UnknownZoneError):
        flags(dates=born, zone="Middle/Earth")


def test_no_screening_or_a_flag_nobody_knows_is_unscreened() -> None:
    assert flags(flags=["panic", "flag_of_tomorrow"]) == {"panic", "unscreened"}
    unsaid = person()
    assert "unscreened" not in SHIPPED.suitability.flags_at(unsaid, NOON)
    assert SHIPPED.suitability.flags_at(type(unsaid)(), NOON) == {"unscreened"}


@pytest.mark.parametrize(
    "dates, expected",
    [
        ({"birth": day(1)}, {"postpartum_0_6w", "postpartum_6w_12m"}),
        ({"loss": day(3)}, {"perinatal_loss"}),
        ({"surgery": day(1)}, {"recent_surgery"}),
        ({"trauma_work": [hours(1)]}, {"trauma_work_48h"}),
        ({"due": day(295)}, {*PREGNANT, "pregnancy_any"}),
        (dosed(30), set()),
    ],
)
def test_a_date_that_cannot_lie_ahead_gives_every_flag_it_could(dates: dict[str, Any], expected: set[str]) -> None:
    assert flags(dates=dates) == expected


def test_a_clock_behind_its_data_gives_what_may_be_true_since() -> None:
    told = {"dates": dosed(48), "as_of": hours(24)}
    assert flags(**told) == {"after_dose_2_24h", "integration_24_72h"}
    assert flags(NOON + 24 * HOUR, **told) == set()
    assert flags(NOON + 24 * HOUR - timedelta(minutes=10), **told) == set()


def test_a_clock_behind_its_data_never_stops_everything_by_a_plan_but_by_what_was_running() -> None:
    assert "after_dose_0_2h" in flags(dates=dosed(23), as_of=hours(24))
    assert "after_dose_0_2h" not in flags(dates=dosed(25), as_of=hours(24))


def test_a_clock_more_than_a_year_after_its_data_is_not_believed() -> None:
    born = {"birth": day(-10)}
    assert flags(NOON + 367 * DAY, dates=born, as_of=hours(0)) == {"postpartum_0_6w", "postpartum_6w_12m"}


def test_dates_at_the_edge_of_the_calendar_are_reckoned_with() -> None:
    assert flags(dates={"due": date.max.isoformat()}) == {*PREGNANT, "pregnancy_any"}
    assert flags(dates={"due": date.min.isoformat()}) == {"pregnancy_t3", "pregnancy_any"}
