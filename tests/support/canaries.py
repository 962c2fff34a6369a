"""Unmistakable strings in every field that takes one, and where to look for them (`promises.md` P19)."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import asyncpg
from support.clinic import KEYS
from support.matrix import _resolved
from support.postgres import SUPERUSER, as_role

Kind = Literal["personal", "secret", "word"]

# What every string that the API takes is, by the name of its field. `personal` is sealed, and `secret` is hashed: both
# stand in clear nowhere. A `word` has a form or a list of its own and is stored as it is, but is not told on either.
FIELDS: dict[str, Kind] = {
    **dict.fromkeys(("name", "shown_name", "title", "note", "label", "email", "reason"), "personal"),
    **dict.fromkeys(("mood_word", "own_words"), "personal"),
    **dict.fromkeys(
        ("password", "current", "new", "code", "secret", "challenge", "known_device", "refresh_token"), "secret"
    ),
    **dict.fromkeys(("state", "binding", "iss", "credential", "feed"), "secret"),
    **dict.fromkeys(
        ("zone", "locale", "day_start", "exercise", "any_of", "organisation", "interval", "cursor"), "word"
    ),
    **dict.fromkeys(("If-Match", "sha256", "slug", "starter", "recipe", "q", "rule"), "word"),
    **dict.fromkeys(("at", "as_of", "known_at", "since", "quiet_from", "quiet_to", "text_id"), "word"),
    # What a clinic publishes of itself, and what a caller says of content.
    **dict.fromkeys(("call", "text", "hours", "country", "version", "v", "language", "consent"), "word"),
}
# Strings of these forms are ids and dates, or a sound.
FORMS = ("uuid", "date", "date-time", "time", "binary")


def canary() -> str:
    """Return a string that nothing else holds, in small letters, since addresses are folded."""
    return f"canary{uuid4().hex}"


def fields_of(told: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    """Yield the name of every field and parameter of an operation that takes a string of one's own."""
    known = told["components"]["schemas"]
    for each in operation.get("parameters", ()):
        yield from (each["name"] for _ in _strings(known, each["schema"], (), ()))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        for path in _strings(known, content["schema"], (), ()):
            # What a browser's passkey says is one thing.
            yield "credential" if "credential" in path else path[-1]


def _strings(
    known: dict[str, Any], schema: dict[str, Any], path: tuple[str, ...], seen: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen = (*seen, schema["$ref"])
    here = _resolved(known, schema)
    for each in (*here.get("oneOf", ()), *here.get("anyOf", ())):
        yield from _strings(known, each, path, seen)
    if here.get("type") == "string" and not {"enum", "const"} & here.keys() and here.get("format") not in FORMS:
        yield path
    for name, each in here.get("properties", {}).items():
        yield from _strings(known, each, (*path, name), seen)
    if "items" in here:
        yield from _strings(known, here["items"], path, seen)


def keys_of_the_server() -> list[str]:
    return [line.partition(":")[2] for line in KEYS.splitlines()]


def found_in(haystack: str, needles: Iterable[str]) -> list[str]:
    """Return which of these strings a text holds, in small letters or as it is, plainly or as hexadecimal."""
    low = haystack.lower()
    return [each for each in needles if each.lower() in low or each.encode().hex() in low]


def found_in_bytes(haystack: bytes, needles: Iterable[str]) -> list[str]:
    return [each for each in needles if each.encode() in haystack or each.lower().encode() in haystack]


async def database_holds(database: str, needles: Iterable[str]) -> list[str]:
    """Return which of these strings are anywhere in a database: columns, files, logs, and a copy of it."""
    needles = list(needles)
    if not database.startswith("postgresql"):
        return _sqlite_holds(Path(database), needles)
    connection = await asyncpg.connect(as_role(database, SUPERUSER))
    try:
        await connection.execute("CHECKPOINT")
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [await connection.fetch(f'SELECT t::text AS all FROM "{name}" t') for (name,) in tables]  # noqa: S608
        found = found_in("\n".join(row["all"] for each in rows for row in each), needles)
        folder = Path(await connection.fetchval("SHOW data_directory"))
        number = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    finally:
        await connection.close()
    for file in (*(folder / "base" / str(number)).iterdir(), *(folder / "pg_wal").iterdir(), folder.parent / "log"):
        if file.is_file():
            found += found_in_bytes(file.read_bytes(), needles)
    return found


def _sqlite_holds(file: Path, needles: list[str]) -> list[str]:
    copy = file.with_name("copy.db")
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    lies = b"".join(each.read_bytes() for each in (*file.parent.glob(f"{file.name}*"), copy))
    copy.unlink()
    return found_in_bytes(lies, needles)


# The fields of an answer in which secrets are handed out.
HANDED_OUT = ("access_token", "refresh_token", "code", "secret", "challenge", "known_device", "csrf_token", "codes")


def secrets_in(answer: Any) -> Iterator[str]:
    """Yield every secret that an answer hands out."""
    for name, value in answer.items() if isinstance(answer, dict) else ():
        if name in HANDED_OUT:
            yield from [value] if isinstance(value, str) else value
        elif name == "url":
            yield re.sub(r"^.*[#/]|\.ics$", "", value)
        else:
            yield from secrets_in(value)
