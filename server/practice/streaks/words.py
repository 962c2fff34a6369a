"""What a client is shown (streaks.md R17): never a loss, and days of this week before any run."""

from typing import Literal

from msgspec import Struct

from server.practice.streaks.kinds import Kind

State = Literal["growing", "resting", "paused", "quiet", "new"]

RESTFUL = frozenset({Kind.DOSING, Kind.REST, Kind.SHORT_DAY, Kind.NOT_DUE, Kind.OUTSIDE})


class Gentle(Struct, frozen=True, kw_only=True):
    """The figures of the display `gentle`: dates practised and agreed in this week, and weeks with practice in all."""

    practised_this_week: int
    agreed_this_week: int
    weeks_practised: int


def state_of(today: Kind, newest: Kind | None, practised: int, current: int) -> State:
    """Choose the one word for how things stand.

    Out of today's kind, the newest kind that is counted or unknown, the dates practised in all, and the run.
    """
    if today is Kind.PAUSED:
        return "paused"
    if newest is Kind.UNKNOWN:
        return "quiet"
    if practised == 0:
        return "new"
    return "resting" if current == 0 or today in RESTFUL else "growing"
