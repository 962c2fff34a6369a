"""One item of an outbox, read alone; what the ledger makes of it is tested at the API."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from server.kit.errors import FieldError
from server.practice.items import Put, Void, read_item
from server.practice.schemas import LogCompletion, ReportZone, Result

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ID = "0190a000-0000-7000-8000-000000000001"
KEY = bytes(32)
PLAYED = {
    "exercise": "land-now",
    "exercise_version": 1,
    "zone": "Europe/Berlin",
    "started_at": "2026-06-01T08:00:00+02:00",
    "seconds": 200,
    "target_seconds": 240,
}
BY_HAND = {
    "exercise": "land-now",
    "exercise_version": 1,
    "zone": "Europe/Berlin",
    "source": "manual",
    "practice_date": "2026-05-31",
    "logged_at": "2026-06-01T10:00:00Z",
}


def read(item: Any, now: datetime = NOW) -> Put | Void | Result:
    return read_item(Raw(item if isinstance(item, bytes) else msgspec.json.encode(item)), 7, now, KEY)


def put(body: Any, **more: Any) -> Any:
    return {"id": ID, "op": "put", "type": "completion", "body": body, **more}


def fingerprint(body: Any) -> bytes:
    found = read(put(body))
    assert isinstance(found, Put)
    return found.fingerprint


def wrong(item: Any, now: datetime = NOW) -> tuple[str, str]:
    found = read(item, now)
    assert isinstance(found, Result)
    assert found.status == "invalid"
    assert isinstance(found.errors, tuple)
    (error,) = found.errors
    assert isinstance(error, FieldError)
    return error.pointer, error.code


def test_a_practice_is_read() -> None:
    found = read(put(PLAYED))
    assert isinstance(found, Put)
    assert isinstance(found.body, LogCompletion)
    assert (found.id, found.body.seconds) == (UUID(ID), 200)


def test_a_zone_is_read() -> None:
    found = read({"id": ID, "op": "put", "type": "zone", "body": {"at": "2026-06-01T08:00:00Z", "zone": "Asia/Tokyo"}})
    assert isinstance(found, Put)
    assert isinstance(found.body, ReportZone)


def test_a_void_needs_no_body() -> None:
    assert read({"id": ID, "op": "void", "type": "completion"}) == Void(id=UUID(ID))
    assert read({"id": ID, "op": "void"}) == Void(id=UUID(ID))


def test_a_zone_cannot_be_taken_back() -> None:
    assert wrong({"id": ID, "op": "void", "type": "zone"}) == ("/items/7/op", "not_voidable")


@given(order=st.randoms(use_true_random=False))
def test_the_order_of_keys_is_no_other_content(order: random.Random) -> None:
    keys = list(PLAYED)
    order.shuffle(keys)
    assert fingerprint({key: PLAYED[key] for key in keys}) == fingerprint(PLAYED)


def test_the_order_of_keys_in_a_field_of_tomorrow_is_no_other_content() -> None:
    one = fingerprint({**PLAYED, "later": {"a": [1, {"b": 2, "c": 3}], "d": 4}})
    two = fingerprint({"later": {"d": 4, "a": [1, {"c": 3, "b": 2}]}, **PLAYED})
    assert one == two


def test_a_field_of_tomorrow_is_content() -> None:
    assert fingerprint({**PLAYED, "later": 1}) != fingerprint(PLAYED)
    assert fingerprint({**PLAYED, "later": 1}) != fingerprint({**PLAYED, "later": 2})


@pytest.mark.parametrize("field, value", [("seconds", 201), ("outcome", "partial"), ("zone", "Europe/Paris")])
def test_another_value_is_another_content(field: str, value: Any) -> None:
    assert fingerprint({**PLAYED, field: value}) != fingerprint(PLAYED)


def test_a_field_of_tomorrow_may_hold_a_number_of_any_size() -> None:
    assert fingerprint({**PLAYED, "later": 10**60}) != fingerprint({**PLAYED, "later": 10**60 + 1})


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5000])
def test_a_number_that_nothing_can_hold_is_out_of_range(number: str) -> None:
    body = msgspec.json.encode(PLAYED)[:-1] + b',"later":' + number.encode() + b"}"
    item = b'{"id":"%s","op":"put","body":%s}' % (ID.encode(), body)
    assert wrong(item) == ("/items/7/body", "out_of_range")


@pytest.mark.parametrize("field", ["started_at", "ended_at", "logged_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1899-12-31T00:00:00Z"])
def test_a_moment_outside_of_the_calendar_is_out_of_range(field: str, moment: str) -> None:
    assert wrong(put({**PLAYED, field: moment})) == (f"/items/7/body/{field}", "out_of_range")


def test_a_zone_report_outside_of_the_calendar_is_out_of_range() -> None:
    body = {"at": "9999-12-31T23:59:59Z", "zone": "Asia/Tokyo"}
    assert wrong({"id": ID, "op": "put", "type": "zone", "body": body}) == ("/items/7/body/at", "out_of_range")


@pytest.mark.parametrize("moment", ["1969-12-31T19:00:00-05:00", "2000-01-01T00:00:00Z", "2199-12-31T00:00:00Z"])
def test_a_clock_that_died_or_ran_away_is_no_reason_to_refuse_practice(moment: str) -> None:
    assert isinstance(read(put({**PLAYED, "started_at": moment})), Put)


@pytest.mark.parametrize("missing", ["practice_date", "logged_at"])
def test_an_entry_by_hand_needs_its_dates(missing: str) -> None:
    body = {name: value for name, value in BY_HAND.items() if name != missing}
    assert wrong(put(body)) == ("/items/7/body/practice_date", "missing")


@pytest.mark.parametrize("source", ["player", "proxy"])
def test_a_practice_that_was_played_needs_its_start(source: str) -> None:
    body = {name: value for name, value in PLAYED.items() if name != "started_at"}
    assert wrong(put({**body, "source": source})) == ("/items/7/body/started_at", "missing")


def test_an_entry_by_hand_may_be_of_its_own_day() -> None:
    assert isinstance(read(put({**BY_HAND, "practice_date": "2026-06-01"})), Put)


def test_an_entry_by_hand_of_the_day_after_it_was_made_is_refused() -> None:
    assert wrong(put({**BY_HAND, "practice_date": "2026-06-02"})) == ("/items/7/body/practice_date", "future_date")


def test_an_entry_by_hand_after_today_is_refused_whatever_the_phone_says() -> None:
    body = {**BY_HAND, "practice_date": "2026-06-03", "logged_at": "2026-06-09T10:00:00Z"}
    assert wrong(put(body)) == ("/items/7/body/practice_date", "future_date")
    assert isinstance(read(put(body), NOW + timedelta(days=2)), Put), "control: the day has come"


def test_the_zone_of_the_entry_decides_which_day_it_was_made() -> None:
    late = {**BY_HAND, "practice_date": "2026-06-02", "logged_at": "2026-06-01T12:00:00Z"}
    assert wrong(put(late))[1] == "future_date"
    assert isinstance(read(put({**late, "zone": "Pacific/Kiritimati"})), Put)


def test_a_phone_a_few_minutes_ahead_at_midnight_loses_no_entry() -> None:
    just_before = datetime(2026, 6, 1, 21, 56, tzinfo=UTC)
    body = {**BY_HAND, "practice_date": "2026-06-02", "logged_at": "2026-06-01T22:00:30Z"}
    assert isinstance(read(put(body), just_before), Put)
    assert wrong(put(body), just_before - timedelta(minutes=5)) == ("/items/7/body/practice_date", "future_date")


def test_the_id_is_answered_whenever_it_can_be_read() -> None:
    found = read({"id": ID, "op": "shred", "type": 5})
    assert isinstance(found, Result)
    assert found.id == UUID(ID)


@pytest.mark.parametrize(
    "item", [{"op": "void"}, {"id": "me", "op": "void"}, {"id": 5, "op": "void"}, [], None, 7, "x"]
)
def test_an_id_that_cannot_be_read_is_left_out(item: Any) -> None:
    found = read(item)
    assert isinstance(found, Result)
    assert found.id is msgspec.UNSET
