"""What an archive says is held to the rules of the API before anything of it is written."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

import server.app  # noqa: F401 - every table is known to the metadata when everything is imported
from server.kit.errors import Invalid
from server.privacy.content import read_content
from server.privacy.tables import archived_tables


def an_id(number: int) -> str:
    """Return the same id in every run: it is in the names of tests."""
    return str(UUID(int=number))


ANA, MARA, SET, SAM, DEVICE, DONE = (an_id(number) for number in range(10, 16))
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
AT = "2026-06-01T12:00:00Z"
ITEM = {
    "id": an_id(1),
    "exercise": "soft-landing",
    "exercise_version": 1,
    "length": "medium",
    "anchor": "calendar",
    "from_day": 0,
    "to_day": 0,
    "times_of_day": ["any"],
    "recurrence": {"type": "daily"},
}
GOOD: dict[str, list[dict[str, Any]]] = {
    "clients": [
        {
            "id": ANA,
            "name": "Ana",
            "locale": "en",
            "day_start": "04:00:00",
            "rest_days": 0,
            "mode": "standard",
            "grace": 1,
            "daily_target": 1,
            "silences": [{"at": AT, "first": "2026-06-01"}],
            "display": "off",
            "left_out": '{"properties":[],"postures":[]}'.ljust(1024),
            "created_at": AT,
        }
    ],
    "completions": [
        {
            "client_id": ANA,
            "id": DONE,
            "device_id": DEVICE,
            "exercise": "soft-landing",
            "exercise_version": 1,
            "exercise_known": True,
            "started_at": AT,
            "zone": "Europe/Berlin",
            "practice_date": "2026-06-01",
            "outcome": "completed",
            "seconds": 240,
            "target_seconds": 240,
            "source": "player",
            "distress_before": 4,
            "logged_at": AT,
            "received_at": AT,
            "note": "Calm.",
        }
    ],
    "check_ins": [
        {
            "client_id": ANA,
            "id": an_id(6),
            "at": AT,
            "zone": "Europe/Berlin",
            "practice_date": "2026-06-01",
            "distress": 4,
            "not_ok": False,
            "received_at": AT,
            "mood_word": "grey",
        }
    ],
    "acknowledged_signals": [{"client_id": ANA, "id": an_id(7), "acknowledged_by": MARA, "acknowledged_at": AT}],
    "signal_settings": [
        {"client_id": ANA, "rules": [{"rule": "S1", "on": False}], "changed_by": MARA, "changed_at": AT}
    ],
    "reminders": [
        {
            "client_id": ANA,
            "id": an_id(8),
            "times": [{"days": [0], "at": "18:30"}],
            "text_id": "your_reminder",
            "own_words": "Kettle first.",
            "quiet_from": "21:00:00",
            "quiet_to": "08:00:00",
            "in_palliative_mode": False,
            "unopened": 0,
            "changed_at": AT,
        }
    ],
    "client_flags": [
        {
            "client_id": ANA,
            "id": an_id(10),
            "screening": '{"flags":["panic"],"dates":{"due":"2026-09-01"}}',
            "revision": 1,
            "changed_by": MARA,
            "changed_at": AT,
        }
    ],
    "devices": [{"client_id": ANA, "id": DEVICE, "paired_at": AT}],
    "practice_sets": [
        {
            "id": SET,
            "version": 1,
            "title": "Mornings",
            "items": [ITEM],
            "retired": False,
            "made_by": MARA,
            "made_at": AT,
        }
    ],
    "sessions": [
        {
            "client_id": ANA,
            "id": an_id(2),
            "kind": "dosing",
            "starts_at": AT,
            "zone": "Europe/Berlin",
            "status": "held",
            "decided_at": AT,
            "revision": 1,
        }
    ],
    "support_persons": [{"id": SAM, "client_id": ANA, "name": "Sam", "started_at": AT}],
    "deliveries": [{"client_id": ANA, "at": AT}],
    "pauses": [
        {
            "client_id": ANA,
            "id": an_id(9),
            "from_date": "2026-06-01",
            "made_by": MARA,
            "made_at": AT,
            "revision": 1,
        }
    ],
    "voids": [{"client_id": ANA, "completion_id": DONE, "received_at": AT}],
    "zone_reports": [{"client_id": ANA, "at": AT, "id": an_id(5), "zone": "Europe/Berlin", "received_at": AT}],
    "assignments": [
        {
            "client_id": ANA,
            "id": an_id(3),
            "set_id": SET,
            "set_version": 1,
            "assigned_by": MARA,
            "from_date": "2026-06-01",
            "pauses": [{"from": "2026-06-02", "to": "2026-06-03"}],
            "assigned_at": AT,
            "revision": 2,
        }
    ],
    "consents": [
        {
            "id": an_id(4),
            "client_id": ANA,
            "grantee": "support_person",
            "support_person_id": SAM,
            "scope": "streak",
            "purpose": "support",
            "from_at": AT,
        }
    ],
}


def read(lines: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return read_content(UUID(ANA), lines, NOON)


def test_a_good_archive_is_read_table_by_table() -> None:
    assert set(GOOD) == {table.name for table in archived_tables()}
    rows = read(GOOD)
    assert rows["completions"][0]["started_at"] == NOON
    assert rows["completions"][0]["note"] == "Calm."
    assert rows["completions"][0]["ended_at"] is None
    assert {name: len(each) for name, each in rows.items()} == dict.fromkeys(GOOD, 1)


@pytest.mark.parametrize(
    "table, field, value",
    [
        ("clients", "id", MARA),
        ("clients", "name", ""),
        ("clients", "name", 7),
        ("clients", "name", "a" * 121),
        ("clients", "name", "with \0 in it"),
        ("clients", "day_start", "25:00"),
        ("clients", "day_start", "09:00:00"),
        ("clients", "rest_days", 4),
        ("clients", "rest_days", -1),
        ("clients", "display", "loud"),
        ("clients", "left_out", "nonsense"),
        ("clients", "left_out", None),
        ("clients", "created_at", "2026-06-01T12:00:00"),
        ("clients", "created_at", "9999-06-01T12:00:00Z"),
        ("clients", "organisation_id", MARA),
        ("clients", "is_admin", True),
        ("completions", "client_id", MARA),
        ("completions", "client_id", None),
        ("completions", "id", "1"),
        ("completions", "version", 1),
        ("completions", "exercise_version", 2**31),
        ("completions", "exercise_version", "1"),
        ("completions", "exercise_version", 1.5),
        ("completions", "outcome", "triumph"),
        ("completions", "zone", "Europe/Atlantis"),
        ("completions", "seconds", 86_401),
        ("completions", "distress_before", 11),
        ("completions", "practice_date", "0001-01-01"),
        ("completions", "started_at", None),
        ("completions", "started_at", "2026-06-01T12:00:00"),
        ("completions", "exercise", "a" * 61),
        ("completions", "note", "a" * 1001),
        ("completions", "note", {"text": "Calm."}),
        ("completions", "fingerprint", "AAAA"),
        ("practice_sets", "items", []),
        ("practice_sets", "items", [{**ITEM, "from_day": 10_000}]),
        ("practice_sets", "items", [{**ITEM, "recurrence": {"type": "hourly"}}]),
        ("practice_sets", "items", [{**ITEM, "exercise": "with \0"}]),
        ("practice_sets", "title", ""),
        ("sessions", "kind", "party"),
        ("sessions", "zone", ""),
        ("support_persons", "client_id", MARA),
        ("support_persons", "name", ""),
        ("zone_reports", "zone", "../../etc/passwd"),
        ("zone_reports", "at", "1066-10-14T09:00:00Z"),
        ("assignments", "set_id", MARA),
        ("assignments", "set_version", 2),
        ("assignments", "from_date", "2500-01-01"),
        ("consents", "support_person_id", MARA),
        ("consents", "scope", "everything"),
    ],
)
def test_a_line_that_cannot_be_is_refused(table: str, field: str, value: object) -> None:
    lines = deepcopy(GOOD)
    lines[table][0][field] = value
    with pytest.raises(Invalid, match="bad_line"):
        read(lines)


@pytest.mark.parametrize("table", sorted(GOOD))
def test_a_line_that_is_there_twice_is_refused(table: str) -> None:
    with pytest.raises(Invalid, match="bad_line"):
        read({**GOOD, table: GOOD[table] * 2})


@pytest.mark.parametrize("table", ["clients", "practice_sets", "support_persons"])
def test_what_others_point_at_must_be_there(table: str) -> None:
    with pytest.raises(Invalid, match="bad_line"):
        read({**GOOD, table: []})


@pytest.mark.parametrize("table", sorted(GOOD))
def test_no_field_that_is_needed_may_be_missing(table: str) -> None:
    for field in GOOD[table][0]:
        lines = deepcopy(GOOD)
        del lines[table][0][field]
        optional = field in {"device_id", "distress_before", "note", "decided_at", "distress", "mood_word", "own_words"}
        optional = optional or (table, field) in {("consents", "support_person_id"), ("pauses", "made_by")}
        if optional:
            read(lines)
            continue
        with pytest.raises(Invalid, match="bad_line"):
            read(lines)
