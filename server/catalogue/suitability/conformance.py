"""Answer for people given as flags and dates, so that a phone can prove that it decides as the server does."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from server.catalogue.suitability.decide import USUAL, Decision, Outcome, Suitability
from server.catalogue.suitability.person import Instant, Person
from server.catalogue.vocabulary import Length


class Decided(Struct, frozen=True, kw_only=True):
    """A decision as cases compare it. `variant`: several are joined by `+` in the order of the alphabet."""

    decision: Outcome
    variant: str | None
    rules: tuple[str, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """The decisions about one person; `person` and `at` are told as they were given."""

    person: Raw
    at: Raw
    exercises: Mapping[str, Decided]


class BrokenLine(Struct, frozen=True, kw_only=True):
    """A line that cannot be read, counted from 1."""

    line: int
    error: str


class _Line(Struct, frozen=True, kw_only=True):
    person: Raw
    at: Raw
    length: Length = USUAL


_LINE = msgspec.json.Decoder(_Line)
_PERSON = msgspec.json.Decoder(Person)
_AT = msgspec.json.Decoder(Instant)


def run(path: Path, suitability: Suitability) -> Iterator[Answer | BrokenLine]:
    """Answer a file of JSON lines, or of one JSON list, in order. A broken line keeps no other from its answer.

    Raises:
        OSError: the file cannot be read.
        msgspec.DecodeError: the file is a list, and not of JSON.
    """
    text = path.read_bytes().strip()
    lines = (
        [bytes(each) for each in msgspec.json.decode(text, type=list[Raw])] if text[:1] == b"[" else text.split(b"\n")
    )
    for number, line in enumerate(lines, start=1):
        try:
            yield answer(line, suitability)
        except (ValueError, OverflowError):
            # The sentence says nothing of the line: it is about a person.
            yield BrokenLine(line=number, error="This is no person with flags and dates, and a moment with its offset.")


def answer(line: bytes, suitability: Suitability) -> Answer:
    """Give the decisions for one line.

    Raises:
        ValueError: the line breaks the format.
        OverflowError: a moment lies at the edge of the calendar.
    """
    asked = _LINE.decode(line)
    # A person is told whole, or by a name with their flags and dates beside it.
    person = _PERSON.decode(asked.person if bytes(asked.person)[:1] == b"{" else line)
    decided = suitability.decide_all(person, _AT.decode(asked.at), asked.length)
    return Answer(
        person=asked.person, at=asked.at, exercises={slug: _told(decision) for slug, decision in decided.items()}
    )


def _told(decision: Decision) -> Decided:
    variant = "+".join(decision.variants) or None
    return Decided(decision=decision.decision, variant=variant, rules=decision.rules)
