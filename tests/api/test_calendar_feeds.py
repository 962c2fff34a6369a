"""A client's calendar: a secret address that says when, and nothing of what (decision 0025)."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar
from support import lasting as shared
from support.canaries import canary
from support.catalogue import CONTENT, exercises_of, starters_of
from support.clinic import NOON, Clinic, Person, told
from support.living import erase
from support.plans import around, assign, change_session, item, plan_session
from support.web import logged

from server.accounts.tokens import Token, read_token

lasting, clinic = shared.lasting, shared.clinic
theo, ana = shared.theo, shared.ana

DAY = timedelta(days=1)
TODAY = NOON.date()
EVERY_OTHER = {"type": "every_n_days", "n": 2}


async def feed(ana: Person, **asked: Any) -> dict[str, Any]:
    made: dict[str, Any] = await ana.post("/v1/me/calendar-feeds", asked)
    return made


def path(made: dict[str, Any]) -> str:
    return urlsplit(str(made["url"])).path


async def read(ana: Person, made: dict[str, Any], **headers: str) -> httpx.Response:
    """Read a feed as a calendar does: without any token."""
    return await ana.http.get(path(made), headers=headers)


async def events(ana: Person, made: dict[str, Any]) -> dict[str, Any]:
    """Return the events of a feed by their UIDs, read back by a library."""
    answer = await read(ana, made)
    assert answer.status_code == 200, answer.text
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    by_uid = {str(each["UID"]): each for each in found}
    assert len(by_uid) == len(found)
    return by_uid


async def test_an_address_is_told_once_and_needs_no_sign_in(theo: Person, ana: Person) -> None:
    await assign(theo, ana, item(times_of_day=["evening"]))
    made = await feed(ana)
    assert re.fullmatch(r"http://[^/]+/v1/calendar/gwf_[A-Za-z0-9_-]{86}==\.ics", made["url"])
    listed = (await ana.get("/v1/me/calendar-feeds"))["items"]
    assert listed == [{key: made[key] for key in ("id", "sessions", "made_at")}]
    answer = await read(ana, made)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert await events(ana, made)


async def test_what_a_calendar_has_already_is_not_sent_again(clinic: Clinic, theo: Person, ana: Person) -> None:
    await assign(theo, ana, item(times_of_day=["evening"]))
    made = await feed(ana)
    first = await read(ana, made)
    clinic.clock.move(hours=1)
    again = await read(ana, made, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await ana.http.head(path(made))
    assert (head.status_code, head.headers["ETag"], head.content) == (200, first.headers["ETag"], b"")
    clinic.clock.move(days=1)
    moved_on = await read(ana, made, **{"If-None-Match": first.headers["ETag"]})
    assert moved_on.status_code == 200


async def test_every_address_that_is_none_is_answered_alike(ana: Person) -> None:
    made, ended = await feed(ana), await feed(ana)
    assert (await ana.ask("DELETE", f"/v1/me/calendar-feeds/{ended['id']}")).status_code == 204
    whole = path(made)
    token = read_token(whole.removeprefix("/v1/calendar/").removesuffix(".ics"), "gwf")
    assert token

    def other(**parts: Any) -> str:
        fields = {"organisation": token.organisation, "sign_in": token.sign_in, "secret": token.secret, **parts}
        return f"/v1/calendar/{Token(**fields).text('gwf')}.ics"

    assert other() == whole, "control"
    wrong = [
        path(ended),
        other(secret=bytes(32)),
        other(sign_in=uuid4()),
        other(organisation=uuid4()),
        other(sign_in=UUID(ana.id)),
        whole.replace("gwf_", "gwa_"),
        whole.removesuffix(".ics"),
        whole.removesuffix(".ics") + ".ICS",
        whole.replace("==", "="),
        f"/v1/calendar/{ana.tokens['access_token']}.ics",
        "/v1/calendar/.ics",
        "/v1/calendar/a",
    ]
    answers = [await ana.http.get(each) for each in wrong]
    assert {(each.status_code, told(each)[1]) for each in answers} == {(404, told(answers[0])[1])}
    assert len({str(sorted({**each.headers, "x-request-id": ""}.items())) for each in answers}) == 1
    assert (await read(ana, made)).status_code == 200, "control"


async def test_a_feed_ends_at_once_and_only_by_its_owner(clinic: Clinic, theo: Person, ana: Person) -> None:
    made = await feed(ana)
    mara = await clinic.phone(theo, "Mara")
    assert (await mara.get("/v1/me/calendar-feeds"))["items"] == []
    assert (await mara.ask("DELETE", f"/v1/me/calendar-feeds/{made['id']}")).status_code == 404
    assert (await theo.ask("GET", "/v1/me/calendar-feeds")).status_code == 403
    assert (await read(ana, made)).status_code == 200
    assert (await ana.ask("DELETE", f"/v1/me/calendar-feeds/{made['id']}")).status_code == 204
    assert (await ana.ask("DELETE", f"/v1/me/calendar-feeds/{made['id']}")).status_code == 404
    assert (await read(ana, made)).status_code == 404


async def test_an_ended_phone_keeps_the_calendar_and_an_erased_client_does_not(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    made = await feed(ana)
    for device in (await ana.get("/v1/me/devices"))["items"]:
        assert (await theo.ask("DELETE", f"/v1/clients/{ana.id}/devices/{device['id']}")).status_code == 204
    assert (await read(ana, made)).status_code == 200
    again = await clinic.pair(theo, ana.id)
    assert (await erase(again)).status_code == 204
    assert (await read(ana, made)).status_code == 404


async def test_there_are_ten_feeds_at_most(ana: Person) -> None:
    made = [await feed(ana) for _ in range(10)]
    answer = await ana.ask("POST", "/v1/me/calendar-feeds", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_feeds")
    await ana.ask("DELETE", f"/v1/me/calendar-feeds/{made[3]['id']}")
    await feed(ana)
    listed = [each["id"] for each in (await ana.get("/v1/me/calendar-feeds"))["items"]]
    assert listed[1:] == [each["id"] for each in reversed(made) if each is not made[3]]


async def test_four_weeks_back_and_three_months_ahead_are_in_it(theo: Person, ana: Person) -> None:
    await assign(theo, ana, item(), first=TODAY - 60 * DAY)
    dates = sorted(each["DTSTART"].dt for each in (await events(ana, await feed(ana))).values())
    assert dates == [TODAY + n * DAY for n in range(-28, 93)]


async def test_a_time_of_day_is_a_wall_clock_and_any_time_is_all_day(theo: Person, ana: Person) -> None:
    slots = ["any", "morning", "midday", "evening", "night"]
    await assign(theo, ana, item(times_of_day=slots), first=TODAY, last=TODAY)
    found = list((await events(ana, await feed(ana))).values())
    starts = {each["DTSTART"].dt for each in found}
    zone = ZoneInfo("Europe/Berlin")
    clocks = [(8, 0), (12, 30), (19, 0), (21, 30)]
    assert starts == {TODAY, *(datetime(2026, 6, 1, *clock, tzinfo=zone) for clock in clocks)}
    assert all(each["TRANSP"] == "TRANSPARENT" and not each.subcomponents for each in found)
    assert {each["DURATION"].dt for each in found if isinstance(each["DTSTART"].dt, datetime)} == {
        timedelta(minutes=15)
    }
    assert not any(
        name in each for each in found for name in ("DESCRIPTION", "ORGANIZER", "LOCATION", "URL", "ATTENDEE")
    )


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
async def test_the_clock_says_the_same_before_and_after_it_is_set(clinic: Clinic, theo: Person, zone: str) -> None:
    clinic.clock.at = datetime.fromisoformat("2026-09-15T12:00:00+00:00")
    phone = await clinic.phone(theo, "Ana", zone)
    await assign(theo, phone, item(times_of_day=["morning"]), first=date(2026, 9, 1))
    made = await feed(phone)
    calendar = Calendar.from_ical((await read(phone, made)).content)
    starts = [each["DTSTART"] for each in calendar.walk("VEVENT")]
    assert {each.params["TZID"] for each in starts} == {zone}
    assert {(each.dt.hour, each.dt.minute) for each in starts} == {(8, 0)}
    assert len({each.dt.utcoffset() for each in starts}) == 2, "the clock is set in this span"
    # The zone as the file itself defines it, for apps that know no zones of their own.
    (defined,) = calendar.walk("VTIMEZONE")
    own = defined.to_tz(lookup_tzid=False)
    for each in starts:
        assert each.dt.replace(tzinfo=own).utcoffset() == each.dt.utcoffset(), each.dt


async def test_moving_a_session_moves_its_events_and_keeps_their_uids(
    clinic: Clinic, theo: Person, ana: Person
) -> None:
    session = await plan_session(theo, ana, NOON + 10 * DAY)
    await assign(theo, ana, around(1, 3, times_of_day=["evening"]))
    made = await feed(ana, sessions=True)
    before = await events(ana, made)
    clinic.clock.move(minutes=5)
    await change_session(theo, ana, session, starts_at=(NOON + 14 * DAY).isoformat())
    after = await events(ana, made)
    assert before.keys() == after.keys()
    assert len(after) == 4
    for uid, each in after.items():
        assert each["DTSTART"].dt - before[uid]["DTSTART"].dt == 4 * DAY
        assert (before[uid]["SEQUENCE"], each["SEQUENCE"]) == (0, 1)
        assert each["LAST-MODIFIED"].dt - before[uid]["LAST-MODIFIED"].dt == timedelta(minutes=5)
        assert each["DTSTAMP"].dt == each["LAST-MODIFIED"].dt
    agenda = await ana.get("/v1/me/agenda", params={"from": "2026-06-01", "to": "2026-07-01"})
    assert {each["id"] for each in agenda["occurrences"]} | {session["id"]} == after.keys()
    again = {**session, "revision": 2}
    await change_session(theo, ana, again, status="cancelled")
    assert await events(ana, made) == {}


async def test_sessions_are_in_it_only_if_asked_for_and_are_called_appointments(theo: Person, ana: Person) -> None:
    for kind in ("dosing", "preparation"):
        await plan_session(theo, ana, NOON + 3 * DAY, kind=kind)
    await plan_session(theo, ana, NOON + 200 * DAY)
    assert await events(ana, await feed(ana)) == {}
    found = list((await events(ana, await feed(ana, sessions=True))).values())
    assert [(str(each["SUMMARY"]), each["DTSTART"].dt, each["TRANSP"]) for each in found] == [
        ("Appointment", NOON + 3 * DAY, "TRANSPARENT")
    ] * 2


async def test_only_what_belongs_to_a_date_is_in_it(theo: Person, ana: Person) -> None:
    await assign(
        theo,
        ana,
        item("land-now", recurrence={"type": "as_needed"}),
        item("soft-wave-breath", recurrence={"type": "weekly_quota", "n": 3}),
    )
    made = await feed(ana)
    assert await events(ana, made) == {}
    await assign(theo, ana, item(recurrence=EVERY_OTHER))
    assert len(await events(ana, made)) == 47


async def test_two_practices_at_one_time_are_one_event(theo: Person, ana: Person) -> None:
    both = [item(times_of_day=["evening"]), item("land-now", times_of_day=["evening", "night"])]
    await assign(theo, ana, *both, first=TODAY, last=TODAY)
    found = await events(ana, await feed(ana))
    assert sorted(each["DTSTART"].dt.hour for each in found.values()) == [19, 21]


async def test_a_calendar_says_nothing_of_what_is_done_where_and_by_whom(clinic: Clinic) -> None:
    """No word of any title of the catalogue, and no name that somebody gave, is in a calendar of any language."""
    handle = canary()[:30]
    theo = await clinic.member(await clinic.found(handle), "theo@clinic.example", handle)
    name, title = canary(), canary()
    kept = {"en": {"time", "yourself"}, "es": {"rato", "para"}}
    for locale, own in kept.items():
        client = await theo.post("/v1/clients", {"name": name, "zone": "Europe/Berlin", "locale": locale})
        phone = await clinic.pair(theo, client["id"])
        exercises = [each.slug for each in exercises_of(CONTENT)]
        sets = []
        for part in (exercises[:40], exercises[40:]):
            plan = {"title": title, "items": [item(each, times_of_day=["evening", "any"]) for each in part]}
            sets.append((await theo.post("/v1/practice-sets", plan))["id"])
            await theo.post(f"/v1/clients/{client['id']}/assignments", {"practice_set_id": sets[-1]})
        await plan_session(theo, phone, NOON + DAY)
        text = (await read(phone, await feed(phone, sessions=True))).text.lower()
        assert "begin:vevent" in text
        assert [each for each in (handle, name, title, *exercises, client["id"], *sets) if each in text] == []
        said = {*re.findall(r"[^\W\d_]{4,}", re.sub(r"(?m)^uid:.*$", "", text))}
        assert not said & (words_of_the_catalogue() - own), said & words_of_the_catalogue()


def words_of_the_catalogue() -> set[str]:
    titles = [words.front.title for each in exercises_of(CONTENT) for words in each.words.values()]
    titles += [words.title for each in starters_of(CONTENT) for words in each.words.values()]
    more = "practice therapy session dosing ketamine exercise streak clinic therapist groundwork reminder treatment"
    return {*re.findall(r"[^\W\d_]{4,}", " ".join([*titles, more]).lower())}


async def test_the_secret_is_in_no_log_no_metric_and_no_problem(ana: Person) -> None:
    made = await feed(ana)
    wrong = path(made).replace(".ics", ".txt")
    secret = path(made).removeprefix("/v1/calendar/").removesuffix(".ics")
    with logged() as log:
        assert (await read(ana, made)).status_code == 200
        refused = await ana.http.get(wrong)
    metrics = (await ana.http.get("/metrics")).text
    assert "/v1/calendar/{feed" in log.getvalue()
    assert "/v1/calendar/{feed" in metrics
    assert not [each for each in (log.getvalue(), metrics, refused.text, str(refused.headers)) if secret[:20] in each]
