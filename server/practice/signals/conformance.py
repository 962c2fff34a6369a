"""Answer worked cases of signals, so that a phone can prove that it decides as the server does."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Raw, Struct

from server.practice.signals.evaluate import evaluate
from server.practice.signals.facts import Facts
from server.practice.signals.rules import Level, RuleId, Settings, SignalsFile
from server.practice.streaks.conformance import BrokenCase, CasesError, clause


class ExpectedSignal(Struct, frozen=True, kw_only=True):
    """A signal as cases expect it; `facts` are ids, oldest first."""

    id: UUID
    rule: RuleId
    level: Level
    raised_at: datetime
    facts: tuple[str, ...]


class Answer(Struct, frozen=True, kw_only=True):
    """The signals of one case, oldest first."""

    id: str
    signals: tuple[ExpectedSignal, ...]


class _Case(Facts, frozen=True, kw_only=True):
    client: UUID = UUID(int=0)
    settings: Settings = Settings()


class _Entry(Struct, frozen=True, kw_only=True):
    id: str
    case: Raw


_CASE = msgspec.json.Decoder(_Case)


def run(path: Path, rules: SignalsFile) -> Iterator[Answer | BrokenCase]:
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
            yield Answer(id=entry.id, signals=answer(entry.case, rules))
        except (ValueError, OverflowError) as error:
            yield BrokenCase(id=entry.id, error=f"Case {entry.id}: {clause(error)}.")


def answer(case: Raw | bytes, rules: SignalsFile) -> tuple[ExpectedSignal, ...]:
    """Give the signals of one case.

    Raises:
        ValueError: the case breaks the format.
    """
    asked = _CASE.decode(case)
    return tuple(
        ExpectedSignal(
            id=each.id,
            rule=each.rule,
            level=each.level,
            raised_at=each.raised_at,
            facts=tuple(fact.id for fact in each.facts),
        )
        for each in evaluate(asked.client, asked, rules, asked.settings)
    )
