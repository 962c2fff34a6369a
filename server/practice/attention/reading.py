"""Reads what signals are computed from, and computes them: the same queries however many clients there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from server.accounts.models import ClientRow
from server.accounts.modes import silenced_since
from server.accounts.sharing.schemas import Scope
from server.accounts.sharing.service import shared_scopes_of
from server.accounts.work import Work
from server.care.models import SessionRow
from server.catalogue.snapshot import Snapshot
from server.kit.days import practice_date_of
from server.practice.attention import repository
from server.practice.attention.models import SignalSettingsRow
from server.practice.check_ins.service import told_at
from server.practice.models import CheckInRow, CompletionRow
from server.practice.signals.evaluate import Signal, evaluate
from server.practice.signals.facts import CheckIn, Facts, HeldSession, Practice
from server.practice.signals.rules import RuleScope, Settings, SignalsFile

# Dates of one instant differ by a day from zone to zone, on either side.
SLACK: Final = timedelta(days=2)
SCOPES: Final[tuple[RuleScope, ...]] = ("check_ins", "early_stops")


R = TypeVar("R", CompletionRow, CheckInRow, SessionRow)


class Seen(Struct, frozen=True, kw_only=True):
    """A client's signals within what they share, what they do not share, and the rows that the signals are about."""

    signals: tuple[Signal, ...]
    not_shared: list[RuleScope]
    settings: Settings
    practices: Mapping[str, CompletionRow]
    calls: Mapping[str, CheckInRow]
    sessions: Mapping[str, SessionRow]

    def received_at(self, signal: Signal) -> datetime:
        """Return when the server learned of the last of a signal's facts: also of a session that it was held."""
        rows = [self.practices.get(each.id) or self.calls.get(each.id) for each in signal.facts]
        decided = [self.sessions[each.id].decided_at for each in signal.facts if each.id in self.sessions]
        return max([row.received_at for row in rows if row] + [each for each in decided if each])


class Request(Struct, frozen=True, kw_only=True):
    """What to compute signals by: the rules, the catalogue, and from when on what arrived is told."""

    rules: SignalsFile
    catalogue: Snapshot
    since: datetime


async def see(work: Work, clients: Iterable[ClientRow], request: Request) -> dict[UUID, Seen]:
    """Compute the signals of clients whom the caller was let through to; of a silenced one there are none."""
    rows = {row.id: row for row in clients}
    scopes = await shared_scopes_of(work, rows)
    heard = {key for key, row in rows.items() if silenced_since(row) is None and scopes[key] & {*SCOPES}}
    session, access = work.session, work.access
    firsts = await repository.first_dates(session, access, heard, request.since) if heard else {}
    back = timedelta(days=request.rules.lookback_days) + SLACK
    firsts = {client: first - back for client, first in firsts.items()}
    kept = await repository.list_settings(session, access, firsts)
    practices = _by_client(await repository.list_practices(session, access, firsts) if firsts else ())
    calls = _by_client(await repository.list_calls(session, access, firsts) if firsts else ())
    sessions = _by_client(await repository.list_held(session, access, firsts) if firsts else ())
    return {
        key: _seen(row, scopes[key], kept.get(key), request, practices[key], calls[key], sessions[key])
        for key, row in rows.items()
    }


def _seen(
    client: ClientRow,
    scopes: frozenset[Scope],
    kept: SignalSettingsRow | None,
    request: Request,
    practices: Mapping[str, CompletionRow],
    calls: Mapping[str, CheckInRow],
    sessions: Mapping[str, SessionRow],
) -> Seen:
    settings = settings_of(kept)
    facts = Facts(
        practices=tuple(_practice(row, request.catalogue) for row in practices.values()),
        check_ins=tuple(_call(row) for row in calls.values()),
        sessions=tuple(_held(row, client) for row in sessions.values()),
    )
    seen = Seen(
        signals=evaluate(client.id, facts, request.rules, settings),
        not_shared=[each for each in SCOPES if each not in scopes],
        settings=settings,
        practices=practices,
        calls=calls,
        sessions=sessions,
    )
    allowed = {rule.id for rule in request.rules.rules if rule.scope in scopes}
    told = [each for each in seen.signals if each.rule in allowed and seen.received_at(each) >= request.since]
    return msgspec.structs.replace(seen, signals=tuple(told))


def settings_of(row: SignalSettingsRow | None) -> Settings:
    """Return what was set for a client as the rules take it."""
    rules = row.rules if row else ()
    return Settings(
        thresholds={each.rule: each.thresholds for each in rules},
        off=frozenset(each.rule for each in rules if not each.on),
    )


def _practice(row: CompletionRow, catalogue: Snapshot) -> Practice:
    exercise = catalogue.exercises.get(row.exercise)
    return Practice(
        id=str(row.id),
        at=told_at(row),
        practice_date=row.practice_date,
        exercise=row.exercise,
        for_distress=exercise is not None and "distress" in exercise.phases,
        distress_before=row.distress_before,
        distress_after=row.distress_after,
        presence=row.presence,
        unreal=row.unreal,
        too_much=row.outcome == "safe_stop" and row.stop_reason != "interrupted",
        stop_reason=row.stop_reason,
    )


def _call(row: CheckInRow) -> CheckIn:
    return CheckIn(id=str(row.id), at=row.at, practice_date=row.practice_date, not_ok=row.not_ok)


def _held(row: SessionRow, client: ClientRow) -> HeldSession:
    on = practice_date_of(row.starts_at, row.zone, client.day_start)
    return HeldSession(id=str(row.id), start=row.starts_at, practice_date=on)


def _by_client(rows: Iterable[R]) -> dict[UUID, dict[str, R]]:
    found: dict[UUID, dict[str, R]] = defaultdict(dict)
    for row in rows:
        found[row.client_id][str(row.id)] = row
    return found
