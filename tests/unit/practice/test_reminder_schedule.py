"""When a phone reminds its owner: laws of the pure schedule."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.practice.reminders.schedule import Life, Time, Wish, jitter, schedule

FIRST = date(2026, 3, 20)
ANA = UUID(int=1)
MINUTES = timedelta(minutes=10)
EVERY = frozenset(range(7))
walls = st.times().map(lambda each: each.replace(second=0, microsecond=0))
wishes = st.builds(
    Wish,
    times=st.lists(st.builds(Time, days=st.frozensets(st.integers(0, 6), min_size=1), at=walls), max_size=3).map(tuple),
    quiet_from=walls,
    quiet_to=walls,
)
lives = st.builds(
    Life,
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Apia", "UTC"]),
    day_start=st.times(max_value=time(6)),
    sessions=st.lists(st.integers(0, 20 * 24).map(lambda h: datetime(2026, 3, 19, tzinfo=UTC) + timedelta(hours=h))),
    paused=st.frozensets(st.integers(0, 14).map(lambda n: FIRST + timedelta(days=n))),
)


@given(client=st.uuids(), wish=wishes, life=lives)
def test_at_most_one_a_date_never_in_quiet_hours_or_pauses_or_around_a_session(
    client: UUID, wish: Wish, life: Life
) -> None:
    planned = list(schedule(client, wish, life, FIRST, 14))
    assert len({each.date() for each in planned}) == len(planned)
    zone = ZoneInfo(life.zone)
    for wall in planned:
        assert not wish.is_quiet(wall.time())
        practice_date = wall.date() - timedelta(days=wall.time() < life.day_start)
        assert practice_date not in life.paused
        near = [
            session
            for session in life.sessions
            if session - timedelta(hours=2) <= wall.replace(tzinfo=zone)
            and (wall.date() <= session.astimezone(zone).date() or wall.replace(tzinfo=zone) < session)
        ]
        assert near == []
        on_that_day = [each.at for each in wish.times if wall.weekday() in each.days]
        assert any(abs(wall - datetime.combine(wall.date(), at)) <= MINUTES for at in on_that_day)


@given(client=st.uuids(), wish=wishes, life=lives, later=st.integers(0, 13))
def test_a_date_is_planned_alike_from_whichever_date_one_asks(client: UUID, wish: Wish, life: Life, later: int) -> None:
    from_then = FIRST + timedelta(days=later)
    whole = [each for each in schedule(client, wish, life, FIRST, 14) if each.date() >= from_then]
    assert whole == list(schedule(client, wish, life, from_then, 14 - later))


@given(client=st.uuids(), day=st.dates())
def test_nothing_moves_by_more_than_ten_minutes(client: UUID, day: date) -> None:
    assert abs(jitter(client, day)) <= MINUTES
    assert jitter(client, day) == jitter(client, day)


def test_phones_do_not_all_call_at_once() -> None:
    moved = [jitter(UUID(int=number), FIRST).total_seconds() for number in range(2000)]
    assert len({*moved}) > 800
    assert abs(sum(moved) / len(moved)) < 40
    assert len({jitter(ANA, FIRST + timedelta(days=n)) for n in range(30)}) > 25


QUIET = Wish(times=(Time(days=EVERY, at=time(9)),), quiet_from=time(21), quiet_to=time(8))


def berlin(sessions: list[datetime], paused: set[date]) -> Life:
    return Life(zone="Europe/Berlin", day_start=time(4), sessions=sessions, paused=paused)


def test_the_morning_after_a_session_is_free_again_from_eight() -> None:
    session = datetime(2026, 3, 21, 9, tzinfo=UTC)
    life = berlin([session], set())
    assert [each.day for each in schedule(ANA, QUIET, life, FIRST, 3)] == [20, 22]


def test_a_pause_is_silent() -> None:
    life = berlin([], {FIRST})
    assert [each.day for each in schedule(ANA, QUIET, life, FIRST, 2)] == [21]
