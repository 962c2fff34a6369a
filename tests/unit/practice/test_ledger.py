from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from server.kit.days import practice_date_of
from server.practice.items import Put
from server.practice.ledger import Entry, completion_fact, entry_of, why_not_counted
from server.practice.schemas import LogCompletion
from server.practice.streaks import Facts, Policy, ZoneChange, report

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAYED = LogCompletion(
    exercise="land-now",
    exercise_version=1,
    zone="Europe/Berlin",
    started_at=NOW - timedelta(hours=1),
    seconds=240,
    target_seconds=240,
)
BY_HAND = replace(PLAYED, source="manual", practice_date=date(2026, 5, 30), logged_at=NOW)


def keep(body: LogCompletion, *, known: bool = True, day_start: time = time(4)) -> Entry:
    item = Put(id=uuid4(), body=body, fingerprint=b"")
    return entry_of(item, body, device=None, known=known, day_start=day_start, now=NOW)


def test_a_practice_before_the_day_begins_belongs_to_the_day_before() -> None:
    night = replace(PLAYED, started_at=datetime(2026, 6, 1, 1, 59, tzinfo=UTC))
    assert keep(night).practice_date == date(2026, 5, 31)
    assert keep(night, day_start=time(3, 59)).practice_date == date(2026, 6, 1)


def test_an_entry_by_hand_has_the_date_it_names() -> None:
    assert keep(BY_HAND).practice_date == date(2026, 5, 30)


def test_a_date_beside_a_start_means_nothing() -> None:
    assert keep(replace(PLAYED, practice_date=date(2020, 1, 1))).practice_date == date(2026, 6, 1)


@given(
    started_at=st.integers(0, 157_000_000).map(lambda n: datetime(1900, 1, 1, tzinfo=UTC) + n * MINUTE),
    zone=st.sampled_from(["Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "UTC"]),
    day_start=st.times(max_value=time(6)),
)
def test_every_moment_of_the_calendar_has_a_practice_date(started_at: datetime, zone: str, day_start: time) -> None:
    row = keep(replace(PLAYED, started_at=started_at, zone=zone), day_start=day_start)
    assert row.practice_date == practice_date_of(started_at, zone, day_start)
    assert abs(row.practice_date - started_at.date()) <= timedelta(days=1)


@pytest.mark.parametrize(
    "body, reason",
    [
        (PLAYED, None),
        (replace(PLAYED, outcome="safe_stop", seconds=3), None),
        (replace(PLAYED, outcome="partial", seconds=192), None),
        (replace(PLAYED, outcome="partial", seconds=191), "fragment"),
        (replace(PLAYED, started_at=NOW + 5 * MINUTE), None),
        (replace(PLAYED, started_at=NOW + 6 * MINUTE), "clock_ahead"),
        (replace(PLAYED, source="proxy", started_at=NOW + 6 * MINUTE), "clock_ahead"),
        (BY_HAND, None),
        (replace(BY_HAND, practice_date=date(2026, 5, 25)), None),
        (replace(BY_HAND, practice_date=date(2026, 5, 24)), "too_long_ago"),
        (replace(BY_HAND, practice_date=date.min), "too_long_ago"),
        (replace(PLAYED, started_at=NOW - timedelta(days=400)), None),
    ],
)
def test_why_a_practice_does_not_count(body: LogCompletion, reason: str | None) -> None:
    assert why_not_counted(keep(body), Policy()) == reason


def test_an_exercise_nobody_knows_does_not_count() -> None:
    assert why_not_counted(keep(PLAYED, known=False), Policy()) == "unknown_exercise"


bodies = st.builds(
    replace,
    st.sampled_from([PLAYED, BY_HAND]),
    outcome=st.sampled_from(["completed", "partial", "safe_stop"]),
    seconds=st.integers(0, 240),
    started_at=st.integers(-30_000, 30).map(lambda n: NOW + n * MINUTE),
    practice_date=st.integers(-20, 0).map(lambda n: NOW.date() + timedelta(days=n)),
)


@given(body=bodies)
def test_the_answer_to_a_practice_agrees_with_the_streak(body: LogCompletion) -> None:
    row = keep(body)
    alone = Facts(zones=(ZoneChange(at=NOW - timedelta(days=90), zone=body.zone),), completions=(completion_fact(row),))
    told = report(alone, Policy(), now=NOW, last_sync=NOW)
    reason = why_not_counted(row, Policy())
    assert (str(row.id) in told.held, str(row.id) in told.ignored) == (
        reason == "clock_ahead",
        reason == "too_long_ago",
    )
    counts = reason is None or (reason == "fragment" and body.seconds >= 180)
    assert (told.preparation.practised == 1) == counts


def test_a_kept_practice_is_read_with_its_own_id() -> None:
    row = keep(PLAYED)
    assert UUID(completion_fact(row).id) == row.id
