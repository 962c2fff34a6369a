"""The laws of streaks.md under random input, and the two corners in which its own rules break them."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from support.streak_cases import DAY, LONG_AGO, JsonCase, answered, case, done, explained, june, random_cases, stamp

QUOTA = {"schedule": {"type": "weekly_quota", "n": 4}}


def has_quota(drawn: JsonCase) -> bool:
    return bool(drawn["policy"]["schedule"]["type"] == "weekly_quota")


def figures(drawn: JsonCase) -> tuple[int, int]:
    found = answered(drawn)
    return found["current"], found["longest"]


def never_lower(before: JsonCase, after: JsonCase) -> bool:
    return all(b <= a for b, a in zip(figures(before), figures(after), strict=True))


@given(random_cases(), st.randoms(use_true_random=False))
def test_order_and_duplicates_never_matter(drawn: JsonCase, random: Any) -> None:
    shuffled = dict(drawn)
    for name in ("completions", "zones", "pauses", "sessions", "voids"):
        shuffled[name] = drawn[name] + random.sample(drawn[name], random.randint(0, len(drawn[name])))
        random.shuffle(shuffled[name])
    assert answered(shuffled) == answered(drawn)


@given(random_cases())
def test_the_longest_run_is_never_shorter_than_the_current_one(drawn: JsonCase) -> None:
    current, longest = figures(drawn)
    assert 0 <= current <= longest


@given(random_cases())
def test_explain_agrees_with_the_report_on_every_date(drawn: JsonCase) -> None:
    found = answered(drawn)
    told = dict.fromkeys(found["missed"], "missed") | found["neutral"]
    today = date.fromisoformat(found["today"])
    days = explained(drawn, today - 40 * DAY, today + 40 * DAY)
    assert {str(each.date): str(each.kind) for each in days if str(each.date) in told} == told
    others = {str(each.kind) for each in days if str(each.date) not in told and each.date <= today}
    assert others <= {"practised", "outside"}
    assert next(str(each.kind) for each in days if each.date == today) == found["today_state"]


@given(random_cases(), st.data())
def test_another_completion_never_lowers_current_or_longest(drawn: JsonCase, data: st.DataObject) -> None:
    assume(not has_quota(drawn) or "start" in drawn["policy"])
    moment = datetime.fromisoformat(drawn["now"]) - timedelta(hours=data.draw(st.integers(0, 24 * 24)))
    more = {"id": "more", "started_at": stamp(moment), "zone": data.draw(st.sampled_from(["UTC", "Asia/Tokyo"]))}
    assert never_lower(drawn, drawn | {"completions": [*drawn["completions"], more]})


def test_the_exception_is_an_earlier_first_practice_that_begins_the_quota_week_sooner() -> None:
    """Without a given start the first week grows from two dates to seven, and asks for 3 where it asked for 1."""
    policy = {"start": None, "grace": 0, "schedule": {"type": "weekly_quota", "n": 3}}
    before = case(6, 8, 9, 10, now=14, policy=policy)
    after = case(1, 6, 8, 9, 10, now=14, policy=policy)
    assert (figures(before), figures(after)) == ((4, 4), (3, 3))


@given(random_cases(), st.data())
def test_another_pause_never_lowers_current_or_longest(drawn: JsonCase, data: st.DataObject) -> None:
    assume(not has_quota(drawn))
    first = datetime.fromisoformat(drawn["now"]).date() - data.draw(st.integers(0, 24)) * DAY
    last = first + data.draw(st.integers(0, 9)) * DAY
    assert never_lower(drawn, drawn | {"pauses": [*drawn["pauses"], {"from": str(first), "to": str(last)}]})


def test_the_exception_is_a_pause_in_a_quota_week_that_asks_for_no_less() -> None:
    """Of 6 dates, 4 a week still makes 4: the miss moves from the paused Sunday to Thursday, nearer the last miss."""
    before = case(1, 2, 3, 8, 9, 10, 11, 15, 19, 20, now=22, policy=QUOTA)
    after = before | {"pauses": [{"from": "2026-06-21", "to": "2026-06-21"}]}
    assert (answered(before)["missed"], answered(after)["missed"]) == (
        ["2026-06-07", "2026-06-21"],
        ["2026-06-07", "2026-06-18"],
    )
    assert (figures(before), figures(after)) == ((10, 10), (7, 8))


@given(random_cases(), st.integers(0, 3))
def test_a_pause_of_whole_weeks_never_lowers_them_even_with_a_quota(drawn: JsonCase, back: int) -> None:
    assume(drawn["policy"].get("start"))
    today = date.fromisoformat(answered(drawn)["today"])
    monday = today - (today.weekday() + 7 * back) * DAY
    assert never_lower(
        drawn, drawn | {"pauses": [*drawn["pauses"], {"from": str(monday), "to": str(monday + 6 * DAY)}]}
    )


@given(random_cases(travels=False), st.integers(-40, 60), st.data())
def test_a_moved_session_changes_only_its_dates_and_their_rest_days(
    drawn: JsonCase, hours: int, data: st.DataObject
) -> None:
    assume(drawn["sessions"])
    position = data.draw(st.integers(0, len(drawn["sessions"]) - 1))
    old = drawn["sessions"][position]
    new = old | {"start": stamp(datetime.fromisoformat(old["start"]) + timedelta(hours=hours))}
    moved = drawn | {"sessions": [new if n == position else s for n, s in enumerate(drawn["sessions"])]}
    edges = [datetime.fromisoformat(s["start"]).date() for s in (old, new)]
    first, last = min(edges) - 9 * DAY, max(edges) + 9 * DAY
    pairs = zip(explained(drawn, first, last), explained(moved, first, last), strict=True)
    changed = {before.date for before, after in pairs if before.kind != after.kind}
    reach = {edge + n * DAY for edge in edges for n in range(-1, 2 + drawn["policy"].get("post_dose_rest_days", 0))}
    weeks = {day - day.weekday() * DAY for day in reach}
    assert all(day in reach or (has_quota(drawn) and day - day.weekday() * DAY in weeks) for day in changed)


@st.composite
def settled_lives(draw: st.DrawFn) -> JsonCase:
    """Noon practices in one zone without clock changes, so that all of it can be moved by whole days."""
    practised = draw(st.sets(st.integers(1, 21)))
    schedule = draw(
        st.sampled_from(
            [
                {"type": "daily"},
                {"type": "weekdays", "days": [0, 2, 5]},
                {"type": "every_n_days", "n": 7, "anchor": "2026-06-03"},
                {"type": "weekly_quota", "n": 3},
            ]
        )
    )
    policy = {"schedule": schedule, "grace": draw(st.integers(0, 2))}
    held = [{"id": f"s{n}", "start": june(n), "status": "held"} for n in draw(st.sets(st.integers(1, 21), max_size=2))]
    return case(*practised, now=22, policy=policy, sessions=held)


def insert_paused_weeks(drawn: JsonCase, monday: date, weeks: int) -> JsonCase:
    """Move everything from `monday` on by whole weeks, and pause the gap."""

    def later(text: str) -> str:
        return stamp(datetime.fromisoformat(text) + 7 * weeks * DAY) if text[:10] >= str(monday) else text

    return drawn | {
        "now": later(drawn["now"]),
        "completions": [c | {"started_at": later(c["started_at"])} for c in drawn["completions"]],
        "sessions": [s | {"start": later(s["start"])} for s in drawn["sessions"]],
        "pauses": [{"from": str(monday), "to": str(monday + (7 * weeks - 1) * DAY)}],
    }


@given(settled_lives(), st.integers(0, 2), st.integers(1, 3))
def test_inserted_neutral_dates_change_neither_current_nor_longest(drawn: JsonCase, week: int, weeks: int) -> None:
    monday = date(2026, 6, 1) + 7 * week * DAY
    apart = insert_paused_weeks(drawn, monday, weeks)
    assert figures(apart) == figures(drawn)
    assert answered(apart)["adherence"] == answered(drawn)["adherence"]


def as_known_on(drawn: JsonCase, day: int) -> JsonCase:
    """The same life on the evening of an earlier day, with what had happened by then."""
    known = [c for c in drawn["completions"] if c["started_at"] <= june(day, 20)]
    return drawn | {"now": june(day, 20), "completions": known}


@given(settled_lives())
def test_as_time_passes_the_longest_run_never_gets_shorter(drawn: JsonCase) -> None:
    assume(not has_quota(drawn))
    longest = [figures(as_known_on(drawn, day))[1] for day in range(1, 23)]
    assert longest == sorted(longest)


def test_the_exception_is_a_quota_week_that_closes_over_a_run_made_in_its_last_days() -> None:
    """On Sunday nothing is missed; on Monday Wednesday and Thursday are, and they come before the run's last days."""
    policy = {"grace": 0, "schedule": {"type": "weekly_quota", "n": 5}}
    practised = (1, 2, 3, 4, 5, 12, 13, 14)
    assert figures(case(*practised, now=14, policy=policy)) == (8, 8)
    assert figures(case(*practised, now=15, policy=policy)) == (3, 5)


def test_a_life_far_from_home_is_read_like_any_other() -> None:
    """A control: the random cases do reach short, unknown and held dates, and each changes a report."""
    flight = {"zones": [[LONG_AGO, "America/Los_Angeles"], ["2026-06-03T21:00:00Z", "Australia/Sydney"]]}
    found = answered(case(1, now=6, completions=[done(6, received_at=june(5))], last_sync_at=june(3), **flight))
    assert found["neutral"]["2026-06-03"] == "short_day"
    assert found["neutral"]["2026-06-04"] == "unknown"
    assert found["held"] == ["c06"]
