"""Answer worked cases in the format of streaks.md, so that any other implementation can be compared case by case."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw, Struct, field

from server.kit.days import UnknownZoneError, zone_named
from server.practice.streaks.facts import Facts, Instant, Plan, Policy
from server.practice.streaks.kinds import Kind
from server.practice.streaks.streaks import report

MINUTES_ONLY = re.compile(r"\d\d:\d\d")
QUOTED = re.compile(r" '.*'", re.DOTALL)


class ExpectedInterval(Struct, frozen=True, kw_only=True):
    """An interval as cases expect it."""

    session: str
    days: int
    practised: int
    missed: int
    adherence: float | None
    first_3_days: int


class ExpectedReport(Struct, frozen=True, kw_only=True):
    """A report with exactly the fields that cases expect, as reports are compared in full."""

    today: date
    today_state: Kind
    current: int
    longest: int
    grace_used: int
    adherence: float | None
    missed: tuple[date, ...]
    neutral: dict[date, Kind]
    held: tuple[str, ...]
    ignored: tuple[str, ...]
    intervals: tuple[ExpectedInterval, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """The report of one case."""

    id: str
    report: ExpectedReport


class BrokenCase(Struct, frozen=True, kw_only=True):
    """A case that cannot be read: one sentence with its id and the field."""

    id: str
    error: str


class CasesError(ValueError):
    """The file as a whole is not a list of cases."""


class _Case(Facts, frozen=True, kw_only=True):
    now: Instant
    last_sync_at: Instant | None = None
    policy: dict[str, Any] = field(default_factory=dict)


class _AsPolicy(Struct, frozen=True, kw_only=True):
    policy: Policy


class _AsPlan(Struct, frozen=True, kw_only=True):
    policy: Plan


class Question(Struct, frozen=True, kw_only=True):
    """What a case asks: the arguments of `report`."""

    facts: Facts
    policy: Policy
    now: Instant
    last_sync: Instant


class _Entry(Struct, frozen=True, kw_only=True):
    id: str
    case: Raw


_CASE = msgspec.json.Decoder(_Case)


def run(path: Path) -> Iterator[Answer | BrokenCase]:
    """Answer the cases of a file in order. A broken case gets a sentence and keeps no other from its answer.

    Raises:
        CasesError: the file is not a JSON list of objects with `id` and `case`.
        OSError: the file cannot be read.
    """
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[_Entry])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CasesError(f"The file is not a JSON list of cases: {clause(error)}.") from None
    for entry in entries:
        try:
            yield Answer(id=entry.id, report=answer(entry.case))
        except (ValueError, OverflowError) as error:
            yield BrokenCase(id=entry.id, error=f"Case {entry.id}: {clause(error)}.")


def answer(case: Raw | bytes) -> ExpectedReport:
    """Give the report of one case.

    Raises:
        ValueError: the case breaks the format.
        OverflowError: a moment lies at the edge of the calendar.
    """
    asked = read(case)
    result = report(asked.facts, asked.policy, now=asked.now, last_sync=asked.last_sync)
    return msgspec.convert(result, ExpectedReport, from_attributes=True)


def read(case: Raw | bytes) -> Question:
    """Read the JSON of one case.

    Raises:
        ValueError: the case breaks the format.
    """
    given = _CASE.decode(case)
    _check_zones(given)
    last_sync = given.last_sync_at or given.now
    return Question(facts=given, policy=_policy(given.policy), now=given.now, last_sync=last_sync)


def _policy(given: dict[str, Any]) -> Policy:
    """Read a case's policy, in which the one plan's schedule, start and end stand beside the rest."""
    wall = given.get("day_start", "04:00")
    if isinstance(wall, str) and MINUTES_ONLY.fullmatch(wall):
        wall += ":00"
    plan = msgspec.convert({"policy": given}, _AsPlan).policy
    policy = msgspec.convert({"policy": {**given, "day_start": wall, "plans": ()}}, _AsPolicy).policy
    return msgspec.structs.replace(policy, plans=(plan,))


def _check_zones(facts: Facts) -> None:
    """Name the field of a wrong zone, which the report itself does not know."""
    for name in ("zones", "completions", "sessions"):
        for index, fact in enumerate(getattr(facts, name)):
            try:
                zone_named(fact.zone or "UTC")
            except UnknownZoneError as error:
                raise ValueError(f"{error} - at `$.{name}[{index}].zone`") from None


def clause(error: Exception) -> str:
    """Turn an error into a clause, the field first and never its value."""
    if isinstance(error, OverflowError):
        return "a moment lies outside of the calendar"
    reason, _, field = str(error).partition(" - at `$")
    reason = QUOTED.sub("", reason)
    return f"{field.strip('.`')}: {reason}" if field else reason
