"""Dates that treatment and pauses set aside (streaks.md R4, R5)."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from server.practice.streaks.dates import ZoneHistory
from server.practice.streaks.facts import DosingSession, Pause


class TreatmentDays:
    """The dates of dosing sessions, the rest days after held ones, and the held sessions in order of their dates."""

    def __init__(self, sessions: Iterable[DosingSession], history: ZoneHistory, rest_days: int) -> None:
        once = {session.id: session for session in sorted(sessions, key=lambda s: (s.start, s.status))}
        dated = [(history.date_at(session.start, session.zone), session) for session in once.values()]
        self.held = sorted(
            ((day, s) for day, s in dated if s.status == "held"), key=lambda pair: (pair[0], pair[1].start, pair[1].id)
        )
        self.by_start = sorted((s for _, s in self.held), key=lambda s: s.start)
        self.dosing = frozenset(day for day, session in dated if _keeps_its_date(session, day, history))
        self.rest = frozenset(day + timedelta(days=n) for day, _ in self.held for n in range(1, rest_days + 1))


def _keeps_its_date(session: DosingSession, day: date, history: ZoneHistory) -> bool:
    """Tell whether the date stays a treatment day (R4): all but sessions cancelled on an earlier date.

    Cancelled later than its date, the session still stood on that date. A cancellation without an instant leaves none.
    """
    if session.status != "cancelled":
        return True
    return session.cancelled_at is not None and history.date_at(session.cancelled_at, session.zone) >= day


class PausedDays:
    """All pauses as one set of dates (R5). A pause that ends before it begins holds none."""

    def __init__(self, pauses: Iterable[Pause]) -> None:
        self._firsts: list[date] = []
        self._lasts: list[date] = []
        for first, last in sorted((p.first, p.last or date.max) for p in pauses):
            if last < first:
                continue
            self._firsts.append(first)
            self._lasts.append(max(last, self._lasts[-1]) if self._lasts else last)

    def __contains__(self, day: date) -> bool:
        """Look at the latest pause begun by then; its recorded end covers every earlier one."""
        begun = bisect_right(self._firsts, day)
        return begun > 0 and day <= self._lasts[begun - 1]
