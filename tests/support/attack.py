"""Every hostile request to an operation of the published document, and what must not be in the answer."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import msgspec
from msgspec import Struct
from support import hostile
from support.asgi import Asked, Headers, Told
from support.hostile import CANARY, DIGITS
from support.matrix import sample

from server.web.openapi import document

MARK = "the-marked-place"
DEPTH = 4


class Target(Struct, frozen=True, kw_only=True):
    """An operation and a good request to it, as good as can be guessed."""

    name: str
    method: str
    path: str
    segments: dict[str, str]
    queries: tuple[str, ...]
    body: Any
    marked: tuple[Any, ...]
    headers: Headers

    def good(self, what: str, **change: Any) -> Asked:
        """Return the good request, but for what is to change."""
        body = b"" if self.body is None else msgspec.json.encode(self.body)
        path = self.path.format(**self.segments).encode()
        asked = Asked(what=what, method=self.method, path=path, headers=self.headers, body=body)
        return msgspec.structs.replace(asked, **change)

    def by(self, token: str | None) -> "Target":
        """Return the operation as somebody asks for it, or nobody."""
        raw = ((b"authorization", f"Bearer {token}".encode()),) if token else ()
        return msgspec.structs.replace(self, headers=(*self.headers, *raw))


def targets(app: Any, ids: dict[str, str]) -> list[Target]:
    """Return every operation; ids whose names are known point at something real, all others at nothing."""
    told = document(app)
    return [
        _target(told["components"]["schemas"], path, method, each, ids)
        for path, methods in told["paths"].items()
        for method, each in methods.items()
    ]


def _target(known: dict[str, Any], path: str, method: str, told: dict[str, Any], ids: dict[str, str]) -> Target:
    given = told.get("parameters", [])
    schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    body = None if schema is None else sample(known, schema)
    headers = {b"host": b"clinic.test", b"if-match": b"*"}
    headers |= {b"content-type": hostile.JSON} if schema else {}
    return Target(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        segments={
            each["name"]: ids.get(each["name"]) or str(sample(known, each["schema"]))
            for each in given
            if each["in"] == "path"
        },
        queries=tuple(each["name"] for each in given if each["in"] == "query"),
        body=_known(body, ids),
        marked=tuple(_known(each, ids) for each in _marked(known, schema, DEPTH)) if schema else (),
        headers=tuple(headers.items()),
    )


def _known(body: Any, ids: dict[str, str]) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: ids[name] if name in ids and value != MARK else value for name, value in body.items()}


def _marked(known: dict[str, Any], schema: dict[str, Any], depth: int) -> Iterator[Any]:
    """Yield least values of a schema, each with a mark in one more place of it."""
    yield MARK
    told = known[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if depth == 0:
        return
    for branch in (*told.get("oneOf", ()), *told.get("anyOf", ())):
        yield from islice(_marked(known, branch, depth), 1, None)
    for name, field in told.get("properties", {}).items():
        for inner in _marked(known, field, depth - 1):
            yield sample(known, told) | {name: inner}
    if "items" in told:
        yield from ([inner] for inner in _marked(known, told["items"], depth - 1))


def attacks(target: Target) -> Iterator[Asked]:
    """Yield every hostile request to an operation; each value in one place of its body, in turn."""
    yield target.good("nothing")
    for name in target.segments:
        for what, segment in hostile.SEGMENTS.items():
            others = {**target.segments, name: MARK}
            path = target.path.format(**others).encode().replace(MARK.encode(), segment)
            yield target.good(f"{name}: {what}", path=path)
    for (what, query), name in zip(hostile.QUERIES.items(), cycle((*target.queries, "limit"))):
        yield target.good(f"?{name}: {what}", query=query.replace(b"{}", name.encode()))
    for field, value in (*hostile.FIELDS, *(("authorization", each) for each in hostile.TOKENS)):
        yield _with_field(target, f"{field}: {value[:40]!r}", field, value)
    if target.body is not None:
        for what, (media_type, body) in hostile.BODIES.items():
            typed = _with_field(target, what, "content-type", media_type.decode("latin-1"))
            yield msgspec.structs.replace(typed, body=body)
        for (what, value), body in zip(hostile.VALUES.items(), cycle(target.marked)):
            raw = msgspec.json.encode(body).replace(f'"{MARK}"'.encode(), value.encode())
            yield target.good(f"{what} in {body}", body=raw)


def _with_field(target: Target, what: str, name: str, value: str) -> Asked:
    raw = (name.encode(), value.encode("latin-1"))
    return target.good(what, headers=(*(each for each in target.headers if each[0] != raw[0]), raw))


def faults(told: Told) -> list[str]:
    """Say what is wrong with an answer, whatever was asked."""
    found = [f"answered {told.status}"] if told.status >= 500 else []
    if told.status < 400:
        return found
    problem = told.problem() or {}
    if problem.get("status") != told.status or not {"type", "title", "code", "detail", "request_id"} <= set(problem):
        found.append("not a problem document")
    said = (told.body.decode("utf-8", "replace") + str(told.headers)).lower()
    found += [f"repeats {each}" for each in (CANARY, DIGITS) if each in said]
    return found
