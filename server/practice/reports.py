"""A client's practice for their therapist: intervals by care relation, all else only while the client shares it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from msgspec import UNSET, Struct

from server.accounts.modes import silenced_since
from server.accounts.sharing.schemas import Scope
from server.accounts.sharing.service import shared_scopes
from server.accounts.work import Work
from server.kit.days import practice_date_of
from server.kit.errors import NotFound
from server.practice import figures, repository
from server.practice.kept_plans import assignment_report
from server.practice.ledger import note_place, why_not_counted
from server.practice.models import CompletionRow
from server.practice.schemas import (
    ClientReport,
    EarlyStop,
    IntervalReport,
    NotedPractice,
    Practised,
    SharedStreak,
)
from server.practice.standing import Seen, Standing, read_standing
from server.practice.streaks.kinds import Kind
from server.practice.streaks.streaks import Report

DAY = timedelta(days=1)


class _Shared(Struct, frozen=True, kw_only=True):
    """What the client shares with the caller now, and the notes, if they are among it, by completion."""

    scopes: frozenset[Scope]
    notes: Mapping[UUID, str]


async def read_report(work: Work, client: UUID, which: str | None, seen: Seen) -> ClientReport:
    """Return a client's practice by interval: all, or `preparation`, `current`, or the one after a session's id.

    Raises:
        NotFound: not in the caller's care, or no held dosing session has this id.
    """
    standing = await read_standing(work, client, seen)
    report = standing.report()
    shared = await _read_shared(work, client)
    chosen = _choose(_interval_reports(standing, report, shared), which)
    silent = Kind.UNKNOWN in report.neutral.values()
    return ClientReport(
        as_of=seen.as_of,
        known_at=seen.known_at,
        intervals=chosen,
        assignments=[assignment_report(standing, row) for row in standing.lived.plan.assignments],
        no_data_since=(standing.last_sync or standing.client.created_at) if silent else UNSET,
        streak=_streak(report) if "streak" in shared.scopes and not silenced_since(standing.client) else UNSET,
    )


async def _read_shared(work: Work, client: UUID) -> _Shared:
    scopes = await shared_scopes(work, client)
    if "notes" not in scopes:
        return _Shared(scopes=scopes, notes={})
    organisation = work.access.organisation
    sealed = await repository.list_notes(work.session, work.access, client)
    key = await work.vault.key(organisation, client)
    notes = {each: key.open(note_place(organisation, client, each), text) for each, text in sealed.items()}
    return _Shared(scopes=scopes, notes=notes)


def _streak(report: Report) -> SharedStreak:
    return SharedStreak(current=report.current, longest=report.longest, gentle=figures.gentle(report))


def _choose(every: list[IntervalReport], which: str | None) -> list[IntervalReport]:
    if which is None:
        return every
    if which == "preparation":
        return every[:1]
    if which == "current":
        return every[-1:]
    found = [each for each in every if str(each.figures.session_id) == which]
    if not found:
        raise NotFound("There is no held dosing session with this id.")
    return found


def _interval_reports(standing: Standing, report: Report, shared: _Shared) -> list[IntervalReport]:
    """Cut the history at the held dosing sessions, whose own dates belong to no interval (R15)."""
    rows = {str(row.id): row for row in standing.sessions}
    cuts = [
        practice_date_of(row.starts_at, row.zone, standing.policy.day_start)
        for row in (rows[str(each.session)] for each in report.intervals)
    ]
    firsts = [None, *(cut + DAY for cut in cuts)]
    lasts = [*(cut - DAY for cut in cuts), report.today]
    told = [report.preparation, *report.intervals]
    return [
        IntervalReport(
            figures=figures.interval(each),
            first_date=first or UNSET,
            last_date=last,
            practices=_practices(done := _between(standing, first, last)),
            early_stops=_early_stops(done) if "early_stops" in shared.scopes else UNSET,
            notes=_notes(done, shared) if "notes" in shared.scopes else UNSET,
        )
        for each, first, last in zip(told, firsts, lasts, strict=True)
    ]


def _between(standing: Standing, first: date | None, last: date) -> list[CompletionRow]:
    """Return what was practised on these dates, also in fragments."""
    return [
        row
        for row in standing.completions
        if (first or date.min) <= row.practice_date <= last
        and why_not_counted(row, standing.policy) in {None, "fragment"}
    ]


def _practices(rows: Iterable[CompletionRow]) -> list[Practised]:
    done = list(rows)
    times = Counter(row.exercise for row in done)
    by_carer = Counter(row.exercise for row in done if row.source == "proxy")
    return [
        Practised(exercise=slug, times=count, by_carer=by_carer[slug] or UNSET) for slug, count in times.most_common()
    ]


def _early_stops(rows: Iterable[CompletionRow]) -> list[EarlyStop]:
    return [
        EarlyStop(exercise=row.exercise, practice_date=row.practice_date, reason=row.stop_reason or UNSET)
        for row in rows
        if row.outcome == "safe_stop"
    ]


def _notes(rows: Iterable[CompletionRow], shared: _Shared) -> list[NotedPractice]:
    return [
        NotedPractice(exercise=row.exercise, practice_date=row.practice_date, note=shared.notes[row.id])
        for row in rows
        if row.id in shared.notes
    ]
