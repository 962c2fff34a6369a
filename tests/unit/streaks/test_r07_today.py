import pytest
from support.streak_cases import LONG_AGO, answered, case, done

WEST = {"zones": [[LONG_AGO, "Australia/Sydney"], ["2026-06-03T00:00:00Z", "America/Los_Angeles"]]}


@pytest.mark.parametrize("now,today", [("2026-06-04T03:59:59Z", "2026-06-03"), ("2026-06-04T04:00:00Z", "2026-06-04")])
def test_today_lasts_until_the_day_start_of_tomorrow(now: str, today: str) -> None:
    report = answered(case(1, 2, now=3) | {"now": now})
    assert report["today"] == today
    assert report["neutral"][today] == "open"


def test_today_can_add_and_never_break() -> None:
    waiting, practised = answered(case(1, 2, now=3, policy={"grace": 0})), answered(case(1, 2, 3, now=3))
    assert (waiting["current"], practised["current"]) == (2, 3)


def test_a_date_later_than_today_counts_if_practised() -> None:
    # 08:00 on the 3rd in Sydney, then a flight to a place where it is still the 2nd.
    early = done(2, started_at="2026-06-02T22:00:00Z", zone="Australia/Sydney")
    report = answered(case(now=3, completions=[early], **WEST) | {"now": "2026-06-03T04:00:00Z"})
    assert (report["today"], report["today_state"], report["current"]) == ("2026-06-02", "open", 1)
    assert report["neutral"] == {"2026-06-02": "open"}


def test_a_date_later_than_today_is_otherwise_open() -> None:
    report = answered(case(now=3, completions=[done(4, received_at="2026-06-05T12:00:00Z")]))
    assert report["neutral"] == {"2026-06-03": "open"}
    assert report["missed"] == ["2026-06-01", "2026-06-02"]
