"""Reading the items of an outbox, each alone: a malformed one never blocks the others (`sync.md`, Push)."""

import hashlib
from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from server.kit.days import UnknownZoneError, zone_named
from server.kit.errors import FieldError, Invalid
from server.kit.explain import explain
from server.practice.schemas import Item, LogCompletion, ReportZone, Result

T = TypeVar("T")


class Put(Struct, frozen=True, kw_only=True):
    """A fact to keep, and the SHA-256 of its canonical body: equal facts, whatever the order of their keys."""

    id: UUID
    body: LogCompletion | ReportZone
    fingerprint: bytes


class Void(Struct, frozen=True, kw_only=True):
    """Take back the completion with this id."""

    id: UUID


def read_item(raw: Raw, position: int) -> Put | Void | Result:
    """Decode the item at `position` of a push; what cannot be understood becomes its own `invalid` result."""
    pointer = f"/items/{position}"
    item_id: UUID | UnsetType = UNSET
    try:
        item = _decode(raw, Item, pointer)
        item_id = item.id
        if item.op == "put":
            return _put(item, pointer)
        if item.type == "completion":
            return Void(id=item.id)
        raise _wrong(f"{pointer}/op", "not_voidable", "Only a completion can be taken back.")
    except Invalid as problem:
        errors = problem.errors or (FieldError(pointer=pointer, code=problem.code, detail=problem.detail),)
        return Result(status="invalid", id=item_id, errors=errors)


def _put(item: Item, pointer: str) -> Put:
    if isinstance(item.body, UnsetType):
        raise _wrong(f"{pointer}/body", "missing", "This field is required.")
    kind: type[LogCompletion | ReportZone] = LogCompletion if item.type == "completion" else ReportZone
    body = _decode(item.body, kind, f"{pointer}/body")
    try:
        zone_named(body.zone)
    except UnknownZoneError:
        detail = "This is not a time zone of the IANA database."
        raise _wrong(f"{pointer}/body/zone", "unknown_zone", detail) from None
    if isinstance(body, LogCompletion):
        _check_dates(body, f"{pointer}/body")
    canonical = msgspec.json.encode(msgspec.json.decode(item.body), order="sorted")
    return Put(id=item.id, body=body, fingerprint=hashlib.sha256(canonical).digest())


def _check_dates(body: LogCompletion, pointer: str) -> None:
    manual = body.source == "manual"
    if manual and (body.practice_date is UNSET or body.logged_at is UNSET):
        raise _wrong(f"{pointer}/practice_date", "missing", "An entry by hand has practice_date and logged_at.")
    if not manual and body.started_at is UNSET:
        raise _wrong(f"{pointer}/started_at", "missing", "A practice that was played has started_at.")


def _decode(raw: Raw, kind: type[T], pointer: str) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise explain(error, pointer) from None


def _wrong(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[FieldError(pointer=pointer, code=code, detail=detail)])
