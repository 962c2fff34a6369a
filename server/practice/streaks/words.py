"""What a client is shown (streaks.md R17): never a loss, and days of this week before any run."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from server.practice.streaks.kinds import COUNTED, Kind
from server.practice.streaks.plans import monday_of

State = Literal["growing", "resting", "paused", "quiet", "new"]

RESTFUL = frozenset({Kind.DOSING, Kind.REST, Kind.SHORT_DAY, Kind.NOT_DUE, Kind.OUTSIDE})


class Gentle(Struct, frozen=True, kw_only=True):
    """The figures of the display `gentle`: dates practised and agreed in this week, and weeks with practice in all."""

    practised_this_week: int
    agreed_this_week: int
    weeks_practised: int


def state_of(today: Kind, kinds: Sequence[Kind], current: int) -> State:
    """Choose the one word for how things stand, out of today's kind, the kinds of all dates in order, and the run."""
    if today is Kind.PAUSED:
        return "paused"
    if next((kind for kind in reversed(kinds) if kind in COUNTED or kind is Kind.UNKNOWN), None) is Kind.UNKNOWN:
        return "quiet"
    if Kind.PRACTISED not in kinds:
        return "new"
    return "resting" if current == 0 or today in RESTFUL else "growing"


def gentle_figures(today: date, practised: Sequence[date], agreed_this_week: int) -> Gentle:
    """Count practised dates by week, Monday to Sunday."""
    mondays = [monday_of(day) for day in practised]
    return Gentle(
        practised_this_week=mondays.count(monday_of(today)),
        agreed_this_week=agreed_this_week,
        weeks_practised=len(set(mondays)),
    )
