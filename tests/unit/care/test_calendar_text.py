"""A calendar as text: the lines of RFC 5545 and, whatever is planned, no words but a few."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from support.catalogue import CONTENT, exercises_of

from server.care.feeds.entries import Changes, appointments, times
from server.care.feeds.ics import Entry, calendar_of
from server.care.feeds.words import TITLES, Titles, titles_for
from server.care.items import AsNeeded, Daily, EveryNDays, PracticeItem
from server.care.models import SessionRow
from server.care.occurrences import Anchored, Assigned, Span
from server.care.plan import Plan
from server.kit.days import zone_named

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SPAN = Span(first=date(2026, 6, 1), last=date(2026, 6, 14))
SLUGS = [each.slug for each in exercises_of(CONTENT)]
BERLIN = "Europe/Berlin"
NAMES = (
    "BEGIN END VERSION PRODID NAME X-WR-CALNAME REFRESH-INTERVAL X-PUBLISHED-TTL SUMMARY DTSTART DURATION DTSTAMP UID"
)
NAMES += " SEQUENCE CLASS LAST-MODIFIED TRANSP TZID RDATE TZNAME TZOFFSETFROM TZOFFSETTO"

items = st.builds(
    PracticeItem,
    id=st.uuids(),
    exercise=st.sampled_from(SLUGS),
    exercise_version=st.just(1),
    length=st.just("short"),
    anchor=st.sampled_from(["calendar", "dosing"]),
    from_day=st.integers(-3, 0),
    to_day=st.integers(0, 3),
    times_of_day=st.lists(st.sampled_from(["any", "morning", "midday", "evening", "night"]), min_size=1).map(tuple),
    recurrence=st.sampled_from([Daily(), EveryNDays(n=3), AsNeeded()]),
)


def entry(**more: object) -> Entry:
    start = datetime(2026, 6, 1, 8, tzinfo=zone_named(BERLIN))
    fields = {"id": uuid4(), "title": "A title", "start": start, "length": None, "revision": 0, "changed": NOW}
    return Entry(**{**fields, **more})  # type: ignore[arg-type]  # each as the test has it


def test_lines_end_in_crlf_and_are_folded_at_75_octets_between_characters() -> None:
    title = "Zeit für dich, ganz in Ruhe, und nur dann, wenn es passt; auch später; Zeit für dich, in Ruhe"
    raw = calendar_of(title, [entry(title=title)])
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode("utf-8") or line == b"" for line in lines)
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert event["SUMMARY"] == title, "control: it was longer than a line"
    assert len(title.encode()) > 75


def test_equal_events_make_equal_bytes_in_any_order() -> None:
    events = [entry(start=date(2026, 6, n)) for n in (3, 1, 2)] + [entry()]
    assert calendar_of("Time", events) == calendar_of("Time", reversed(events))


def test_what_every_app_needs_is_there() -> None:
    calendar = Calendar.from_ical(calendar_of("Time", [entry(length=timedelta(minutes=15))]))
    assert (calendar["VERSION"], calendar["NAME"], calendar["X-WR-CALNAME"]) == ("2.0", "Time", "Time")
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert b"X-PUBLISHED-TTL:PT6H\r\n" in calendar_of("Time", [])
    (event,) = calendar.walk("VEVENT")
    assert {*event} >= {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "LAST-MODIFIED", "TRANSP", "CLASS"}
    assert not calendar.walk("VALARM")


def test_a_zone_is_defined_once_and_only_if_it_is_used() -> None:
    def zones(*entries: Entry) -> list[str]:
        return [str(each["TZID"]) for each in Calendar.from_ical(calendar_of("Time", entries)).walk("VTIMEZONE")]

    elsewhere = entry(start=datetime(2026, 6, 1, 8, tzinfo=zone_named("Australia/Lord_Howe")))
    assert zones(entry(), entry(), elsewhere) == ["Australia/Lord_Howe", BERLIN]
    assert zones(entry(start=date(2026, 6, 1))) == []


def test_a_language_that_has_no_titles_has_the_english_ones() -> None:
    assert titles_for("es-MX") == TITLES["es"]
    assert titles_for("fi") == titles_for("en-GB") == TITLES["en"]
    assert all(each and each.isprintable() for titles in TITLES.values() for each in (titles.time, titles.appointment))


def plan_of(planned: list[PracticeItem], kinds: list[str]) -> Plan:
    days = [date(2026, 6, 5 + 4 * n) for n in range(len(kinds))]
    rows = [
        SessionRow(
            id=uuid4(),
            kind=kind,
            starts_at=datetime.combine(day, time(9), UTC),
            zone=BERLIN,
            status="scheduled",
            revision=2,
        )
        for kind, day in zip(kinds, days, strict=True)
    ]
    return Plan(
        sessions=tuple(rows),
        anchored=tuple(Anchored(id=row.id, kind=row.kind, date=day) for row, day in zip(rows, days, strict=True)),
        assigned=(Assigned(id=uuid4(), first=SPAN.first, last=None, items=tuple(planned)),),
        assignments=(),
    )


def entries_of(plan: Plan, titles: Titles) -> Iterator[Entry]:
    changes = Changes(NOW, {})
    yield from times(plan, SPAN, BERLIN, titles, changes)
    yield from appointments(plan, SPAN, titles, changes)


@settings(max_examples=60, deadline=None)  # writing a calendar takes a while
@given(
    planned=st.lists(items, max_size=4),
    kinds=st.lists(st.sampled_from(["dosing", "preparation"]), max_size=3),
    language=st.sampled_from(sorted(TITLES)),
)
def test_whatever_is_planned_a_calendar_has_no_other_words(
    planned: list[PracticeItem], kinds: list[str], language: str
) -> None:
    plan, titles = plan_of(planned, kinds), TITLES[language]
    text = calendar_of(titles.time, entries_of(plan, titles)).decode()
    lines = [re.split("[:;]", line, maxsplit=1) for line in text.replace("\r\n ", "").split("\r\n") if line]
    assert {name for name, _ in lines} <= {*NAMES.split()}
    said = {value for name, value in lines if name in {"SUMMARY", "NAME", "X-WR-CALNAME"}}
    assert said <= {titles.time, titles.appointment}
    rest = [value for name, value in lines if name not in {"SUMMARY", "NAME", "X-WR-CALNAME", "UID"}]
    assert not [slug for slug in SLUGS if any(slug in value for value in rest)]
    uids = {UUID(value) for name, value in lines if name == "UID"}
    assert uids <= {each.id for each in plan.occurrences(SPAN)} | {row.id for row in plan.sessions}


@given(planned=st.lists(items, max_size=4))
def test_each_time_of_a_day_that_is_due_is_one_event(planned: list[PracticeItem]) -> None:
    plan = plan_of(planned, ["dosing"])
    due = {(each.date, each.slot) for each in plan.occurrences(SPAN) if each.due}
    events = list(times(plan, SPAN, BERLIN, TITLES["en"], Changes(NOW, {})))
    assert len({each.start for each in events}) == len(events) == len(due)


def test_an_event_was_changed_when_its_session_or_its_assignment_was() -> None:
    one, two = uuid4(), uuid5(uuid4(), "x")
    changes = Changes(NOW, {one: NOW + timedelta(hours=1), two: NOW + timedelta(hours=2)})
    assert changes.of(one) == NOW + timedelta(hours=1)
    assert changes.of(one, two) == NOW + timedelta(hours=2)
    assert changes.of(uuid4()) == NOW
