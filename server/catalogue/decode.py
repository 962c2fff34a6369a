"""Plain values to Structs, with a finding for every field that does not fit, not only the first."""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import UnsetType

from server.catalogue.findings import Finding, broken
from server.catalogue.tree import Plain, Route, Tree

T = TypeVar("T")


def decode(tree: Tree, kind: type[T], name: str) -> T | list[Finding]:
    """Make a `kind` of a tree, or say everything that is wrong with it (C03)."""
    try:
        return msgspec.convert(tree.value, kind)
    except msgspec.ValidationError as first:
        found = [broken(name, tree.line(route), "C03", detail) for route, detail in _problems(tree.value, kind, ())]
        return found or [broken(name, 1, "C03", _speak(first))]


def _problems(value: Plain, kind: Any, route: Route) -> Iterator[tuple[Route, str]]:  # noqa: ANN401 - any annotation
    bare = _bare(kind)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct) and isinstance(value, dict):
        yield from _fields(value, bare, route)
        return
    origin, inside = get_origin(bare), get_args(bare)
    if origin is tuple and isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _problems(entry, inside[0], (*route, index))
    elif origin is Mapping and isinstance(value, dict):
        for key, entry in value.items():
            yield from _leaf(key, inside[0], (*route, key))
            yield from _problems(entry, inside[1], (*route, key))
    else:
        yield from _leaf(value, kind, route)
        return
    if not value:
        yield from _leaf(value, kind, route)


def _fields(value: dict[str, Plain], kind: type[msgspec.Struct], route: Route) -> Iterator[tuple[Route, str]]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key in value:
        if key not in fields:
            yield (*route, key), f"`{key}` is not a field of this file"
    for key, field in fields.items():
        if key in value:
            yield from _problems(value[key], field.type, (*route, key))
        elif field.required:
            yield route, f"the field `{key}` is missing"


def _leaf(value: Plain, kind: Any, route: Route) -> Iterator[tuple[Route, str]]:  # noqa: ANN401 - any annotation
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as problem:
        label = ".".join(str(part) for part in route)
        yield route, f"`{label}`: {_speak(problem)}" if label else _speak(problem)


def _bare(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """Take constraints and "may be absent" off an annotation."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        rest = [part for part in get_args(kind) if part is not UnsetType]
        return _bare(rest[0]) if len(rest) == 1 else kind
    return kind


def _speak(problem: msgspec.ValidationError) -> str:
    sentence = str(problem).split(" - at `", maxsplit=1)[0]
    return sentence[:1].lower() + sentence[1:]
