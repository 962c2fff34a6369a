"""Plain YAML, read without surprises: every value knows its line, and nothing clever is obeyed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from server.catalogue.findings import Finding, broken
from server.catalogue.source import UNWANTED

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Route: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 12
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?\d{1,15}\Z")
_DECIMAL = re.compile(r"-?\d{1,15}\.\d{1,15}\Z")
_WORDS: dict[str, Plain] = {"": None, "null": None, "~": None, "true": True, "false": False}


@dataclass
class Tree:
    """A YAML document as plain values, and the line (from 1) of each by its route."""

    value: Plain = None
    lines: dict[Route, int] = field(default_factory=dict)

    def line(self, route: Route) -> int:
        """Return the line of a route, or of the nearest thing around it that has one."""
        while route and route not in self.lines:
            route = route[:-1]
        return self.lines.get(route, 1)


class _NotPlainError(Exception):
    def __init__(self, event: yaml.Event, detail: str) -> None:
        super().__init__(detail)
        self.line = _line(event)


def parse(text: str, name: str, first_line: int = 1) -> Tree | Finding:
    """Read a YAML document, or say what is not plain in it (C02).

    Args:
        text: the document.
        name: what findings call its file.
        first_line: the line of the file at which the document starts.
    """
    tree = Tree()
    try:
        events = yaml.parse(text, Loader=_LOADER)
        tree.value = _Builder(events, tree, first_line).document()
    except _NotPlainError as problem:
        return broken(name, first_line + problem.line, "C02", str(problem))
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        detail = " ".join(str(problem.problem or "it cannot be parsed").split())
        return broken(name, first_line + (mark.line if mark else 0), "C02", detail)
    except yaml.YAMLError:
        return broken(name, first_line, "C02", "it cannot be parsed")
    return tree


class _Builder:
    """Turns the parser's events into plain values; recursion ends at `MAX_DEPTH`."""

    def __init__(self, events: Iterator[yaml.Event], tree: Tree, first_line: int) -> None:
        self._events = events
        self._tree = tree
        self._first_line = first_line

    def document(self) -> Plain:
        value: Plain = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _NotPlainError(event, "a second document starts here")
                value = self._value(next(self._events), ())
        return value

    def _value(self, event: yaml.Event, route: Route) -> Plain:
        self._tree.lines[route] = self._first_line + _line(event)
        if isinstance(event, yaml.AliasEvent):
            raise _NotPlainError(event, "an alias stands here")
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            raise _NotPlainError(event, "an anchor or a tag stands here")
        if len(route) > MAX_DEPTH:
            raise _NotPlainError(event, "it is nested too deep here")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(_printable(event))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(route)
        return self._mapping(route)

    def _sequence(self, route: Route) -> Plain:
        values: list[Plain] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            values.append(self._value(event, (*route, len(values))))
        return values

    def _mapping(self, route: Route) -> Plain:
        values: dict[str, Plain] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise _NotPlainError(event, "a key is not a plain word here")
            if _printable(event).value in values:
                raise _NotPlainError(event, f"the key `{event.value}` stands here a second time")
            values[event.value] = self._value(next(self._events), (*route, event.value))
            self._tree.lines[(*route, event.value)] = self._first_line + _line(event)
        return values


def _printable(event: yaml.ScalarEvent) -> yaml.ScalarEvent:
    """Let no escape bring in what the file itself may not have."""
    if UNWANTED.search(event.value):
        raise _NotPlainError(event, "an escape stands for a character that does not belong here")
    return event


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def _scalar(event: yaml.ScalarEvent) -> Plain:
    """Resolve a scalar by a strict part of YAML 1.2's core schema: `no` and dates stay words."""
    text = event.value
    if not event.implicit[0]:
        return str(text)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _DECIMAL.match(text) else str(text)
