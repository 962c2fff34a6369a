"""Reading the items of an outbox, each alone: a malformed one never blocks the others (`sync.md`, Push)."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from server.kit.days import UnknownZoneError, on_calendar, zone_named
from server.kit.errors import FieldError, Invalid
from server.kit.explain import explain
from server.practice.schemas import Item, LogCheckIn, LogCompletion, ReportZone, Result
from server.practice.streaks.facts import Policy

T = TypeVar("T")

Body = LogCompletion | LogCheckIn | ReportZone
BODIES: Final[Mapping[str, type[Body]]] = {"completion": LogCompletion, "check_in": LogCheckIn, "zone": ReportZone}

SKEW = timedelta(seconds=Policy().future_skew_seconds)


class Put(Struct, frozen=True, kw_only=True):
    """A fact to keep, and the HMAC-SHA256 of its canonical body: equal facts, whatever the order of their keys.

    A plain hash would let whoever reads the database guess a short note.
    """

    id: UUID
    body: Body
    fingerprint: bytes


class Void(Struct, frozen=True, kw_only=True):
    """Take back the completion or check-in with this id."""

    id: UUID


class _Named(Struct, frozen=True, kw_only=True):
    id: UUID


def read_item(raw: Raw, position: int, now: datetime, key: bytes) -> Put | Void | Result:
    """Decode the item at `position` of a push; what cannot be understood becomes its own `invalid` result.

    `now` is the time of its arrival, after which nothing can have been entered by hand; `key` is of its fingerprint.
    """
    pointer = f"/items/{position}"
    try:
        item = _decode(raw, Item, pointer)
        if item.op == "put":
            return _put(item, pointer, now, key)
        if item.type != "zone":
            return Void(id=item.id)
        raise _wrong(f"{pointer}/op", "not_voidable", "Only a completion or a check-in can be taken back.")
    except Invalid as problem:
        errors = problem.errors or (FieldError(pointer=pointer, code=problem.code, detail=problem.detail),)
        return Result(status="invalid", id=_id_of(raw), errors=errors)


def _id_of(raw: Raw) -> UUID | UnsetType:
    """Read the id alone, by which the phone finds what it sent even when nothing else can be understood."""
    try:
        return msgspec.json.decode(raw, type=_Named).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return UNSET


def _put(item: Item, pointer: str, now: datetime, key: bytes) -> Put:
    if isinstance(item.body, UnsetType):
        raise _wrong(f"{pointer}/body", "missing", "This field is required.")
    body = _decode(item.body, BODIES[item.type], f"{pointer}/body")
    try:
        zone_named(body.zone)
    except UnknownZoneError:
        detail = "This is not a time zone of the IANA database."
        raise _wrong(f"{pointer}/body/zone", "unknown_zone", detail) from None
    _check_moments(body, f"{pointer}/body")
    if isinstance(body, LogCompletion):
        _check_dates(body, f"{pointer}/body", now)
    # Fields nobody knows yet are skipped above and read here: they can be wrong in ways of their own.
    canonical = msgspec.json.encode(_decode(item.body, object, f"{pointer}/body"), order="sorted")
    return Put(id=item.id, body=body, fingerprint=hmac.digest(key, canonical, "sha256"))


def _check_moments(body: Body, pointer: str) -> None:
    for name in ("at", "started_at", "ended_at", "logged_at"):
        moment = getattr(body, name, UNSET)
        if isinstance(moment, datetime) and not on_calendar(moment):
            raise _wrong(f"{pointer}/{name}", "out_of_range", "This is outside of the years 1900 to 2199.")


def _check_dates(body: LogCompletion, pointer: str, now: datetime) -> None:
    if body.source != "manual":
        if body.started_at is UNSET:
            raise _wrong(f"{pointer}/started_at", "missing", "A practice that was played has started_at.")
        return
    if isinstance(body.practice_date, UnsetType) or isinstance(body.logged_at, UnsetType):
        raise _wrong(f"{pointer}/practice_date", "missing", "An entry by hand has practice_date and logged_at.")
    # The phone's clock may be a little ahead of ours (`streaks.md` R13), and an entry refused is an entry lost.
    entered_at = min(body.logged_at, now + SKEW)
    if body.practice_date > entered_at.astimezone(zone_named(body.zone)).date():
        raise _wrong(f"{pointer}/practice_date", "future_date", "This date had not begun when it was entered.")


def _decode(raw: Raw, kind: type[T], pointer: str) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise explain(error, pointer) from None


def _wrong(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[FieldError(pointer=pointer, code=code, detail=detail)])
